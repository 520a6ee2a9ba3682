"""Bias, activation, gain and clamp in one step, as the layers of StyleGAN2 and StyleGAN3 end."""

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F

from dnnlib.errors import EditorError

LEAKY_SLOPE = 0.2
_SQRT_2 = 2.0**0.5


class ActivationError(EditorError):
    """A network asks for an activation that is not known."""


class Activation(NamedTuple):
    """A nonlinearity and the gain that keeps the variance of normal inputs near one."""

    function: Callable[[torch.Tensor], torch.Tensor]
    gain: float


def _leaky_relu(x: torch.Tensor) -> torch.Tensor:
    return F.leaky_relu(x, LEAKY_SLOPE)


def _swish(x: torch.Tensor) -> torch.Tensor:
    return x * torch.sigmoid(x)


def _linear(x: torch.Tensor) -> torch.Tensor:
    return x


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(_linear, 1.0),
    "relu": Activation(F.relu, _SQRT_2),
    "lrelu": Activation(_leaky_relu, _SQRT_2),
    "tanh": Activation(torch.tanh, 1.0),
    "sigmoid": Activation(torch.sigmoid, 1.0),
    "elu": Activation(F.elu, 1.0),
    "selu": Activation(F.selu, 1.0),
    "softplus": Activation(F.softplus, 1.0),
    "swish": Activation(_swish, _SQRT_2),
}


def find_activation(name: str) -> Activation:
    """Look up an activation by the name that network files use.

    Raises:
        ActivationError: if there is none of that name.
    """
    if name not in ACTIVATIONS:
        raise ActivationError(f"activation {name!r} is not known; expected one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]


def bias_act(
    x: torch.Tensor,
    bias: torch.Tensor | None = None,
    name: str = "linear",
    gain: float | None = None,
    clamp: float | None = None,
) -> torch.Tensor:
    """Add a bias to every channel, apply an activation, scale, and clamp: the reference form.

    Args:
        x: [N, C, ...], any number of trailing axes.
        bias: [C] or None.
        name: one of ACTIVATIONS.
        gain: factor after the activation; None takes the activation's own.
        clamp: limit of the absolute value of the result, or None.

    Returns:
        A tensor of the shape and dtype of `x`.
    """
    found = find_activation(name)
    if bias is not None:
        x = x + bias.to(x.dtype).reshape(1, -1, *[1] * (x.ndim - 2))
    x = found.function(x) * (found.gain if gain is None else gain)
    return x if clamp is None else x.clamp(-clamp, clamp)
