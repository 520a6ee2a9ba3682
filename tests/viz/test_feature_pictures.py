"""Features as pictures: grey is nothing, white and black are the most, and every mode keeps its promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from viz.feature_pictures import LayerMode, LayerView, extent, feature_picture

VALUES = st.floats(-50, 50, width=32)
FEATURES = hnp.arrays(np.float32, hnp.array_shapes(min_dims=3, max_dims=3, max_side=9), elements=VALUES)
VIEWS = st.builds(
    LayerView,
    mode=st.sampled_from(LayerMode),
    channels=st.tuples(*[st.integers(0, 12)] * 3),
    count=st.integers(1, 80),
    normalise=st.booleans(),
    gain=st.floats(-40, 40),
)


@given(FEATURES, VIEWS)
def test_any_features_become_a_picture(features, view) -> None:
    kept = features.copy()
    picture = feature_picture(features, view)
    assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3
    if view.mode is not LayerMode.GRID:
        assert picture.shape[:2] == features.shape[1:]
    assert (features == kept).all()


@given(FEATURES, st.tuples(*[st.integers(0, 8)] * 3))
def test_three_channels_are_red_green_and_blue(features, channels) -> None:
    picture = feature_picture(features, LayerView(channels=channels))
    for colour, channel in enumerate(channels):
        part = features[min(channel, len(features) - 1)]
        greatest = max(np.abs(part).max(), 1e-8)
        assert picture[..., colour] == pytest.approx(np.clip(128 + 127 * part / greatest, 0, 255), abs=1)


@given(FEATURES)
def test_mean_and_norm_are_what_they_say(features) -> None:
    mean = feature_picture(features, LayerView(mode=LayerMode.MEAN, normalise=False))[..., 0]
    assert mean == pytest.approx(np.clip(128 + 127 * features.mean(axis=0), 0, 255), abs=1)
    norm = feature_picture(features, LayerView(mode=LayerMode.NORM))[..., 0]
    length = np.linalg.norm(features.astype(np.float64), axis=0)
    if length.max() > 1e-6:
        assert norm == pytest.approx(255 * length / length.max(), abs=1)


@given(FEATURES, st.integers(1, 12))
def test_a_grid_holds_the_first_channels_with_lines_between(features, count) -> None:
    sheet = feature_picture(features, LayerView(mode=LayerMode.GRID, count=count))[..., 0]
    count = min(count, len(features))
    _, height, width = features.shape
    columns = math.ceil(math.sqrt(count))
    for index in range(count):
        top, left = (index // columns) * (height + 1), (index % columns) * (width + 1)
        alone = feature_picture(features, LayerView(channels=(index,) * 3))[..., 0]
        assert (sheet[top : top + height, left : left + width] == alone).all()


def test_a_sheet_of_large_tiles_stays_in_bounds() -> None:
    sheet = feature_picture(np.zeros((64, 512, 512), np.float32), LayerView(mode=LayerMode.GRID, count=64))
    assert max(sheet.shape) <= 2100


def test_gain_and_normalising() -> None:
    features = np.full((1, 2, 2), 0.1, np.float32)
    plain, strong, normal = (
        feature_picture(features, LayerView(normalise=normalise, gain=gain))[0, 0, 0]
        for normalise, gain in ((False, 0), (False, 20), (True, 0))
    )
    assert (plain, strong, normal) == (141, 255, 255)


def test_what_is_not_a_number_is_grey() -> None:
    features = np.array([[[np.nan, np.inf], [-np.inf, 1.0]]], np.float32)
    picture = feature_picture(features, LayerView())[..., 0]
    assert picture.tolist() == [[128, 128], [128, 255]]
    assert extent(features) == (0.0, 1.0)
