"""How unlike two pictures look to a network that knows faces: a distance of features, at several sizes.

The measure is built as LPIPS is (Zhang et al., 2018, arXiv:1801.03924), on the bundled landmark network and
with all channels counting alike: no weights for it can be had here.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from faces.landmark_network import INPUT_SIZE, LandmarkNetwork
from faces.landmarks import Picture
from faces.masks import Mask


@torch.no_grad()
def unlikeness(network: LandmarkNetwork, first: Picture, second: Picture, mask: Mask) -> float:
    """Compare two pictures outside a mask.

    Inside it the second picture is replaced by the first, so that what moved there is not seen.

    Args:
        network: the bundled one.
        first: uint8 [H, W, 3].
        second: uint8 [H, W, 3].
        mask: [H, W], 1 = does not count.

    Returns:
        0 for pictures that are equal outside the mask, at most 4: the squared distance of unit vectors of
        features, averaged over what is held and over the network's sizes.
    """
    device = next(network.parameters()).device
    a, b = (
        torch.tensor(picture, device=device).permute(2, 0, 1)[None].float() / 127.5 - 1
        for picture in (first, second)
    )
    inside = torch.tensor(mask, device=device)[None, None]
    seen = network.levels(_shrink(torch.cat((a, torch.lerp(b, a, inside)))))
    held = 1 - inside
    found = []
    for level in seen:
        apart = F.normalize(level[:1], dim=1) - F.normalize(level[1:], dim=1)
        weight = F.adaptive_avg_pool2d(held, (level.shape[2], level.shape[3]))
        found.append((apart.square().sum(dim=1, keepdim=True) * weight).sum() / weight.sum().clamp(min=1e-6))
    return float(torch.stack(found).mean())


def _shrink(rgb: Tensor) -> Tensor:
    return F.interpolate(rgb, size=(INPUT_SIZE, INPUT_SIZE), mode="bilinear", antialias=True)
