import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.expressions import EXPRESSIONS
from faces.landmarks import eye_distance
from faces.masks import FEATHER, distance_to_hull, expression_mask
from tests.faces.conftest import draw

FACES = draw(range(4), size=256)[1]
# A busy machine is no failure.
QUICK = settings(deadline=None, max_examples=25)
KEYS = ("close_eyes", "big_eyes", "close_mouth", "open_mouth", "slim_face", "wink_left", "frown")
every_expression = pytest.mark.parametrize("expression", [EXPRESSIONS[key] for key in KEYS], ids=KEYS)
strengths = st.floats(0, 2)


@every_expression
@QUICK
@given(strength=strengths, which=st.integers(0, 3))
def test_a_mask_holds_points_and_targets_and_lies_in_0_to_1(expression, strength, which):
    face = FACES[which]
    mask = expression_mask(face, expression, (256, 256), strength)
    assert mask.shape == (256, 256) and mask.dtype == np.float32
    assert mask.min() == 0 and mask.max() == 1
    _, points, targets = expression.targets(face, strength)
    for x, y in np.concatenate([points, targets]).round().astype(int).clip(0, 255):
        assert mask[y, x] == 1


@every_expression
@QUICK
@given(strength=strengths)
def test_far_from_the_region_everything_is_held(expression, strength):
    face = FACES[0]
    mask = expression_mask(face, expression, (256, 256), strength)
    region = sorted({index for part in expression.regions for index in part})
    known = np.concatenate([face[region], expression.moved(face, strength)[region]])
    low, high = known.min(0), known.max(0)
    reach = (expression.margin + FEATHER) * eye_distance(face) + 1
    rows, columns = np.nonzero(mask)
    assert columns.min() >= low[0] - reach and columns.max() <= high[0] + reach
    assert rows.min() >= low[1] - reach and rows.max() <= high[1] + reach


@every_expression
@QUICK
@given(x=st.integers(-60, 60), y=st.integers(-60, 60))
def test_a_mask_shifts_with_the_face(expression, x, y):
    here = expression_mask(FACES[1], expression, (256, 256))
    there = expression_mask(FACES[1] + np.array((x, y)), expression, (256, 256))
    rows, columns = slice(max(y, 0), 256 + min(y, 0)), slice(max(x, 0), 256 + min(x, 0))
    moved = np.roll(here, (y, x), axis=(0, 1))
    assert np.allclose(there[rows, columns], moved[rows, columns], atol=1e-3)


@every_expression
@pytest.mark.parametrize("scale", [2, 4])
def test_a_mask_scales_with_the_face(expression, scale):
    small = expression_mask(FACES[2] / 2, expression, (128, 128))
    # The centre of a small pixel lies between large ones.
    large_face = (FACES[2] / 2 + 0.5) * scale - 0.5
    large = expression_mask(large_face, expression, (128 * scale, 128 * scale))
    mean = large.reshape(128, scale, 128, scale).mean(axis=(1, 3))
    assert np.abs(mean - small).max() < 0.05


@every_expression
def test_the_edge_is_feathered(expression):
    mask = expression_mask(FACES[3], expression, (256, 256))
    steps = np.maximum(np.abs(np.diff(mask, axis=0)).max(), np.abs(np.diff(mask, axis=1)).max())
    assert steps < 0.35


@pytest.mark.parametrize("key", ["close_eyes", "big_eyes"])
def test_eyes_move_alone(key, landmarks):
    mask = expression_mask(landmarks, EXPRESSIONS[key], (256, 256))
    others = (*range(2, 15), *range(29, 36), *range(48, 68))
    assert all(mask[y, x] == 0 for x, y in landmarks[list(others)].round().astype(int))


@pytest.mark.parametrize("key", ["turn_left", "tilt_right", "symmetrical"])
def test_where_the_head_moves_all_of_it_may_and_the_corners_are_held(key, landmarks):
    mask = expression_mask(landmarks, EXPRESSIONS[key], (256, 256))
    assert all(mask[y, x] == 1 for x, y in landmarks.round().astype(int))
    assert mask[0, 0] == mask[0, -1] == 0


def test_an_expression_without_regions_may_change_all_of_the_picture(landmarks):
    everywhere = dataclasses.replace(EXPRESSIONS["turn_left"], regions=())
    mask = expression_mask(landmarks, everywhere, (30, 40))
    assert mask.shape == (30, 40) and mask.dtype == np.float32 and (mask == 1).all()


def test_a_frame_need_not_be_square_and_may_cut_the_face(landmarks):
    mask = expression_mask(landmarks - np.array((100, 0)), EXPRESSIONS["open_mouth"], (256, 140))
    assert mask.shape == (256, 140) and np.isfinite(mask).all()
    assert not expression_mask(landmarks + 5000, EXPRESSIONS["open_mouth"], (64, 64)).any()


def test_distance_to_a_square():
    square = np.array([[10, 10], [20, 10], [20, 20], [10, 20], [15, 15]])
    away = distance_to_hull(square, np.arange(32), np.arange(32), reach=100)
    assert away[15, 15] == away[10, 10] == 0
    assert away[15, 25] == pytest.approx(5) and away[7, 6] == pytest.approx(5)


@pytest.mark.parametrize("points", [[[4, 4]], [[4, 4], [4, 4]], [[2, 4], [6, 4]], [[2, 4], [4, 4], [6, 4]]])
def test_a_hull_may_be_a_line_or_a_spot(points):
    away = distance_to_hull(np.array(points), np.arange(9), np.arange(9), reach=100)
    assert away[4, 4] == 0 and away[7, 4] == pytest.approx(3)
