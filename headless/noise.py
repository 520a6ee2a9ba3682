"""A generator whose pictures and features have the noise that was asked for, whoever asks for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

import drag.types
from headless.needs import LoadedGenerator


class WithNoise:
    """Hands a generator on, with a noise mode of its own in place of the one in each call.

    So a drag follows the features of the very picture that is shown. StyleGAN3 has no noise.

    Attributes:
        mode: "const", "none" or "random".
        seed: what "random" is drawn from, anew for every picture: the same seed gives the same picture.
    """

    def __init__(self, generator: LoadedGenerator, mode: str = "const", seed: int = 0) -> None:
        self._generator = generator
        self.mode, self.seed = mode, seed

    # ------------------------------------------------------------------------
    # What has noise in it.

    def synthesis(self, ws: Tensor, noise_mode: str = "const") -> Tensor:
        """Make pictures [N, 3, H, W] from ws [N, num_ws, w_dim]; the mode in the call does not count."""
        with self._drawn_from_seed(ws.device):
            return self._generator.synthesis(ws, noise_mode=self.mode)

    def taps(
        self,
        ws: Tensor,
        feature_block: int | None = None,
        rgb_resolution: int | None = None,
        noise_mode: str = "const",
        cut: drag.types.Cut | None = None,
    ) -> drag.types.Taps:
        """Give features and picture from inside; the mode in the call does not count."""
        with self._drawn_from_seed(ws.device):
            return self._generator.taps(ws, feature_block, rgb_resolution, self.mode, cut)

    @contextmanager
    def _drawn_from_seed(self, device: torch.device) -> Iterator[None]:
        """Let random numbers come from the seed, and leave everybody else's as they were."""
        if self.mode != "random":
            yield
            return
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(self.seed)
            yield

    # ------------------------------------------------------------------------
    # What has none.

    @property
    def mapping(self) -> Callable[..., Tensor]:
        """From z to w."""
        return self._generator.mapping

    @property
    def num_ws(self) -> int:
        """How many layers take a w."""
        return self._generator.num_ws

    @property
    def w_dim(self) -> int:
        """Components of one w."""
        return self._generator.w_dim

    @property
    def z_dim(self) -> int:
        """Components of z."""
        return self._generator.z_dim

    @property
    def c_dim(self) -> int:
        """How many classes it knows; 0 for none."""
        return self._generator.c_dim

    @property
    def image_size(self) -> tuple[int, int]:
        """(height, width) of the picture, px."""
        return self._generator.image_size

    @property
    def num_blocks(self) -> int:
        """How many feature blocks can be tapped."""
        return self._generator.num_blocks

    @property
    def metadata(self) -> Mapping[str, str]:
        """What its file says about it."""
        return self._generator.metadata

    @property
    def source_sha256(self) -> str:
        """Hash of its file."""
        return self._generator.source_sha256

    @property
    def has_noise(self) -> bool:
        """Whether noise changes its pictures: some layer has it, with a strength that is not 0."""
        strengths = (value for name, value in self.named_parameters() if name.endswith("noise_strength"))
        return any(bool(strength.any()) for strength in strengths)

    def named_parameters(self) -> Iterable[tuple[str, Tensor]]:
        """Its weights by their names."""
        return self._generator.named_parameters()

    def parameters(self) -> Iterable[Tensor]:
        """Its weights."""
        return self._generator.parameters()
