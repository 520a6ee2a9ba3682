"""Layers that StyleGAN2 and StyleGAN3 share: the equalised dense layer and the mapping network."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from dnnlib.errors import EditorError
from torch_utils.ops.activations import bias_act, find_activation


class NetworkError(EditorError):
    """A network was asked for something that it cannot do, or made with arguments that do not fit."""


def normalize_second_moment(x: torch.Tensor) -> torch.Tensor:
    """Scale every row of x [N, C] so that the mean of its squares is one."""
    return x * (x.square().mean(1, keepdim=True) + 1e-8).rsqrt()


def normal(shape: Sequence[int], std: float = 1.0) -> torch.Tensor:
    """Normally distributed numbers to start a weight with; on the device meta, which has no memory, none.

    Checkpoints are first built there. PyTorch's arithmetic on it imports a second's worth of modules, so that
    networks are put together without any.
    """
    x = torch.empty(list(shape))
    return x if x.is_meta else x.normal_(std=std)


def working_dtype(use_fp16: bool, device: torch.device) -> torch.dtype:
    """What a block computes in: half floats where its file says so and the device is CUDA.

    On a CPU half floats are slow; on MPS they are not what the networks were made with.
    """
    return torch.float16 if use_fp16 and device.type == "cuda" else torch.float32


def dtype_asked_for(device: torch.device) -> torch.dtype:
    """What the caller's `torch.autocast` asks a network on a CPU to begin in: bfloat16, or else float32.

    Convolutions then multiply in it; styles, scales and pictures are computed in full.
    """
    asked = device.type == "cpu" and torch.is_autocast_enabled("cpu")
    return torch.get_autocast_dtype("cpu") if asked else torch.float32


class FullyConnectedLayer(nn.Module):
    """Dense layer with an equalised learning rate: stored weights have unit variance and are scaled in use.

    Args:
        in_features: length of an input row.
        out_features: length of an output row.
        activation: one of ACTIVATIONS.
        lr_multiplier: slows training of this layer down; weights are stored that much larger.
        bias_init: the bias at the start.
        bias: False leaves it out.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        activation: str = "linear",
        lr_multiplier: float = 1.0,
        bias_init: float = 0.0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        find_activation(activation)
        self.activation = activation
        self.weight = nn.Parameter(normal([out_features, in_features], 1 / lr_multiplier))
        self.bias = nn.Parameter(torch.full([out_features], float(bias_init))) if bias else None
        self.weight_gain = lr_multiplier / float(np.sqrt(max(in_features, 1)))
        self.bias_gain = lr_multiplier

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map rows [N, in_features] to [N, out_features]."""
        if self.bias is None:
            return F.linear(x, self.weight) * self.weight_gain
        x = torch.addmm(self.bias, x, self.weight.t(), beta=self.bias_gain, alpha=self.weight_gain)
        return x if self.activation == "linear" else bias_act(x, None, self.activation)


class MappingNetwork(nn.Module):
    """From latent z (and label c) to w, one for each layer of the synthesis (StyleGAN, Karras et al. 2019).

    Args:
        z_dim: length of z.
        c_dim: length of the label, 0 for none.
        w_dim: length of w.
        num_ws: how many layers w is repeated for.
        num_layers: dense layers.
        embed_features: length of the embedded label; None takes w_dim. Without labels there is none.
        layer_features: length of the rows between the layers; None takes w_dim.
        activation: one of ACTIVATIONS.
        lr_multiplier: learning rate of the mapping against that of the rest.
        w_avg_beta: how slowly the average of w follows while training, None for not at all.
    """

    w_avg: torch.Tensor

    def __init__(
        self,
        z_dim: int,
        c_dim: int,
        w_dim: int,
        num_ws: int,
        num_layers: int = 8,
        embed_features: int | None = None,
        layer_features: int | None = None,
        activation: str = "lrelu",
        lr_multiplier: float = 0.01,
        w_avg_beta: float | None = 0.998,
    ) -> None:
        super().__init__()
        if not 1 <= num_layers <= 64:
            raise NetworkError(f"mapping num_layers is {num_layers}; expected 1 to 64")
        self.z_dim = z_dim
        self.c_dim = c_dim
        self.w_dim = w_dim
        self.num_ws = num_ws
        self.num_layers = num_layers
        self.w_avg_beta = w_avg_beta
        embed_features = 0 if c_dim == 0 else (embed_features or w_dim)
        widths = [z_dim + embed_features] + [layer_features or w_dim] * (num_layers - 1) + [w_dim]
        if c_dim > 0:
            self.embed = FullyConnectedLayer(c_dim, embed_features)
        for index, (before, after) in enumerate(zip(widths[:-1], widths[1:], strict=True)):
            self.add_module(f"fc{index}", FullyConnectedLayer(before, after, activation, lr_multiplier))
        self.register_buffer("w_avg", torch.zeros([w_dim]))

    def forward(
        self,
        z: torch.Tensor,
        c: torch.Tensor | None = None,
        truncation_psi: float = 1.0,
        truncation_cutoff: int | None = None,
    ) -> torch.Tensor:
        """Map z to w.

        Args:
            z: [N, z_dim], normally distributed.
            c: [N, c_dim] label; None is the label of zeros.
            truncation_psi: 1 leaves w as it is, 0 gives the average (the truncation trick).
            truncation_cutoff: only the first so many layers are truncated; None truncates all.

        Returns:
            ws [N, num_ws, w_dim].

        Raises:
            NetworkError: if z or c has another width.
        """
        x = normalize_second_moment(_checked(z, self.z_dim, "z"))
        if self.c_dim > 0:
            label = x.new_zeros([len(x), self.c_dim]) if c is None else _checked(c, self.c_dim, "c")
            x = torch.cat([x, normalize_second_moment(self.embed(label))], dim=1)
        for index in range(self.num_layers):
            x = self.get_submodule(f"fc{index}")(x)

        if self.training and self.w_avg_beta is not None:
            with torch.no_grad():
                self.w_avg.copy_(x.detach().float().mean(0).lerp(self.w_avg, self.w_avg_beta))

        ws = x[:, None].repeat(1, self.num_ws, 1)
        if truncation_psi == 1.0:
            return ws
        truncated = self.w_avg.lerp(ws, truncation_psi)
        if truncation_cutoff is None:
            return truncated
        return torch.cat([truncated[:, :truncation_cutoff], ws[:, truncation_cutoff:]], dim=1)


def _checked(x: torch.Tensor, width: int, name: str) -> torch.Tensor:
    if x.ndim != 2 or x.shape[1] != width:
        raise NetworkError(f"{name} has shape {list(x.shape)}; expected [N, {width}]")
    return x.float()


Kwargs = dict[str, Any]
