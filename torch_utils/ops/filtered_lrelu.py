"""Leaky ReLU without aliasing (Karras et al. 2021, section 3.2): up-sample, activate, filter, down-sample.

`filtered_lrelu_reference` does it step by step. `filtered_lrelu` does the same fast: on a CPU with
convolutions that skip the zeros, on CUDA with a Triton kernel where there is one that gives the same numbers.
"""

import torch
import torch.nn.functional as F

from torch_utils.ops.filtered_lrelu_choice import triton_form
from torch_utils.ops.upfirdn2d import Padding, upfirdn2d, upfirdn2d_reference


def filtered_lrelu_reference(
    x: torch.Tensor,
    bias: torch.Tensor,
    up_filter: torch.Tensor | None,
    down_filter: torch.Tensor | None,
    up: int = 1,
    down: int = 1,
    padding: Padding = (0, 0, 0, 0),
    gain: float = 2.0**0.5,
    slope: float = 0.2,
    clamp: float | None = None,
) -> torch.Tensor:
    """Add a bias and apply a leaky ReLU at a higher sampling rate, where its harmonics can be filtered away.

    Args:
        x: [N, C, H, W].
        bias: [C].
        up_filter: low-pass of the up-sampling, [k] or [k, k], or None for a single tap.
        down_filter: low-pass of the down-sampling, likewise.
        up: factor of the sampling rate for the activation.
        down: factor by which the result is reduced again.
        padding: (left, right, top, bottom) samples of the up-sampled grid, may be negative.
        gain: factor after the activation.
        slope: of the negative half; 1 leaves x linear.
        clamp: limit of the absolute value after the gain, or None.

    Returns:
        [N, C, H', W'] with H' = (H * up + top + bottom - k_up - k_down + 1) // down + 1, W' likewise.
    """
    x = x + bias.to(x.dtype)[:, None, None]
    x = upfirdn2d_reference(x, up_filter, up=up, padding=padding, gain=up * up)
    x = F.leaky_relu(x, slope) * gain
    x = x if clamp is None else x.clamp(-clamp, clamp)
    return upfirdn2d_reference(x, down_filter, down=down)


def filtered_lrelu(
    x: torch.Tensor,
    bias: torch.Tensor,
    up_filter: torch.Tensor | None,
    down_filter: torch.Tensor | None,
    up: int = 1,
    down: int = 1,
    padding: Padding = (0, 0, 0, 0),
    gain: float = 2.0**0.5,
    slope: float = 0.2,
    clamp: float | None = None,
) -> torch.Tensor:
    """Compute what `filtered_lrelu_reference` computes, fast. Arguments and result are the same.

    Differentiable in `x` and `bias`; once where Triton does the work.
    """
    if x.is_cuda and not (up_filter is None and down_filter is None):
        fused = triton_form(x.device.index)
        if fused is not None:
            return fused(x, bias, up_filter, down_filter, up, down, padding, gain, slope, clamp)
    x = x + bias.to(x.dtype)[:, None, None]
    # A positive gain passes through the leaky ReLU, so that it can be part of the filter.
    x = upfirdn2d(x, up_filter, up=up, padding=padding, gain=up * up * gain)
    x = F.leaky_relu(x, slope) if slope != 1.0 else x
    x = x if clamp is None else x.clamp(-clamp, clamp)
    return upfirdn2d(x, down_filter, down=down)
