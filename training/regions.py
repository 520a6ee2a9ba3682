"""StyleGAN2's features on a rectangle of the picture, exact, without computing the rest.

A drag looks at the neighbourhood of a few points. What a rectangle of a block's features depends on is a
slightly larger rectangle of the block below: one cell more on each side for a 3×3 convolution, and about one
cell of the lower block for the transposed convolution and its filter. Followed down, that is a narrow halo;
the lowest blocks are small, and are computed whole. Zeros are padded where the picture truly ends, and
nowhere else.
"""

import math
from typing import NamedTuple

import torch

from torch_utils.ops.fused_layer_end import layer_end
from torch_utils.ops.kept_conv2d import KeptForms, kept_conv2d, kept_spread_conv2d
from torch_utils.ops.modulated_conv2d import demodulation, padding_of_filter
from torch_utils.ops.upfirdn2d import upfirdn2d
from training.blocks_stylegan2 import ResidualLayer, SynthesisBlock, SynthesisLayer
from training.layers import NetworkError

# Blocks up to this height are computed whole: less work than keeping their books.
WHOLE_UP_TO = 32

# A cut that leaves more than this share of the work is not worth its own.
WORTH_A_CUT = 0.8


class Region(NamedTuple):
    """A rectangle of cells: rows top to bottom, columns left to right, the last of each not included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bottom - self.top, self.right - self.left

    @property
    def area(self) -> int:
        """Cells."""
        return self.size[0] * self.size[1]

    def of(self, maps: torch.Tensor) -> torch.Tensor:
        """Cut this rectangle out of whole maps [..., H, W]."""
        return maps[..., self.top : self.bottom, self.left : self.right]


def whole(size: tuple[int, int]) -> Region:
    """The rectangle of all cells of a map of (rows, columns)."""
    return Region(0, 0, *size)


def checked_region(region: Region, size: tuple[int, int]) -> Region:
    """Hand a rectangle back if it has cells, all of them on the map.

    Raises:
        NetworkError: if not.
    """
    rows, columns = size
    if not (0 <= region.top < region.bottom <= rows and 0 <= region.left < region.right <= columns):
        raise NetworkError(
            f"region {tuple(region)}; expected top, left, bottom, right within {rows} x {columns} cells"
        )
    return region


# ----------------------------------------------------------------------------
# What a rectangle depends on.


def below_convolution(want: Region, kernel: int, size: tuple[int, int]) -> Region:
    """What a convolution of the same size looks at, as far as it lies on the map."""
    reach = kernel // 2
    top, left = max(want.top - reach, 0), max(want.left - reach, 0)
    return Region(top, left, min(want.bottom + reach, size[0]), min(want.right + reach, size[1]))


def below_upsampling(want: Region, kernel: int, taps: int, size: tuple[int, int]) -> Region:
    """What a transposed convolution (stride 2) and its filter look at, on the map of half the size."""
    before, _ = padding_of_filter(kernel, 2, taps)

    def span(start: int, end: int, length: int) -> tuple[int, int]:
        # The filter reads samples start - before ... end - 1 - before + taps - 1 of the response; cell i of
        # the input adds to its samples 2 i ... 2 i + kernel - 1.
        first = math.ceil((start - before - kernel + 1) / 2)
        last = (end - 1 - before + taps - 1) // 2
        return max(first, 0), min(last + 1, length)

    (top, bottom), (left, right) = span(want.top, want.bottom, size[0]), span(want.left, want.right, size[1])
    return Region(top, left, bottom, right)


# ----------------------------------------------------------------------------
# Layers and blocks on rectangles.


def layer_on(
    layer: SynthesisLayer, x: torch.Tensor, have: Region, want: Region, w: torch.Tensor, gain: float = 1.0
) -> torch.Tensor:
    """Compute a layer's output on the rectangle `want` from its input on `have`, which covers what it needs.

    Args:
        x: [N, I, *have.size].
        w: [N, w_dim].
        gain: factor of the result.

    Returns:
        [N, O, *want.size].
    """
    styles = layer.affine(w)
    scale = demodulation(layer.energy(), styles)
    x = x * styles.to(x.dtype)[:, :, None, None]
    if layer.up == 1:
        reach = layer.weight.shape[2] // 2
        x = kept_conv2d(x, layer.weight, layer.forms, _margins(have, want, reach, reach))
    else:
        x = _upsample_on(x, layer.weight, layer.resample_filter, have, want, layer.forms)
    noise = want.of(layer.noise_const) * layer.noise_strength if layer.use_noise else None
    clamp = None if layer.conv_clamp is None else layer.conv_clamp * gain
    return layer_end(
        x, scale, layer.bias, None if noise is None else noise[None, None], layer.activation, gain, clamp
    )


def block_on(
    block: SynthesisBlock, x: torch.Tensor, have: Region, want: Region, ws: torch.Tensor
) -> torch.Tensor:
    """Compute a block's features on `want` from those of the block below on `have`; noise mode `const`."""
    middle = below_convolution(want, block.conv1.weight.shape[2], block.conv1.size)
    if block.architecture != "resnet":
        inner = layer_on(block.conv0, x, have, middle, ws[:, 0])
        return layer_on(block.conv1, inner, middle, want, ws[:, 1])
    half = math.sqrt(0.5)
    inner = layer_on(block.conv0, x, have, middle, ws[:, 0])
    return _shortcut_on(block.skip, x, have, want, half) + layer_on(
        block.conv1, inner, middle, want, ws[:, 1], half
    )


def below_block(block: SynthesisBlock, want: Region, size: tuple[int, int]) -> Region:
    """What a block needs of the features below, which has `size` cells, for its own on `want`."""
    taps = block.resample_filter.shape[0]
    middle = below_convolution(want, block.conv1.weight.shape[2], block.conv1.size)
    return below_upsampling(middle, block.conv0.weight.shape[2], taps, size)


def _shortcut_on(
    layer: ResidualLayer, x: torch.Tensor, have: Region, want: Region, gain: float
) -> torch.Tensor:
    weight = layer.weight * (layer.weight_gain * gain)
    x = _upsample_on(x, weight, layer.resample_filter, have, want, KeptForms())
    return x if layer.conv_clamp is None else x.clamp(-layer.conv_clamp * gain, layer.conv_clamp * gain)


def _upsample_on(
    x: torch.Tensor,
    weight: torch.Tensor,
    resample_filter: torch.Tensor,
    have: Region,
    want: Region,
    forms: KeptForms,
) -> torch.Tensor:
    """Spread, convolve and smooth on a rectangle: `upsampling_conv2d` of whole maps, cut out."""
    kernel, taps = weight.shape[2], resample_filter.shape[0]
    before, _ = padding_of_filter(kernel, 2, taps)
    response = kept_spread_conv2d(x, weight, forms)
    # Its samples, counted on the whole response.
    spread = Region(2 * have.top, 2 * have.left, 2 * have.bottom + kernel - 2, 2 * have.right + kernel - 2)
    return upfirdn2d(
        response, resample_filter, padding=_margins(spread, want, before, taps - 1 - before), gain=4
    )


def _margins(have: Region, want: Region, before: int, after: int) -> tuple[int, int, int, int]:
    """Padding (left, right, top, bottom) that turns what is there into `want` and its reach; negative cuts.

    What is missing lies beyond the picture's border, where everything is zero.
    """
    return (
        have.left - (want.left - before),
        want.right + after - have.right,
        have.top - (want.top - before),
        want.bottom + after - have.bottom,
    )


# ----------------------------------------------------------------------------
# A whole network.


def features_on(blocks: list[SynthesisBlock], ws: torch.Tensor, regions: list[Region]) -> list[torch.Tensor]:
    """Compute the last block's features on rectangles; what they share, the lowest blocks, is computed once.

    Args:
        blocks: the network's, from 4 px up to the one that is wanted.
        ws: [N, num_ws, w_dim] float32.
        regions: in cells of the last block.

    Returns:
        features [N, C, *region.size] for each region, before toRGB, with noise mode `const`.

    Raises:
        NetworkError: if a region has no cell, or one beyond the map.
    """
    regions = [checked_region(region, blocks[-1].conv1.size) for region in regions]
    whole_blocks = [block for block in blocks if block.resolution <= WHOLE_UP_TO]
    x: torch.Tensor | None = None
    for index, block in enumerate(whole_blocks):
        x = block.features(x, ws[:, max(2 * index - 1, 0) :], "const")
    assert x is not None
    return [_climb(blocks, len(whole_blocks), x, ws, region) for region in regions]


def _climb(
    blocks: list[SynthesisBlock], first: int, x: torch.Tensor, ws: torch.Tensor, region: Region
) -> torch.Tensor:
    """Go from whole low maps up to a rectangle of the last block's."""
    wanted = [region]  # From the last block down to the first that is not computed whole.
    for block, lower in zip(reversed(blocks[first:]), reversed(blocks[first - 1 : -1]), strict=True):
        wanted.append(below_block(block, wanted[-1], lower.conv1.size))
    have = wanted.pop()
    x = have.of(x)
    for index in range(first, len(blocks)):
        want = wanted.pop()
        x = block_on(blocks[index], x, have, want, ws[:, 2 * index - 1 :])
        have = want
    return x


def work_of(blocks: list[SynthesisBlock], regions: list[Region]) -> float:
    """Estimate the work of `features_on` as a share of whole maps': multiply-adds of the 3×3 convolutions."""
    total = part = 0.0
    for block in blocks:
        cost = sum(layer.weight.numel() for layer in (block.conv0, block.conv1)) if block.in_channels else 0
        total += cost * math.prod(block.conv1.size)
        part += cost * math.prod(block.conv1.size) if block.resolution <= WHOLE_UP_TO else 0.0
    for region in regions:
        want = region
        for block, lower in zip(reversed(blocks[1:]), reversed(blocks[:-1]), strict=True):
            if block.resolution <= WHOLE_UP_TO:
                break
            part += sum(layer.weight.numel() for layer in (block.conv0, block.conv1)) * want.area
            want = below_block(block, want, lower.conv1.size)
    return part / total if total else 1.0
