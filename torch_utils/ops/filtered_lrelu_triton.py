"""The filtered leaky ReLU on CUDA, in Triton. Nothing imports this but filtered_lrelu_choice.py.

One kernel resamples: it reads of every output's neighbourhood those samples that are no inserted zeros, and
sums them in float32. On the way it adds the bias to what it reads, or applies the activation to what it
writes, or the activation's derivative. Forwards it runs twice (up and activate, down), and backwards twice,
with the factors exchanged and the filters turned round: that is what resampling's transpose is.
"""

from typing import Any

import torch
import triton  # type: ignore[import-not-found, unused-ignore]
import triton.language as tl  # type: ignore[import-not-found, unused-ignore]
from torch.autograd.function import once_differentiable
from triton.errors import TritonError  # type: ignore[import-not-found, unused-ignore]

from torch_utils.ops.upfirdn2d import Padding

_BLOCK = 256
_COPY, _ACTIVATE, _DERIVE = 0, 1, 2


# Triton reads annotations as types of its own, so that only what is known when compiling has any.
@triton.jit  # type: ignore[untyped-decorator, unused-ignore]
def _resample_kernel(  # type: ignore[no-untyped-def]
    x_ptr, filter_ptr, bias_ptr, activated_ptr, out_ptr,
    channels, in_h, in_w, out_h, out_w, pad_x, pad_y, shift_x, shift_y, gain, slope, clamp,
    UP: tl.constexpr, DOWN: tl.constexpr, TAPS_H: tl.constexpr, TAPS_W: tl.constexpr,
    STEPS_H: tl.constexpr, STEPS_W: tl.constexpr,
    HAS_BIAS: tl.constexpr, EPILOGUE: tl.constexpr, HAS_CLAMP: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Write BLOCK outputs of one channel of one picture; see `_resample` for the rest."""
    plane = tl.program_id(0).to(tl.int64)
    place = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = place < out_h * out_w
    y = place // out_w
    x = place % out_w

    # The first sample of the spread grid under the filter that is no zero, and which tap falls on it. The
    # shift, a multiple of UP, keeps the dividends positive.
    from_y = y * DOWN - pad_y + shift_y
    from_x = x * DOWN - pad_x + shift_x
    tap_y = (UP - from_y % UP) % UP
    tap_x = (UP - from_x % UP) % UP
    row = (from_y + tap_y) // UP - shift_y // UP
    column = (from_x + tap_x) // UP - shift_x // UP

    total = tl.zeros([BLOCK], dtype=tl.float32)
    bias = 0.0
    if HAS_BIAS:
        bias = tl.load(bias_ptr + plane % channels).to(tl.float32)
    for step_y in range(STEPS_H):
        own_row, own_tap_y = row + step_y, tap_y + step_y * UP
        row_there = inside & (own_row >= 0) & (own_row < in_h) & (own_tap_y < TAPS_H)
        for step_x in range(STEPS_W):
            own_column, own_tap_x = column + step_x, tap_x + step_x * UP
            there = row_there & (own_column >= 0) & (own_column < in_w) & (own_tap_x < TAPS_W)
            sample = tl.load(x_ptr + plane * in_h * in_w + own_row * in_w + own_column, mask=there, other=0.0)
            sample = tl.where(there, sample.to(tl.float32) + bias, 0.0)
            # The filter convolves: its last tap meets the first sample.
            tap = (TAPS_H - 1 - own_tap_y) * TAPS_W + TAPS_W - 1 - own_tap_x
            total += sample * tl.load(filter_ptr + tap, mask=there, other=0.0)
    total = total * gain

    here = plane * out_h * out_w + place
    if EPILOGUE == 1:
        total = tl.where(total < 0, total * slope, total)
        if HAS_CLAMP:
            total = tl.minimum(tl.maximum(total, -clamp), clamp)
    if EPILOGUE == 2:
        activated = tl.load(activated_ptr + here, mask=inside, other=0.0).to(tl.float32)
        total = tl.where(activated > 0, total, total * slope)
        if HAS_CLAMP:
            total = tl.where(tl.abs(activated) < clamp, total, 0.0)
    tl.store(out_ptr + here, total.to(out_ptr.dtype.element_ty), mask=inside)


def _resample(
    x: torch.Tensor,
    kernel: torch.Tensor,
    size: tuple[int, int],
    up: int,
    down: int,
    pad: tuple[int, int],
    gain: float = 1.0,
    bias: torch.Tensor | None = None,
    activated: torch.Tensor | None = None,
    activate: tuple[float, float | None] | None = None,
) -> torch.Tensor:
    """Spread x by `up`, put `pad` (left, top) zeros before it, convolve, keep every `down`-th sample.

    Args:
        x: [N, C, H, W].
        kernel: [kh, kw] float32.
        size: height and width of the result; what lies after the end of x is zero.
        up, down: factors.
        pad: zeros before the first column and row, may be negative.
        gain: factor of the sums.
        bias: [C], added to x, or None.
        activated: the activation's results [N, C, *size], by whose derivative the sums are multiplied.
        activate: slope and clamp of the activation, applied to the sums unless `activated` is given.
    """
    x = x.contiguous()
    n, channels, in_h, in_w = x.shape
    taps_h, taps_w = kernel.shape
    out = x.new_empty([n, channels, *size])
    slope, clamp = activate or (1.0, None)
    epilogue = _COPY if activate is None else _ACTIVATE if activated is None else _DERIVE
    shift_x, shift_y = ((max(p, 0) // up + 1) * up for p in pad)
    grid = (n * channels, triton.cdiv(size[0] * size[1], _BLOCK))
    try:
        with torch.cuda.device_of(x):
            _resample_kernel[grid](
                x, kernel, x if bias is None else bias, x if activated is None else activated, out,
                channels, in_h, in_w, *size, *pad, shift_x, shift_y,
                float(gain), float(slope), 0.0 if clamp is None else float(clamp),
                UP=up, DOWN=down, TAPS_H=taps_h, TAPS_W=taps_w,
                STEPS_H=-(-taps_h // up), STEPS_W=-(-taps_w // up),
                HAS_BIAS=bias is not None, EPILOGUE=epilogue, HAS_CLAMP=clamp is not None, BLOCK=_BLOCK,
            )  # fmt: skip
    except TritonError as error:
        raise RuntimeError(str(error).strip().splitlines()[-1]) from error
    return out


class _FilteredLeakyReLU(torch.autograd.Function):
    """down(clamp(leaky_relu(up(x + bias)))), differentiable once in x and bias."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        bias: torch.Tensor,
        up_kernel: torch.Tensor,
        down_kernel: torch.Tensor,
        factors: tuple[int, int],
        padding: Padding,
        activation: tuple[float, float, float | None],
    ) -> torch.Tensor:
        up, down = factors
        left, right, top, bottom = padding
        gain, slope, clamp = activation
        height = x.shape[2] * up + top + bottom - up_kernel.shape[0] + 1
        width = x.shape[3] * up + left + right - up_kernel.shape[1] + 1
        inner = _resample(
            x, up_kernel, (height, width), up, 1, (left, top), gain * up * up, bias, None, (slope, clamp)
        )
        size = ((height - down_kernel.shape[0]) // down + 1, (width - down_kernel.shape[1]) // down + 1)
        out = _resample(inner, down_kernel, size, 1, down, (0, 0))
        ctx.save_for_backward(inner, up_kernel, down_kernel)
        ctx.options = factors, (left, top), activation, tuple(x.shape[2:]), bias.dtype
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        inner, up_kernel, down_kernel = ctx.saved_tensors
        (up, down), (left, top), (gain, slope, clamp), size, bias_dtype = ctx.options
        turned_down, turned_up = down_kernel.flip(0, 1).contiguous(), up_kernel.flip(0, 1).contiguous()
        pad = (down_kernel.shape[1] - 1, down_kernel.shape[0] - 1)
        inner_grad = _resample(
            grad, turned_down, tuple(inner.shape[2:]), down, 1, pad, 1.0, None, inner, (slope, clamp)
        )
        pad = (up_kernel.shape[1] - 1 - left, up_kernel.shape[0] - 1 - top)
        x_grad = _resample(inner_grad, turned_up, size, 1, up, pad, gain * up * up)
        bias_grad = x_grad.float().sum([0, 2, 3]).to(bias_dtype) if ctx.needs_input_grad[1] else None
        return x_grad, bias_grad, None, None, None, None, None


def filtered_lrelu_triton(
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
    """Compute what torch_utils.ops.filtered_lrelu.filtered_lrelu_reference computes, summing in float32."""
    return _FilteredLeakyReLU.apply(
        x, bias, _square(up_filter, x), _square(down_filter, x), (up, down), padding, (gain, slope, clamp)
    )


def _square(kernel: torch.Tensor | None, x: torch.Tensor) -> torch.Tensor:
    """A filter as [kh, kw] float32."""
    if kernel is None:
        return torch.ones([1, 1], device=x.device)
    kernel = kernel.float()
    return (kernel.outer(kernel) if kernel.ndim == 1 else kernel).contiguous()
