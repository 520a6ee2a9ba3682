"""3×3 convolutions in 16 products instead of 36 for each 2×2 cells (Winograd's minimal filtering).

Lavin and Gray, 2016, "Fast Algorithms for Convolutional Neural Networks": F(2×2, 3×3). The map is cut into
tiles of 4×4 cells that overlap by two; tiles and weights are transformed, multiplied place by place (one
product of matrices over the channels for each of the 16 places), and transformed back. In float32 the sums
are as exact as a plain convolution's. It pays where there are many channels, for transforms cost by the
channel and products by the pair of channels.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F

# Below so many channels on either side transforms cost more than products save.
FEWEST_CHANNELS = 192
# Below so many cells the transformed weights take longer to read than the plain ones to multiply.
FEWEST_CELLS = 64
# Tiles times channels that are worked on at once: what stays in a processor's cache.
AT_ONCE = 1 << 17

# The transform of one row of weights, and which of its rows change places when the weights are turned round.
_WEIGHT = ((1.0, 0.0, 0.0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0.0, 0.0, 1.0))
_AS_IT_IS, _TURNED = (0, 1, 2, 3), (3, 1, 2, 0)

Fours = torch.Tensor | Sequence[torch.Tensor]


def pays(x: torch.Tensor, weight: torch.Tensor) -> bool:
    """Tell whether x [N, I, H, W] is convolved with weight [O, I, k, k] sooner this way, on a CPU."""
    return (
        x.dtype == weight.dtype == torch.float32
        and weight.shape[2:] == (3, 3)
        and min(weight.shape[:2]) >= FEWEST_CHANNELS
        and len(x) * x.shape[2] * x.shape[3] >= FEWEST_CELLS
    )


def transformed(weight: torch.Tensor) -> torch.Tensor:
    """Transform weight [O, I, 3, 3] into [4, 4, I, O]; it serves the turned weights too."""
    rows = weight.new_tensor(_WEIGHT)
    return torch.einsum("ak,bl,oikl->abio", rows, rows, weight).contiguous()


def winograd_conv2d(x: torch.Tensor, weight: torch.Tensor, turned: bool = False) -> torch.Tensor:
    """Convolve x [N, I, H, W], without padding.

    Args:
        x: float32; H and W at least 3.
        weight: [4, 4, I, O], as `transformed` gives it.
        turned: convolve x [N, O, H, W] with the weights turned by half a circle and their channels exchanged,
            as the slope of a convolution's input is computed.

    Returns:
        [N, O, H - 2, W - 2], or [N, I, H - 2, W - 2] for turned weights; its channels lie together in memory.
    """
    cells = x.permute(0, 2, 3, 1)
    n, height, width, channels = cells.shape
    # A row or column of zeros more where tiles would stand out.
    cells = F.pad(cells, (0, 0, 0, width % 2, 0, height % 2))
    down, across = cells.shape[1] // 2 - 1, cells.shape[2] // 2 - 1
    result = x.new_empty(n, 2 * down, 2 * across, weight.shape[2 if turned else 3])
    rows = max(1, AT_ONCE // (channels * n * across))
    for top in range(0, down, rows):
        some = slice(2 * top, 2 * min(top + rows, down))
        _convolve(cells[:, some.start : some.stop + 2], weight, turned, result[:, some])
    return result[:, : height - 2, : width - 2].permute(0, 3, 1, 2)


def _convolve(cells: torch.Tensor, weight: torch.Tensor, turned: bool, result: torch.Tensor) -> None:
    """Convolve cells [N, 2 h + 2, 2 w + 2, C] into result [N, 2 h, 2 w, C']."""
    order = _TURNED if turned else _AS_IT_IS
    n, height, width, channels = cells.shape
    down, across = height // 2 - 1, width // 2 - 1
    bands = cells.new_empty(4, n, down, width, channels)
    tiles = cells.new_empty(4, 4, n, down, across, channels)
    _take_apart(cells, 1, bands)
    for row, band in zip(order, bands, strict=True):
        _take_apart(band, 2, [tiles[row, column] for column in order])
    planes = weight.flatten(0, 1)
    products = tiles.view(16, n * down * across, channels) @ (planes.transpose(1, 2) if turned else planes)
    products = products.view(4, 4, n, down, across, -1)
    halves = cells.new_empty(2, *products.shape[1:])
    _put_together([products[row] for row in order], halves)
    for row, half in enumerate(halves):
        _put_together([half[column] for column in order], [result[:, row::2, at::2] for at in (0, 1)])


def _take_apart(cells: torch.Tensor, axis: int, results: Fours) -> None:
    """Transform overlapping fours of cells along an axis: four results, half as long less one."""
    count = cells.shape[axis] // 2 - 1
    pairs = cells.unflatten(axis, (count + 1, 2))
    first, second = pairs.narrow(axis, 0, count).unbind(axis + 1)
    third, fourth = pairs.narrow(axis, 1, count).unbind(axis + 1)
    torch.sub(first, third, out=results[0])
    torch.add(second, third, out=results[1])
    torch.sub(third, second, out=results[2])
    torch.sub(second, fourth, out=results[3])


def _put_together(products: Fours, results: Fours) -> None:
    """Transform fours of products back: values at even and at odd places."""
    first, second, third, fourth = products
    torch.add(first + second, third, out=results[0])
    torch.sub(second - third, fourth, out=results[1])
