"""What moved is shown whole and softly, and a membrane continues what lies round a hole."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.moved import moved
from faces.seam import membrane
from tests.faces.conftest import with_spot


def test_nothing_moved_is_no_mask():
    frame = np.full((64, 64, 3), 90, np.uint8)
    nothing = moved(frame, frame)
    assert not nothing.mask.any() and not nothing.core.any()


@settings(max_examples=20, deadline=None)
@given(
    centre=st.tuples(st.floats(18, 110), st.floats(18, 110)),
    radius=st.floats(3, 12),
    level=st.integers(30, 255),
)
def test_what_moved_is_shown_whole_softly_and_inside_the_frame(centre, radius, level):
    frame = np.zeros((128, 128, 3), np.uint8)
    seen = moved(frame, with_spot(frame, centre, radius, (level, level, level)))
    y, x = np.mgrid[:128, :128]
    away = np.hypot(x - centre[0], y - centre[1])
    assert seen.mask[(away < radius)].min() > 0.99
    assert not seen.mask[away > radius + 14].any()
    assert abs(np.diff(seen.mask, axis=0)).max() < 0.6 and abs(np.diff(seen.mask, axis=1)).max() < 0.6
    edge = np.concatenate([seen.mask[0], seen.mask[-1], seen.mask[:, 0], seen.mask[:, -1]])
    assert not edge.any()
    assert (seen.core[seen.mask == 0] == 0).all() and 0 <= seen.core.min() and seen.core.max() <= 1


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), slope=st.tuples(st.floats(-2, 2), st.floats(-2, 2)))
def test_a_membrane_continues_a_slope_and_keeps_between_its_border_s_values(seed, slope):
    y, x = np.mgrid[:40, :48]
    plane = (x * slope[0] + y * slope[1])[..., None].astype(np.float32)
    rng = np.random.default_rng(seed)
    hole = np.zeros((40, 48), bool)
    top, left = rng.integers(8, 20), rng.integers(8, 24)
    hole[top : top + 12, left : left + 14] = True
    damaged = plane.copy()
    damaged[hole] = 1000
    spanned = membrane(damaged, hole)
    assert abs(spanned - plane).max() < 1.5 * (abs(slope[0]) + abs(slope[1])) + 0.01
    assert (spanned[~hole] == plane[~hole]).all()
    noisy = rng.normal(0, 5, (40, 48, 2)).astype(np.float32)
    spanned = membrane(noisy, hole)
    assert noisy[~hole].min() <= spanned[hole].min() and spanned[hole].max() <= noisy[~hole].max()


def test_a_membrane_over_all_and_over_nothing():
    values = np.random.default_rng(0).normal(0, 1, (8, 9, 3)).astype(np.float32)
    assert membrane(values, np.zeros((8, 9), bool)) is values
    assert np.allclose(membrane(values, np.ones((8, 9), bool)), values.mean(axis=(0, 1)), atol=1e-6)
    hole = np.zeros((8, 9), bool)
    hole[:5, :6] = True  # It reaches the frame's corner.
    assert np.isfinite(membrane(values, hole)).all()
