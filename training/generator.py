"""What StyleGAN2 and StyleGAN3 generators have in common, and what the rest of the editor knows of them."""

from typing import NamedTuple, Protocol

import torch
from torch import nn

from training.layers import Kwargs, MappingNetwork, NetworkError

NOISE_MODES = ("const", "none", "random")


# Rectangles (top, left, bottom, right) of what is wanted, and up to which height whole maps are wanted too.
Cut = tuple[tuple[tuple[int, int, int, int], ...], int]


class Parts(NamedTuple):
    """Rectangles of what was asked for, and what lies below them.

    `parts` are features [N, C, *size] or pictures [N, 3, *size], one for each rectangle. `features` and `rgb`
    are whole maps of the highest block that was computed whole; rgb where pictures were asked for.
    """

    parts: tuple[torch.Tensor, ...]
    features: torch.Tensor
    rgb: torch.Tensor | None


class Taps(NamedTuple):
    """What was asked for on the way: features [N, C, h, w] and rgb [N, 3, r, r], each or None.

    `margin` is how many cells of the features, on every side, lie beyond the picture. Where rectangles were
    asked for and given, they are `cut`, and the rest is None.
    """

    features: torch.Tensor | None
    rgb: torch.Tensor | None
    margin: int = 0
    cut: Parts | None = None


class Synthesis(Protocol):
    """The part of a synthesis network that its generator hands on."""

    num_ws: int

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the picture, in px."""

    @property
    def num_blocks(self) -> int:
        """How many blocks there are to take features from."""

    def __call__(self, ws: torch.Tensor, noise_mode: str = "const") -> torch.Tensor:
        """Make pictures."""

    def taps(
        self,
        ws: torch.Tensor,
        feature_block: int | None,
        rgb_resolution: int | None,
        noise_mode: str,
        cut: Cut | None,
    ) -> Taps:
        """Compute features and a picture on the way."""


class GeneratorBase(nn.Module):
    """A generator: `mapping` takes z to w, `synthesis` takes w to a picture.

    Attributes:
        init_kwargs: the arguments that it was made with; they can be written as JSON.
        metadata: what its file says about it besides, e.g. {"detector": "bundled"}.
        source_sha256: hash of the file that it was loaded from, or empty.
    """

    mapping: MappingNetwork
    synthesis: Synthesis

    def __init__(self, init_kwargs: Kwargs) -> None:
        super().__init__()
        self.init_kwargs = init_kwargs
        self.metadata: dict[str, str] = {}
        self.source_sha256 = ""
        self.z_dim: int = init_kwargs["z_dim"]
        self.c_dim: int = init_kwargs["c_dim"]
        self.w_dim: int = init_kwargs["w_dim"]
        self.img_resolution: int = init_kwargs["img_resolution"]
        self.img_channels: int = init_kwargs["img_channels"]

    @property
    def num_ws(self) -> int:
        """How many layers take a w."""
        return self.synthesis.num_ws

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of the picture, in px."""
        return self.synthesis.image_size

    @property
    def num_blocks(self) -> int:
        """How many blocks there are to take features from."""
        return self.synthesis.num_blocks

    def forward(
        self,
        z: torch.Tensor,
        c: torch.Tensor | None = None,
        truncation_psi: float = 1.0,
        truncation_cutoff: int | None = None,
        noise_mode: str = "const",
    ) -> torch.Tensor:
        """Make pictures [N, img_channels, H, W], about -1..1, from z [N, z_dim] and labels c [N, c_dim]."""
        return self.synthesis(self.mapping(z, c, truncation_psi, truncation_cutoff), noise_mode)

    def taps(
        self,
        ws: torch.Tensor,
        feature_block: int | None = None,
        rgb_resolution: int | None = None,
        noise_mode: str = "const",
        cut: Cut | None = None,
    ) -> Taps:
        """Compute features and a picture on the way through the synthesis, and no further than is needed.

        Args:
            ws: [N, num_ws, w_dim].
            feature_block: the block whose features are wanted, 0 to num_blocks - 1, or None.
            rgb_resolution: height in px of the picture wanted, or None.
            noise_mode: "const", "none" or "random".
            cut: ((top, left, bottom, right), ...), height: which rectangles of the features (in cells), or of
                the picture (in px) if no features are asked for, are wanted, and up to which height whole
                maps besides. StyleGAN2 then computes and gives those alone, where that saves work.

        Raises:
            NetworkError: if there is no such block, resolution or noise mode, or ws has another shape.
        """
        return self.synthesis.taps(ws, feature_block, rgb_resolution, noise_mode, cut)


# ----------------------------------------------------------------------------
# Checks that both families share.


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
