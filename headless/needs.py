"""What a session needs from whoever opens it: a generator, and a way to choose a detector."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from torch import Tensor

import drag.types
from faces.landmarks import LandmarkDetector


class LoadedGenerator(drag.types.Generator, Protocol):
    """What the session needs of a generator, beyond what the engine needs."""

    @property
    def z_dim(self) -> int:
        """Components of z."""

    @property
    def c_dim(self) -> int:
        """How many classes it knows; 0 for none."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """What its file says about it, e.g. {"title": ..., "detector": "bundled"}."""

    @property
    def source_sha256(self) -> str:
        """Hash of its file."""

    @property
    def mapping(self) -> Callable[..., Tensor]:
        """Called as `mapping(z [N, z_dim], c [N, c_dim], truncation_psi=, truncation_cutoff=)` -> ws.

        ws is [N, num_ws, w_dim].
        """

    def parameters(self) -> Iterable[Tensor]:
        """Its weights."""


class Choice(Protocol):
    """A detector, and a line for the person where it is not the one that was meant."""

    @property
    def detector(self) -> LandmarkDetector:
        """What finds faces."""

    @property
    def note(self) -> str:
        """Empty if there is nothing to say."""


ChooseDetector = Callable[[Mapping[str, str], str], Choice]
