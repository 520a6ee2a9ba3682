"""Up-sample, filter, down-sample: resampling of pictures with a FIR filter.

Three steps in the order of the name: put `up - 1` zeros after every sample, pad (or crop) and convolve with
the filter, keep every `down`-th sample. `padding` is (left, right, top, bottom) in samples of the up-sampled
grid; negative values crop. The filter convolves: it is flipped against torch's own convolutions.
"""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F

Padding = tuple[int, int, int, int]


def make_filter(taps: Sequence[float]) -> torch.Tensor:
    """Make a filter kernel with sum 1 from taps, as networks store it.

    Fewer than 8 taps on a line give their outer product [T, T]; 8 or more stay a line [T], for both axes.
    """
    kernel = np.array(taps, dtype=np.float64)
    if len(kernel) < 8:
        kernel = np.outer(kernel, kernel)
    return torch.as_tensor((kernel / kernel.sum()).astype(np.float32))


def upfirdn2d_reference(
    x: torch.Tensor,
    kernel: torch.Tensor | None,
    up: int = 1,
    down: int = 1,
    padding: Padding = (0, 0, 0, 0),
    gain: float = 1.0,
) -> torch.Tensor:
    """Resample [N, C, H, W] step by step, exactly as the three steps are described.

    Args:
        x: [N, C, H, W].
        kernel: [kh, kw], or [k] to be used on both axes, or None for a single tap of 1.
        up: zeros are inserted so that there are `up` times as many samples.
        down: every `down`-th sample is kept.
        padding: (left, right, top, bottom), may be negative.
        gain: factor of the result (up * up keeps the brightness).

    Returns:
        [N, C, H', W'] with H' = (H * up + top + bottom - kh) // down + 1, W' likewise.
    """
    n, c, h, w = x.shape
    if kernel is None:
        kernel = x.new_ones([1, 1])
    if kernel.ndim == 1:
        kernel = kernel.outer(kernel)
    spread = x.new_zeros([n, c, h, up, w, up])
    spread[:, :, :, 0, :, 0] = x
    padded = F.pad(spread.reshape(n, c, h * up, w * up), padding)
    taps = (kernel.to(x.dtype) * gain).flip(0, 1).expand(c, 1, -1, -1)
    return F.conv2d(padded, taps, groups=c)[:, :, ::down, ::down]


def upfirdn2d(
    x: torch.Tensor,
    kernel: torch.Tensor | None,
    up: int = 1,
    down: int = 1,
    padding: Padding = (0, 0, 0, 0),
    gain: float = 1.0,
) -> torch.Tensor:
    """Resample [N, C, H, W] as `upfirdn2d_reference` does, without multiplying the zeros.

    A kernel [kh, kw] takes one pass, a line [k] one pass for each axis. Arguments and result are those of the
    reference form. Differentiable in `x` any number of times.
    """
    if kernel is None:
        kernel = x.new_ones([1, 1])
    if kernel.ndim == 2:
        return _resample(x, kernel * gain, up, up, down, down, padding)
    left, right, top, bottom = padding
    x = _resample(x, (kernel * gain)[:, None], 1, up, 1, down, (0, 0, top, bottom))
    return _resample(x, kernel[None, :], up, 1, down, 1, (left, right, 0, 0))


def _resample(
    x: torch.Tensor, kernel: torch.Tensor, up_x: int, up_y: int, down_x: int, down_y: int, padding: Padding
) -> torch.Tensor:
    """One pass over the picture, with a kernel [kh, kw] and factors for each axis."""
    channels = x.shape[1]
    left, right, top, bottom = padding
    kernel_h, kernel_w = kernel.shape
    taps = kernel.to(x.dtype)[None, None]
    if up_x == 1 and up_y == 1:
        if min(padding) < 0 or left != right or top != bottom:
            x, left, top = F.pad(x, padding), 0, 0
        flipped = taps.flip(2, 3).expand(channels, 1, -1, -1)
        return F.conv2d(x, flipped, stride=(down_y, down_x), padding=(top, left), groups=channels)

    # A transposed convolution makes the whole response. What is too much of it is cut off: as far as it
    # is the same on both sides by the convolution itself, the rest afterwards.
    start_y, end_y, both_y = _surplus(x.shape[2], up_y, kernel_h, top, bottom)
    start_x, end_x, both_x = _surplus(x.shape[3], up_x, kernel_w, left, right)
    spread = taps.expand(channels, 1, -1, -1)
    x = F.conv_transpose2d(x, spread, stride=(up_y, up_x), padding=(both_y, both_x), groups=channels)
    rest = (-start_x, -end_x, -start_y, -end_y)
    x = F.pad(x, rest) if any(rest) else x
    return x[:, :, ::down_y, ::down_x] if max(down_x, down_y) > 1 else x


def _surplus(length: int, up: int, taps: int, before: int, after: int) -> tuple[int, int, int]:
    """Samples of a whole response that are too many: at the start, at the end, on both sides besides."""
    start = taps - 1 - before
    end = (length - 1) * up + taps - start - (length * up + before + after - taps + 1)
    both = max(min(start, end), 0)
    return start - both, end - both, both
