"""The vocabulary of movements: each scales, shifts and turns with the face, and strength 0 is no movement."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.landmarks import LID_PAIRS, LIP_PAIRS, MIRRORED
from faces.measures import Measure
from faces.movements import Follow, Meet, Mirror, Open, Part, Rotate, Scale, Shift, Turn, mirror_image
from faces.proportions import SIDES, face_down, face_right
from tests.faces.conftest import draw

FACE, OTHER = (face.astype(np.float64) for face in draw([4, 9], size=256)[1])
QUICK = settings(deadline=None, max_examples=15)

shares = st.floats(-0.5, 0.5)
some = st.lists(st.integers(0, 67), min_size=1, max_size=9, unique=True).map(tuple)
units = st.sampled_from(
    ["eye_width", "eye_distance", "mouth_width", "nose_width", "face_height", "jaw_width"]
)
pairs = st.sampled_from([LID_PAIRS, LIP_PAIRS])

MOVEMENTS = st.one_of(
    st.builds(Meet, pairs, st.floats(0, 1)),
    st.builds(Part, pairs, by=st.floats(0, 1), to=st.floats(0, 1), least=st.floats(0, 0.3), unit=units),
    st.builds(
        Open, pairs, st.lists(st.builds(Follow, some, shares), min_size=1, max_size=3).map(tuple),
        to=st.floats(0, 1), unit=units,
    ),
    st.builds(Shift, some, shares, shares, shares, units),
    st.builds(Scale, some, about=some, across=shares, along=shares),
    st.builds(Scale, some, axis=st.just((27, 8)), across=shares, along=shares),
    st.builds(Rotate, some, some, st.floats(-40, 40)),
    st.builds(Turn, some, st.floats(-20, 20)),
    st.builds(Mirror, some),
)  # fmt: skip


@QUICK
@given(MOVEMENTS)
def test_strength_0_moves_nothing(movement):
    assert np.abs(movement.offsets(FACE, 0.0)).max() == 0


@settings(deadline=None, max_examples=60)
@given(
    movement=MOVEMENTS,
    strength=st.floats(0, 3),
    scale=st.floats(0.2, 8),
    turn=st.floats(-3, 3),
    x=st.floats(-300, 300),
    y=st.floats(-300, 300),
)
def test_a_movement_scales_shifts_and_turns_with_the_face(movement, strength, scale, turn, x, y):
    matrix = scale * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    here = movement.offsets(FACE @ matrix + (x, y), strength)
    assert np.allclose(here, movement.offsets(FACE, strength) @ matrix, atol=1e-6 * max(scale, 1))


@QUICK
@given(MOVEMENTS, st.floats(0, 3))
def test_only_the_landmarks_that_a_movement_names_move(movement, strength):
    still = sorted(set(range(68)) - set(movement.moving))
    before = FACE.copy()
    assert np.abs(movement.offsets(FACE, strength)[still]).max(initial=0) == 0
    assert np.array_equal(FACE, before)


def test_down_right_and_out_are_the_faces_own():
    assert face_down(FACE) @ face_right(FACE) == pytest.approx(0)
    assert face_down(FACE)[1] > 0.9 and face_right(FACE)[0] > 0.9
    assert all(SIDES[i] == -SIDES[MIRRORED[i]] for i in range(68))
    assert {i for i in range(68) if SIDES[i] == 0} == {8, 27, 28, 29, 30, 33, 51, 57, 62, 66}
    for i in range(68):
        across = (FACE[i] - FACE[27:31].mean(axis=0)) @ face_right(FACE)
        assert SIDES[i] == 0 or np.sign(across) == SIDES[i], i


def test_out_goes_to_either_side():
    offsets = Shift((48, 54, 51), out=0.1, unit="mouth_width").offsets(FACE, 1.0)
    width = np.linalg.norm(FACE[54] - FACE[48])
    assert np.allclose(offsets[54], 0.1 * width * face_right(FACE))
    assert np.allclose(offsets[48], -offsets[54]) and np.allclose(offsets[51], 0)


def test_a_turn_takes_the_nose_furthest_and_the_ears_least():
    offsets = Turn(tuple(range(68)), 6.0).offsets(FACE, 1.0) @ face_right(FACE)
    assert offsets[30] > offsets[39] > offsets[0] and offsets[30] == offsets.max()
    assert abs(offsets[0]) < 0.1 * offsets[30]
    assert np.abs(Turn(tuple(range(68)), 6.0).offsets(FACE, 1.0) @ face_down(FACE)).max() < 1e-9


def test_a_rotation_is_clockwise_and_keeps_distances():
    rotate = Rotate(tuple(range(68)), tuple(range(4, 13)), 10.0)
    moved = FACE + rotate.offsets(FACE, 1.0)
    angle = Measure("tilt", ((36, 45),), "angle")
    assert angle.of(moved) - angle.of(FACE) == pytest.approx(10.0)
    assert np.linalg.norm(moved[0] - moved[50]) == pytest.approx(np.linalg.norm(FACE[0] - FACE[50]))


def test_mirrored_half_way_a_face_is_symmetrical_and_stays_so():
    asymmetry = Measure("asymmetry", ((36, 45),), "asymmetry")
    crooked = FACE.copy()
    crooked[42:48] += (1.0, 4.0)
    moved = crooked + Mirror(tuple(range(68))).offsets(crooked, 1.0)
    assert asymmetry.of(crooked) > 0.5 and asymmetry.of(moved) == pytest.approx(0, abs=1e-6)
    assert np.allclose(mirror_image(moved), moved)


def test_a_mirror_image_is_a_reflection_of_the_face_and_no_rotation_of_it():
    for face in (FACE, OTHER):
        image = mirror_image(face)
        sides = [np.linalg.norm(points[36] - points[8]) for points in (image, face)]
        assert sides[0] == pytest.approx(np.linalg.norm(face[45] - face[8]))
        assert np.allclose(mirror_image(image), face, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "moved", "sign"), [("rise", (0, -5), 1), ("shift", (5, 0), 1), ("rise", (0, 5), -1)]
)
def test_rise_and_shift_are_measured_along_the_faces_axes(kind, moved, sign):
    measure = Measure("there", ((30, 57),), kind)
    after = FACE.copy()
    after[57] += moved
    assert measure.of(after) - measure.of(FACE) == pytest.approx(sign * 5, abs=0.3)
    assert measure.unit == "px"
