import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.expressions import EXPRESSIONS, ExpressionError, Library, find_expression
from faces.landmarks import eye_distance
from tests.faces.conftest import draw

ALL = list(EXPRESSIONS.values())
FACES = draw(range(6), size=256)[1]

# A busy machine is no failure.
QUICK = settings(deadline=None, max_examples=25)
every_expression = pytest.mark.parametrize("expression", ALL, ids=lambda each: each.key)
strengths = st.floats(0, 2)


def test_the_five_expressions_are_there_and_those_beyond():
    assert {"close_eyes", "big_eyes", "close_mouth", "open_mouth", "slim_face"} < set(EXPRESSIONS)
    assert len(EXPRESSIONS) == 22 and set(Library().groups) == {"Eyes", "Mouth", "Brows", "Face"}
    assert find_expression("close-eyes") is EXPRESSIONS["close_eyes"]


@every_expression
def test_every_expression_says_what_it_does(expression):
    assert expression.title and len(expression.help) > 20 and expression.help.endswith(".")


@every_expression
def test_strength_0_moves_nothing(expression, landmarks):
    assert np.allclose(expression.moved(landmarks, 0.0), landmarks, atol=1e-5)


@every_expression
@QUICK
@given(strength=strengths)
def test_only_the_moving_landmarks_move(expression, strength):
    moved = expression.moved(FACES[0], strength)
    still = sorted(set(range(68)) - set(expression.moving))
    assert np.array_equal(moved[still], FACES[0][still])


@every_expression
def test_targets_are_the_moving_landmarks_in_the_order_of_their_indices(expression, landmarks):
    before = landmarks.copy()
    indices, points, targets = expression.targets(landmarks, 1.0)
    assert tuple(indices) == expression.moving
    assert np.array_equal(points, before[indices])
    assert np.array_equal(targets, expression.moved(before, 1.0)[indices])
    assert points.dtype == targets.dtype == np.float32
    assert np.array_equal(landmarks, before), "the caller's landmarks were changed"


@every_expression
@QUICK
@given(
    strength=strengths,
    scale=st.floats(0.2, 8),
    turn=st.floats(-1, 1),
    x=st.floats(-300, 300),
    y=st.floats(-300, 300),
)
def test_an_expression_scales_shifts_and_turns_with_the_face(expression, strength, scale, turn, x, y):
    matrix = scale * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    here = expression.moved(FACES[1] @ matrix + (x, y), strength)
    there = expression.moved(FACES[1], strength) @ matrix + (x, y)
    assert np.allclose(here, there, atol=1e-2 * scale)


@pytest.mark.parametrize("face", FACES)
def test_closed_eyes_have_upper_lids_on_lower_lids(face):
    moved = EXPRESSIONS["close_eyes"].moved(face, 1.0)
    assert np.allclose(moved[[37, 38, 43, 44]], face[[41, 40, 47, 46]], atol=1e-4)
    assert EXPRESSIONS["close_eyes"].measure(moved) == pytest.approx(0, abs=1e-3)
    assert np.allclose(EXPRESSIONS["close_eyes"].moved(face, 2.0), moved), (
        "past shut there is nothing to close"
    )


@pytest.mark.parametrize("face", FACES)
def test_big_eyes_open_about_the_middle_of_each_pair(face):
    row = EXPRESSIONS["big_eyes"]
    moved = row.moved(face, 1.0)
    for upper, lower in row.pairs:
        assert np.allclose(moved[upper] + moved[lower], face[upper] + face[lower], atol=1e-3)
    assert row.measure(moved) > 1.05 * row.measure(face)
    assert row.measure(moved) < 2.5 * max(row.measure(face), 0.02 * eye_distance(face))


def test_shut_eyes_can_be_opened():
    (face,) = draw([3], eye_open=0.0)[1]
    row = EXPRESSIONS["big_eyes"]
    moved = row.moved(face, 1.0)
    assert row.measure(moved) > row.measure(face) + 1
    assert all(moved[upper, 1] < moved[lower, 1] for upper, lower in row.pairs)


def test_a_closed_mouth_has_inner_lips_that_meet_half_way():
    (face,) = draw([5], mouth_open=0.8)[1]
    row = EXPRESSIONS["close_mouth"]
    moved = row.moved(face, 1.0)
    assert row.measure(face) > 5 and row.measure(moved) == pytest.approx(0, abs=1e-3)
    for upper, lower in row.pairs:
        assert np.allclose(moved[upper], (face[upper] + face[lower]) / 2, atol=1e-3)


@pytest.mark.parametrize("opening", [0.0, 0.3, 1.2])
def test_open_mouth_opens_to_a_third_of_its_width_and_more_if_it_is_open(opening):
    (face,) = draw([7], mouth_open=opening)[1]
    row = EXPRESSIONS["open_mouth"]
    moved = row.moved(face, 1.0)
    width = np.linalg.norm(face[54] - face[48])
    grown = row.measure(moved) - row.measure(face)
    assert grown >= 0.11 * width and row.measure(moved) >= 0.34 * width
    assert moved[8, 1] > face[8, 1] and moved[62, 1] < face[62, 1] and moved[57, 1] > face[57, 1]


@pytest.mark.parametrize("face", FACES)
def test_a_slim_face_is_narrower_by_8_percent_and_keeps_its_chin(face):
    row = EXPRESSIONS["slim_face"]
    moved = row.moved(face, 1.0)
    assert row.measure(moved) == pytest.approx(0.92 * row.measure(face), rel=0.01)
    assert np.array_equal(moved[8], face[8])


@every_expression
def test_what_an_expression_measures_changes_with_strength(expression):
    (face,) = draw([11], mouth_open=0.5, eye_open=0.5)[1]
    measures = [expression.measure(expression.moved(face, strength)) for strength in (0, 0.25, 0.5, 0.75, 1)]
    steps = np.diff(measures)
    assert (steps > 0).all() or (steps < 0).all()


@every_expression
def test_a_row_of_the_table_names_landmarks_that_there_are(expression):
    regions = [index for region in expression.regions for index in region]
    named = (*expression.moving, *regions, *expression.free, *(i for pair in expression.pairs for i in pair))
    assert all(0 <= index < 68 for index in named)
    assert len(set(expression.moving)) == len(expression.moving)
    whole_picture = not regions
    assert whole_picture or set(expression.moving) <= set(regions), "what moves must lie in the mask"


@pytest.mark.parametrize("strength", [-0.1, 3.1, float("nan"), float("inf")])
def test_a_strength_out_of_bounds_is_refused(strength, landmarks):
    with pytest.raises(ExpressionError, match="strength"):
        EXPRESSIONS["close_eyes"].targets(landmarks, strength)


@pytest.mark.parametrize("wrong", [np.zeros((5, 2)), np.full((68, 2), np.nan), np.zeros((68, 3))])
def test_landmarks_that_are_none_are_refused(wrong):
    with pytest.raises(ExpressionError, match="68 finite"):
        EXPRESSIONS["close_eyes"].targets(wrong, 1.0)


def test_an_unknown_expression_is_refused_with_the_names_that_there_are():
    with pytest.raises(ExpressionError, match="close_eyes, big_eyes"):
        find_expression("wink")
