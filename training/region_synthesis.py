"""StyleGAN2's features and picture on rectangles, exact, without computing the rest.

A drag looks at the neighbourhood of a few points. What a rectangle of a block's features depends on is a
slightly larger rectangle of the block below: one cell more on each side for a 3×3 convolution, and about one
cell of the lower block for the transposed convolution and its filter. Followed down, that is a narrow halo;
the lowest blocks are small, and are computed whole. Zeros are padded where the picture truly ends, and
nowhere else.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch

from torch_utils.ops.fused_layer_end import layer_end
from torch_utils.ops.kept_conv2d import KeptForms, kept_conv2d, kept_spread_conv2d
from torch_utils.ops.modulated_conv2d import demodulation, padding_of_filter
from torch_utils.ops.upfirdn2d import upfirdn2d
from training.blocks_stylegan2 import ResidualLayer, SynthesisBlock, SynthesisLayer
from training.generator import Parts
from training.regions import (
    Region,
    below_convolution,
    below_picture,
    below_upsampling,
    checked_region,
    join,
    margins,
    picture_reach,
)

# Blocks up to this height are computed whole: less work than keeping their books.
WHOLE_UP_TO = 8

# A cut that leaves more than this share of the work is not worth its own.
WORTH_A_CUT = 0.8


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
        x = kept_conv2d(x, layer.weight, layer.forms, margins(have, want, reach, reach))
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
        response, resample_filter, padding=margins(spread, want, before, taps - 1 - before), gain=4
    )


def _picture_on(
    block: SynthesisBlock,
    img: torch.Tensor | None,
    x: torch.Tensor,
    have: Region,
    want: Region,
    w: torch.Tensor,
) -> torch.Tensor:
    """Compute the picture of the skip form on `want`, from that of the block below on `have`."""
    own = block.torgb(x, w).float()
    if img is None:
        return own
    spread = Region(2 * have.top, 2 * have.left, 2 * have.bottom, 2 * have.right)
    reach = picture_reach(block.resample_filter.shape[0])
    return own + upfirdn2d(img, block.resample_filter, up=2, padding=margins(spread, want, *reach), gain=4)


# ----------------------------------------------------------------------------
# A whole network.


class _Lower(NamedTuple):
    """Whole maps of the highest block that is computed whole, and how many such blocks there are."""

    x: torch.Tensor
    img: torch.Tensor | None
    blocks: int


def parts_on(
    blocks: list[SynthesisBlock],
    ws: torch.Tensor,
    regions: Sequence[Region],
    base: int = 0,
    with_rgb: bool = False,
    start: torch.dtype = torch.float32,
) -> Parts:
    """Compute features of the last block, or its picture, on rectangles; what they share is computed once.

    Args:
        blocks: the network's, from 4 px up to the one that is wanted.
        ws: [N, num_ws, w_dim] float32.
        regions: in cells of the last block.
        base: blocks up to this height are computed whole in any case.
        with_rgb: the picture (of the skip form) is wanted, and not the features.
        start: the float type to begin in.

    Returns:
        For each region the features [N, C, *region.size] before toRGB, or the picture [N, 3, *region.size];
        and features and picture of the highest block that is computed whole. Noise mode `const`.

    Raises:
        NetworkError: if a region has no cell, or one beyond the map.
    """
    regions = [checked_region(region, blocks[-1].conv1.size) for region in regions]
    lower = _whole_maps(blocks, ws, max(WHOLE_UP_TO, base), with_rgb, start)
    parts = tuple(_climb(blocks, lower, ws, region, with_rgb) for region in regions)
    return Parts(parts, lower.x.float(), lower.img)


def _whole_maps(
    blocks: list[SynthesisBlock], ws: torch.Tensor, up_to: int, with_rgb: bool, start: torch.dtype
) -> _Lower:
    """Compute the lowest blocks whole."""
    x: torch.Tensor | None = None
    img: torch.Tensor | None = None
    count = sum(block.resolution <= up_to for block in blocks)
    for index, block in enumerate(blocks[:count]):
        x = block.features(x, ws[:, max(2 * index - 1, 0) :], "const", start)
        img = block.picture(img, x, ws[:, 2 * index + 1]) if with_rgb else None
    assert x is not None
    return _Lower(x, img, count)


def _climb(
    blocks: list[SynthesisBlock], lower: _Lower, ws: torch.Tensor, region: Region, with_rgb: bool
) -> torch.Tensor:
    """Go from whole low maps up to a rectangle of the last block's."""
    wanted = _needs(blocks, lower.blocks, region, with_rgb)
    have = wanted.pop()
    x, img = have.of(lower.x), None if lower.img is None else have.of(lower.img)
    for index in range(lower.blocks, len(blocks)):
        want = wanted.pop()
        x = block_on(blocks[index], x, have, want, ws[:, 2 * index - 1 :])
        img = _picture_on(blocks[index], img, x, have, want, ws[:, 2 * index + 1]) if with_rgb else None
        have = want
    return x.float() if img is None else img


def _needs(blocks: list[SynthesisBlock], whole_count: int, region: Region, with_rgb: bool) -> list[Region]:
    """List the rectangles that a rectangle of the last block depends on, downwards to the whole blocks."""
    wanted = [region]
    for block, lower in zip(
        reversed(blocks[whole_count:]), reversed(blocks[whole_count - 1 : -1]), strict=True
    ):
        below = below_block(block, wanted[-1], lower.conv1.size)
        if with_rgb:
            below = join(below, below_picture(wanted[-1], block.resample_filter.shape[0], lower.conv1.size))
        wanted.append(below)
    return wanted


def work_of(blocks: list[SynthesisBlock], regions: Sequence[Region], base: int = 0) -> float:
    """Estimate the work of `parts_on` as a share of whole maps': multiply-adds of the 3×3 convolutions.

    A layer that doubles the size works on its input's cells.
    """
    count = sum(block.resolution <= max(WHOLE_UP_TO, base) for block in blocks)
    costs = [_costs(block) for block in blocks]
    sizes = [math.prod(block.conv1.size) for block in blocks]
    total = sum(
        up * below + same * here for (up, same), below, here in zip(costs, [0, *sizes], sizes, strict=False)
    )
    part = sum(
        up * below + same * here
        for (up, same), below, here in zip(costs[:count], [0, *sizes], sizes, strict=False)
    )
    for region in regions:
        areas = [area.area for area in reversed(_needs(blocks, count, region, False))]
        for (up, same), below, here in zip(costs[count:], areas, areas[1:], strict=False):
            part += up * below + same * here
    return part / total if total else 1.0


def _costs(block: SynthesisBlock) -> tuple[int, int]:
    """Multiply-adds a cell of the layer that doubles the size, and of the other."""
    return block.conv0.weight.numel() if block.in_channels else 0, block.conv1.weight.numel()
