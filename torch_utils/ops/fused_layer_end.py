"""The end of a synthesis layer in few passes over the picture, with a backward pass of its own.

Each pass over the features costs as much as reading them from memory, and autograd's sums over the batch take
longer than the convolution. Here sums are taken channel by channel, and the activation is in place.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch.autograd.function import once_differentiable

from torch_utils.ops.activations import LEAKY_SLOPE, bias_act, find_activation


def layer_end_reference(
    x: torch.Tensor,
    scale: torch.Tensor,
    bias: torch.Tensor,
    noise: torch.Tensor | None,
    name: str = "lrelu",
    gain: float = 1.0,
    clamp: float | None = None,
) -> torch.Tensor:
    """Compute clamp(gain * own gain * activation(x * scale + noise + bias)), as it is written.

    Args:
        x: [N, C, H, W].
        scale: [N, C, 1, 1], the demodulation.
        bias: [C].
        noise: [1 or N, 1, H, W], or None.
        name: one of ACTIVATIONS.
        gain: factor of the result, besides the activation's own.
        clamp: limit of the absolute value of the result, or None.
    """
    x = x * scale.to(x.dtype)
    if noise is not None:
        x = x + noise.to(x.dtype)
    return bias_act(x, bias, name, gain * find_activation(name).gain, clamp)


def layer_end(
    x: torch.Tensor,
    scale: torch.Tensor,
    bias: torch.Tensor,
    noise: torch.Tensor | None,
    name: str = "lrelu",
    gain: float = 1.0,
    clamp: float | None = None,
) -> torch.Tensor:
    """Compute what `layer_end_reference` computes, fast for leaky ReLU. Differentiable once in each."""
    if name != "lrelu" or gain <= 0:
        return layer_end_reference(x, scale, bias, noise, name, gain, clamp)
    # Leaky ReLU lets a positive gain through, so that it is folded into the small tensors before it.
    gain *= find_activation(name).gain
    noise = None if noise is None else noise * gain
    return _LeakyLayerEnd.apply(x, scale * gain, bias * gain, noise, clamp)


class _LeakyLayerEnd(torch.autograd.Function):
    """clamp(leaky_relu(x * scale + bias + noise)) with sums that suit channels last."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        scale: torch.Tensor,
        bias: torch.Tensor,
        noise: torch.Tensor | None,
        clamp: float | None,
    ) -> torch.Tensor:
        own_scale = scale.to(x.dtype)
        offset = _offset(x, bias.to(x.dtype), None if noise is None else noise.to(x.dtype))
        if x.dtype == torch.float32:
            out = torch.addcmul(offset, x, own_scale)
        else:  # addcmul has no fast path for half floats.
            out = (x * own_scale).add_(offset)
        F.leaky_relu(out, LEAKY_SLOPE, inplace=True)
        if clamp is not None:
            out.clamp_(-clamp, clamp)
        ctx.save_for_backward(x, own_scale, out, noise)
        ctx.clamp = clamp
        ctx.dtypes = scale.dtype, bias.dtype
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, scale, out, noise = ctx.saved_tensors
        scale_dtype, bias_dtype = ctx.dtypes
        grad = torch.ops.aten.leaky_relu_backward(grad, out, LEAKY_SLOPE, True)
        if ctx.clamp is not None:
            grad = grad * (out.abs() < ctx.clamp)
        need_x, need_scale, need_bias, need_noise, _ = ctx.needs_input_grad
        grad_x = grad * scale if need_x else None
        grad_scale = (grad * x).sum([2, 3], keepdim=True).to(scale_dtype) if need_scale else None
        grad_bias = grad.sum([2, 3]).to(bias_dtype).sum(0) if need_bias else None
        grad_noise = None
        if need_noise and noise is not None:
            grad_noise = grad.sum(1, keepdim=True).to(noise.dtype)
            grad_noise = grad_noise if len(noise) == len(grad_noise) else grad_noise.sum(0, keepdim=True)
        return grad_x, grad_scale, grad_bias, grad_noise, None


def _offset(x: torch.Tensor, bias: torch.Tensor, noise: torch.Tensor | None) -> torch.Tensor:
    """Add bias and noise up to what broadcasts to x, in the memory layout of x."""
    if noise is None:
        return bias[None, :, None, None]
    if x.is_contiguous(memory_format=torch.channels_last):
        return (noise.permute(0, 2, 3, 1) + bias).permute(0, 3, 1, 2)
    return noise + bias[None, :, None, None]
