"""Convolution whose weights follow a style, with demodulation (Karras et al. 2020, section 2.2)."""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F

from torch_utils.ops.kept_conv2d import KeptForms, kept_conv2d, kept_spread_conv2d
from torch_utils.ops.upfirdn2d import upfirdn2d, upfirdn2d_reference

_EPSILON = 1e-8


class Demodulated(NamedTuple):
    """A convolution's result before its per-channel scale: `x * scale` is the layer's output."""

    x: torch.Tensor
    scale: torch.Tensor


def modulated_conv2d_reference(
    x: torch.Tensor,
    weight: torch.Tensor,
    styles: torch.Tensor,
    demodulate: bool = True,
    up: int = 1,
    resample_filter: torch.Tensor | None = None,
) -> torch.Tensor:
    """Convolve every picture of a batch with weights of its own, as the paper writes it (equations 1 and 3).

    Args:
        x: [N, I, H, W].
        weight: [O, I, k, k] with odd k; edges are padded with zeros so that the size stays.
        styles: [N, I], the factor of each input channel.
        demodulate: scale each output channel to unit variance for inputs of unit variance.
        up: 2 doubles the size: the input is spread with zeros, convolved, and smoothed by `resample_filter`.
        resample_filter: kernel as made by `make_filter`; needed for up = 2.

    Returns:
        [N, O, H * up, W * up].
    """
    outputs = []
    for picture, style in zip(x, styles, strict=True):
        own = weight * style[None, :, None, None]
        if demodulate:
            own = own * (own.square().sum([1, 2, 3], keepdim=True) + _EPSILON).rsqrt()
        if up == 1:
            outputs.append(F.conv2d(picture[None], own, padding=weight.shape[2] // 2))
        else:
            if resample_filter is None:
                raise ValueError("up-sampling needs a resample_filter")
            taps = resample_filter.shape[0]
            response = F.conv_transpose2d(picture[None], own.transpose(0, 1), stride=up)
            before, after = padding_of_filter(weight.shape[2], up, taps)
            padding = (before, after) * 2
            outputs.append(upfirdn2d_reference(response, resample_filter, padding=padding, gain=up * up))
    return torch.cat(outputs)


def modulated_conv2d(
    x: torch.Tensor,
    weight: torch.Tensor,
    styles: torch.Tensor,
    up: int = 1,
    resample_filter: torch.Tensor | None = None,
    energy: torch.Tensor | None = None,
    forms: KeptForms | None = None,
) -> Demodulated:
    """Do the same with one convolution for the whole batch: scale its input channels, then its output.

    The output's scale follows from the squared weights summed over the kernel, so that no weights are made
    for each picture. It is handed back apart, for the caller to fold it into the next pass over the picture.

    Arguments as in the reference form, with demodulation; `energy` is what `weight_energy(weight)` gives, and
    `forms` what is kept of the weight, for callers that keep them. The result is `(x, scale)`, scale
    [N, O, 1, 1].
    """
    scale = demodulation(weight_energy(weight) if energy is None else energy, styles)
    if x.dtype == torch.float16:
        # Half floats end at 65504: sums are kept near the size of x, and the scale of the output undoes it.
        peak = styles.abs().amax(1, keepdim=True).clamp_min(_EPSILON) * math.sqrt(weight[0].numel())
        weight_peak = weight.abs().amax([1, 2, 3], keepdim=True).clamp_min(_EPSILON)
        styles, weight = styles / peak, weight / weight_peak
        scale = scale * peak[:, :, None, None] * weight_peak.reshape(1, -1, 1, 1)
    x = x * styles.to(x.dtype)[:, :, None, None]
    forms = forms or KeptForms()
    if up == 1:
        return Demodulated(kept_conv2d(x, weight, forms, (weight.shape[2] // 2,) * 4), scale)
    return Demodulated(upsampling_conv2d(x, weight, up, resample_filter, forms), scale)


def weight_energy(weight: torch.Tensor) -> torch.Tensor:
    """Sum squared weights [O, I, k, k] over the kernel, [O, I] float32: what demodulation needs of them."""
    with torch.autocast(weight.device.type, enabled=False):
        return weight.float().square().sum([2, 3])


def demodulation(energy: torch.Tensor, styles: torch.Tensor) -> torch.Tensor:
    """Factor [N, O, 1, 1] for output channels of unit variance: 1 / sqrt(sum over i, k of (s_i w_oik)^2)."""
    with torch.autocast(energy.device.type, enabled=False):
        return (styles.float().square() @ energy.t() + _EPSILON).rsqrt()[:, :, None, None]


def upsampling_conv2d(
    x: torch.Tensor,
    weight: torch.Tensor,
    up: int,
    resample_filter: torch.Tensor | None,
    forms: KeptForms | None = None,
) -> torch.Tensor:
    """Spread x [N, I, H, W] by `up`, convolve with weight [O, I, k, k], smooth: [N, O, H * up, W * up]."""
    if resample_filter is None:
        raise ValueError("up-sampling needs a resample_filter")
    if up == 2 and forms is not None:
        response = kept_spread_conv2d(x, weight, forms)
    else:
        response = F.conv_transpose2d(x, weight.to(x.dtype).transpose(0, 1), stride=up)
    before, after = padding_of_filter(weight.shape[2], up, resample_filter.shape[0])
    return upfirdn2d(response, resample_filter, padding=(before, after) * 2, gain=up * up)


def padding_of_filter(kernel: int, up: int, taps: int) -> tuple[int, int]:
    """Samples to add on either side of a transposed convolution's whole response, so that H * up are left."""
    surplus = kernel - up
    before = kernel // 2 + (taps + up - 1) // 2 - (kernel - 1)
    return before, taps - 1 - surplus - before
