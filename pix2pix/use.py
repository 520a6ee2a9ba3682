"""Using a trained generator on pictures of any size."""

import numpy as np
import torch

from pix2pix.data import to_pictures, to_tensor
from pix2pix.networks import UNet


def translate(generator: UNet, picture: np.ndarray, tile: int = 1024) -> np.ndarray:
    """Turn a picture of any size into the other kind.

    The picture is mirrored at its right and bottom border to a size that the network's levels can halve, and
    the output cut back. One that is larger than a tile is done in tiles that overlap by a quarter and are
    blended over it, so that memory stays bounded.

    Args:
        generator: in eval mode.
        picture: uint8 [H, W, 3].
        tile: the largest side that is done in one piece, px; rounded up to what the network can take.

    Returns:
        uint8 [H, W, 3].
    """
    height, width = picture.shape[:2]
    step = generator.multiple
    tile = -(-tile // step) * step
    if max(height, width) <= tile:
        return _in_one_piece(generator, picture)
    total = np.zeros((height, width, 3), np.float64)
    weight = np.zeros((height, width, 1), np.float64)
    for rows in spans(height, tile):
        for columns in spans(width, tile):
            piece = _in_one_piece(generator, picture[rows, columns])
            share = _ramp(piece.shape[0], tile)[:, None, None] * _ramp(piece.shape[1], tile)[None, :, None]
            total[rows, columns] += share * piece
            weight[rows, columns] += share
    return (total / weight).round().astype(np.uint8)


def spans(length: int, tile: int) -> list[slice]:
    """Cover 0..length with tiles that overlap by at least a quarter; the last one ends at the border."""
    if length <= tile:
        return [slice(0, length)]
    count = -(-(length - tile) // (tile * 3 // 4)) + 1
    starts = np.linspace(0, length - tile, count).round().astype(int)
    return [slice(int(start), int(start) + tile) for start in starts]


def _in_one_piece(generator: UNet, picture: np.ndarray) -> np.ndarray:
    """Pad, paint, cut back."""
    height, width = picture.shape[:2]
    step = generator.multiple
    padded = np.pad(picture, ((0, -height % step), (0, -width % step), (0, 0)), mode="symmetric")
    device = next(generator.parameters()).device
    with torch.no_grad():
        output = generator(to_tensor(padded[None]).to(device))
    return to_pictures(output)[0][:height, :width]


def _ramp(length: int, tile: int) -> np.ndarray:
    """How much a tile counts across its length: rising from its border over an eighth of a tile."""
    distance = np.minimum(np.arange(length), np.arange(length)[::-1]) + 1.0
    return np.minimum(distance / max(1, tile // 8), 1.0)
