"""A 1×1 convolution to very few channels, as pictures are made of features, in few passes."""

from typing import Any

import torch


def pixel_product(x: torch.Tensor, own: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """Weigh the channels of every cell: [N, K, H, W], from x [N, C, H, W], own [N, K, C] and bias [K].

    Sums are float32 where x is bfloat16. On a CPU the slopes are multiplied so that the many cells are the
    inner length, as products with a side of 3 are slow in any other order; there it is differentiable once.
    """
    if x.device.type == "cpu":
        return _PixelProduct.apply(x, own, bias)
    return _forward(x, own, bias)


def _forward(x: torch.Tensor, own: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    x = x.float() if x.dtype == torch.bfloat16 else x
    picture = torch.baddbmm(bias.to(x.dtype), _rows(x), own.to(x.dtype).transpose(1, 2))
    return picture.unflatten(1, x.shape[2:]).permute(0, 3, 1, 2)


def _rows(x: torch.Tensor) -> torch.Tensor:
    """Lay cells out as rows [N, H W, C]; a view where channels are last."""
    return x.permute(0, 2, 3, 1).flatten(1, 2)


class _PixelProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, own: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, own)
        ctx.bias_dtype = bias.dtype
        return _forward(x, own, bias)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, own = ctx.saved_tensors
        need_x, need_own, need_bias = ctx.needs_input_grad
        flat = grad.flatten(2)
        slopes = flat.to(x.dtype)
        grad_x = grad_own = grad_bias = None
        if need_x:
            rows = slopes.transpose(1, 2) @ own.to(x.dtype)
            grad_x = rows.unflatten(1, x.shape[2:]).permute(0, 3, 1, 2)
        if need_own:
            grad_own = (slopes @ _rows(x)).to(own.dtype)
        if need_bias:
            grad_bias = flat.sum([0, 2]).to(ctx.bias_dtype)
        return grad_x, grad_own, grad_bias
