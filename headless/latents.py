"""From a latent's description to w."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from dnnlib.latents import Latent, z_of

# Called with z [N, z_dim], psi and cutoff; gives ws [N, num_ws, w_dim].
Mapper = Callable[[npt.NDArray[np.float64], float, int | None], Tensor]


def w_of(latent: Latent, num_ws: int, z_dim: int, to_w: Mapper) -> Tensor:
    """Find the w [num_ws, w_dim] of a description: between seeds first, then layers of a second seed.

    A w that was given is taken as it is. All else is truncated, which is the same before and after w is
    interpolated, for both are weighted means.

    Args:
        latent: what is wanted; what it was given fits the network.
        num_ws: layers that take a w.
        z_dim: components of z.
        to_w: the mapping network, with the class in use.
    """
    given = latent.given
    if given is None:
        w = _between_seeds(latent, z_dim, to_w)
    elif given.w is not None:
        w = torch.from_numpy(np.broadcast_to(given.w, (num_ws, given.w.shape[-1])).copy())
    else:
        w = to_w(np.array(given.z, np.float64)[None], latent.psi, latent.cutoff)[0]
    layers = [layer for layer in latent.mix_layers if 0 <= layer < num_ws]
    if layers:
        second = to_w(z_of(latent.mix_seed, z_dim)[None], latent.psi, latent.cutoff)[0]
        w = w.clone().to(second.device)
        w[layers] = second[layers]
    return w


def _between_seeds(latent: Latent, z_dim: int, to_w: Mapper) -> Tensor:
    corners = latent.corners()
    ws = to_w(np.stack([z_of(seed, z_dim) for seed, _ in corners]), latent.psi, latent.cutoff)
    if len(corners) == 1:
        return ws[0]  # At a seed w is to the last bit what the mapping gives.
    weights = torch.tensor([weight for _, weight in corners], dtype=ws.dtype, device=ws.device)
    return (ws * weights[:, None, None]).sum(0)
