"""What can be tapped on the way through a synthesis network, and the checks that both families share."""

from typing import NamedTuple

import torch

from training.layers import NetworkError

NOISE_MODES = ("const", "none", "random")


class Taps(NamedTuple):
    """What was asked for: features [N, C, h, w] and rgb [N, 3, r, r], each or None."""

    features: torch.Tensor | None
    rgb: torch.Tensor | None


def checked_ws(ws: torch.Tensor, num_ws: int, w_dim: int) -> torch.Tensor:
    """Hand ws back as float32 if it is [N, num_ws, w_dim].

    Raises:
        NetworkError: if it has another shape.
    """
    if ws.ndim != 3 or ws.shape[1:] != (num_ws, w_dim):
        raise NetworkError(f"ws has shape {list(ws.shape)}; expected [N, {num_ws}, {w_dim}]")
    return ws.float()


def checked_block(index: int, count: int) -> int:
    """Hand the index of a feature block back if there is one.

    Raises:
        NetworkError: if there are not so many blocks.
    """
    if not 0 <= index < count:
        raise NetworkError(f"feature_block is {index}; this network has 0 to {count - 1}")
    return index


def checked_noise_mode(noise_mode: str) -> str:
    """Hand the noise mode back if it is known.

    Raises:
        NetworkError: if it is none of NOISE_MODES.
    """
    if noise_mode not in NOISE_MODES:
        raise NetworkError(f"noise_mode is {noise_mode!r}; expected one of {', '.join(NOISE_MODES)}")
    return noise_mode
