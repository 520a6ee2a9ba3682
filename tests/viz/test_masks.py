"""Brush and whole masks: what may move, pixel by pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.viz.fakes import face_at
from viz import masks
from viz.brush import paint
from viz.state import Mask, PointPair

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24)
MASKS = hnp.arrays(np.float32, SHAPES, elements=st.floats(0, 1, width=32))
RADII = st.floats(0.5, 12)
PLACES = st.tuples(st.floats(-10, 40), st.floats(-10, 40))


def spot(size: int = 21, radius: float = 0.4) -> Mask:
    rows, columns = np.mgrid[:size, :size]
    middle = (size - 1) / 2
    return (np.hypot(rows - middle, columns - middle) <= radius).astype(np.float32)


# ----------------------------------------------------------------------------
# The brush.


@given(MASKS, PLACES, PLACES, RADII, st.floats(0, 1), st.booleans())
def test_a_stroke_only_adds_what_it_paints(mask, start, end, radius, hardness, moves) -> None:
    kept = mask.copy()
    painted = paint(mask, mask.shape, start, end, radius, moves=moves, hardness=hardness)
    assert (mask == kept).all()
    assert painted.dtype == np.float32 and painted.min() >= 0 and painted.max() <= 1
    assert (painted >= mask).all() if moves else (painted <= mask).all()
    # The two buttons are each other's opposite.
    opposite = paint(1 - mask, mask.shape, start, end, radius, moves=not moves, hardness=hardness)
    assert 1 - opposite == pytest.approx(painted, abs=1e-6)


@given(st.floats(2, 14), st.floats(0, 1))
def test_the_brush_is_whole_inside_and_fades_to_its_radius(radius: float, hardness: float) -> None:
    mask = paint(None, (41, 41), (20, 20), (20, 20), radius, moves=True, hardness=hardness)
    away = np.hypot(*(np.mgrid[:41, :41] - 20))
    assert (mask[away <= radius * hardness - 1e-3] == 1).all()
    assert (mask[away >= radius + 1e-3] == 0).all()
    # It falls with the distance, and nowhere rises.
    order = np.argsort(away, axis=None)
    assert (np.diff(mask.ravel()[order]) <= 1e-5).all()


def test_a_hard_brush_has_an_edge_and_a_soft_one_has_none() -> None:
    hard, soft = (
        paint(None, (41, 41), (20, 20), (20, 20), 10.5, moves=True, hardness=share) for share in (1.0, 0.0)
    )
    assert set(np.unique(hard)) == {0, 1}
    assert soft[20, 20] == 1 and soft[20, 25] == pytest.approx(0.52, abs=0.01)


# ----------------------------------------------------------------------------
# Whole masks.


@given(MASKS, RADII)
def test_growing_takes_the_greatest_within_the_radius(mask: Mask, radius: float) -> None:
    height, width = mask.shape
    expected = mask.copy()
    for row in range(height):
        for column in range(width):
            near = np.hypot(*(np.mgrid[:height, :width] - np.array([row, column])[:, None, None])) <= radius
            expected[row, column] = mask[near].max()
    assert (masks.grow(mask, radius) == expected).all()


@given(MASKS, RADII)
def test_shrinking_is_growing_what_is_held(mask: Mask, radius: float) -> None:
    shrunk = masks.shrink(mask, radius)
    assert (shrunk <= mask + 1e-6).all()
    assert shrunk == pytest.approx(1 - masks.grow(1 - mask, radius), abs=1e-6)


@given(st.integers(1, 6), st.integers(0, 4))
def test_what_is_grown_and_shrunk_again_comes_back(radius: int, more: int) -> None:
    mask = spot(41, radius + more)
    assert (masks.shrink(masks.grow(mask, radius), radius) >= mask).all()
    assert masks.grow(spot(41), radius).sum() == spot(41, radius).sum()


@given(MASKS, st.floats(0, 8))
def test_feathering_keeps_to_the_range_and_leaves_an_even_mask(mask: Mask, radius: float) -> None:
    soft = masks.feather(mask, radius)
    assert soft.shape == mask.shape and soft.dtype == np.float32
    assert soft.min() >= mask.min() - 1e-5 and soft.max() <= mask.max() + 1e-5
    assert masks.invert(soft) == pytest.approx(masks.feather(masks.invert(mask), radius), abs=1e-5)
    even = np.full(mask.shape, 0.25, np.float32)
    assert masks.feather(even, radius) == pytest.approx(even)


@given(st.floats(1.2, 8))
def test_feathering_spreads_by_its_standard_deviation(radius: float) -> None:
    soft = masks.feather(spot(81), radius)
    away = np.arange(81) - 40
    assert soft.sum() == pytest.approx(1, abs=1e-3)
    spread = np.sqrt((soft.sum(axis=0) * away**2).sum() / soft.sum())
    assert spread == pytest.approx(radius, abs=0.35)


@given(MASKS)
def test_inverting_twice_gives_the_mask_back(mask: Mask) -> None:
    assert masks.invert(masks.invert(mask)) == pytest.approx(mask, abs=1e-7)


# ----------------------------------------------------------------------------
# Lock everything else.

INSIDE = st.tuples(st.floats(0, 47), st.floats(0, 63))


@given(st.lists(st.tuples(INSIDE, INSIDE), min_size=1, max_size=4))
def test_around_points_their_whole_ways_may_move_and_far_parts_are_held(ways) -> None:
    mask = masks.around_points([PointPair(*way) for way in ways], (64, 48))
    rows, columns = np.mgrid[:64, :48]
    nearest = np.full((64, 48), np.inf)
    for start, end in ways:
        for share in np.linspace(0, 1, 65):
            x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
            assert mask[round(y), round(x)] == 1
            nearest = np.minimum(nearest, np.hypot(columns - x, rows - y))
    assert (mask[nearest > 0.18 * 64 + 1] == 0).all()


def test_a_point_without_a_target_has_its_place_alone() -> None:
    mask = masks.around_points([PointPair((10, 20))], (64, 64))
    assert mask[20, 10] == 1 and mask[60, 60] == 0


@given(st.floats(30, 60), st.floats(30, 60), st.floats(5, 15))
def test_around_a_face_its_landmarks_may_move_and_the_corners_are_held(x, y, radius) -> None:
    face = face_at(x, y, radius)
    mask = masks.around_face(face.landmarks, (120, 120))
    for left, top in face.landmarks:
        assert mask[round(float(top)), round(float(left))] == 1
    assert mask[round(y), round(x)] == 1
    assert mask[119, 119] == 0 and mask[0, 119] == 0


def test_a_large_face_mask_is_the_small_one_enlarged() -> None:
    face = face_at(100, 100, 60)
    small, large = (
        masks.around_face(face.landmarks, (200, 200)),
        masks.around_face(face.landmarks * 4, (800, 800)),
    )
    assert large[2::4, 2::4] == pytest.approx(small, abs=0.12)
