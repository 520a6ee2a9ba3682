"""Features as pictures: what a block of the network has computed, made visible. Plain functions of arrays."""

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Features = npt.NDArray[np.float32]

MOST_TILES = 64
GREATEST_GAIN = 40.0
_WIDEST = 2048  # px: a sheet of tiles that would be larger takes fewer of their pixels.
_BETWEEN = 40  # Grey level of the lines between tiles.


class LayerMode(Enum):
    """What of the channels is seen."""

    RGB = "three"
    GRID = "grid"
    MEAN = "mean"
    NORM = "norm"


@dataclass(frozen=True)
class LayerView:
    """Which features are looked at, and how.

    Attributes:
        block: counted from 0; of a network with fewer the last one.
        mode: three channels as red, green and blue; the first channels side by side; the mean of all; or
            their length (L2 norm) in each cell.
        channels: those of the mode RGB; of a block with fewer the last one.
        count: tiles of the mode GRID.
        normalise: the greatest absolute value becomes white or black; otherwise 1 does.
        gain: makes the picture stronger, dB: 20 are ten times.
    """

    block: int = 5
    mode: LayerMode = LayerMode.RGB
    channels: tuple[int, int, int] = (0, 1, 2)
    count: int = 16
    normalise: bool = True
    gain: float = 0.0


def feature_picture(features: Features, view: LayerView) -> Picture:
    """Draw features.

    0 is a medium grey, positive values are lighter and negative ones darker; a norm starts at black.

    Args:
        features: [C, h, w]; what is not a number counts as 0.
        view: what of them.

    Returns:
        uint8 RGB [h, w, 3], or for a grid a sheet of tiles with lines between.
    """
    factor = 10 ** (view.gain / 20)
    match view.mode:
        case LayerMode.RGB:
            chosen = [min(max(channel, 0), len(features) - 1) for channel in view.channels]
            parts = [_levels(features[channel], view.normalise, factor) for channel in chosen]
            return np.stack(parts, axis=-1)
        case LayerMode.GRID:
            count = min(max(view.count, 1), len(features), MOST_TILES)
            return _sheet([_levels(part, view.normalise, factor) for part in features[:count]])
        case LayerMode.MEAN:
            grey = _levels(_known(features).mean(axis=0), view.normalise, factor)
        case LayerMode.NORM:
            length = np.sqrt((_known(features).astype(np.float64) ** 2).sum(axis=0))
            grey = _levels(length.astype(np.float32), view.normalise, factor, middle=0)
    return np.repeat(grey[..., None], 3, axis=-1)


def extent(features: Features) -> tuple[float, float]:
    """Give the least and the greatest value."""
    known = _known(features)
    return float(known.min()), float(known.max())


def _levels(values: Features, normalise: bool, factor: float, middle: int = 128) -> Picture:
    """Turn values [h, w] into grey levels; 0 becomes the middle one."""
    values = _known(values)
    greatest = float(np.abs(values).max(initial=0.0)) if normalise else 1.0
    scale = (255 - middle) * factor / max(greatest, 1e-8)
    return (values * np.float32(scale) + middle).round().clip(0, 255).astype(np.uint8)


def _known(values: Features) -> Features:
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def _sheet(tiles: list[Picture]) -> Picture:
    """Put tiles [h, w] side by side, about as many in a row as there are rows."""
    height, width = tiles[0].shape
    columns = math.ceil(math.sqrt(len(tiles)))
    rows = math.ceil(len(tiles) / columns)
    step = max(1, math.ceil(max(columns * width, rows * height) / _WIDEST))
    tiles = [tile[::step, ::step] for tile in tiles]
    height, width = tiles[0].shape
    sheet = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1), _BETWEEN, np.uint8)
    for index, tile in enumerate(tiles):
        top, left = (index // columns) * (height + 1), (index % columns) * (width + 1)
        sheet[top : top + height, left : left + width] = tile
    return np.repeat(sheet[..., None], 3, axis=-1)
