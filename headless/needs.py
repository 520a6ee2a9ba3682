"""What a session needs from whoever opens it: a generator, and a way to choose a detector."""

from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from torch import Tensor

import drag.types
from dnnlib.projection import ProjectionState
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

    def named_parameters(self) -> Iterable[tuple[str, Tensor]]:
        """Its weights by their names, which are those of NVIDIA's releases."""

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


# ----------------------------------------------------------------------------
# What a photograph needs besides: a way into the generator.


class Projection(ProjectionState, Protocol):
    """One state of a photograph on its way into a generator."""

    @property
    def w(self) -> Tensor:
        """[num_ws, w_dim]."""

    @property
    def distance(self) -> float:
        """How far its picture is from the photograph; comparable within a stage."""

    @property
    def generator(self) -> Any:
        """What draws it: the generator that was handed in, or a tuned copy."""


class Projector(Protocol):
    """Brings photographs into one generator. Its words are the budgets' names."""

    @property
    def budgets(self) -> tuple[str, ...]:
        """How long it may take, from the shortest to the longest, by name."""

    def project(
        self, target: npt.NDArray[np.uint8], budget: str, keep: Path | None
    ) -> Generator[Projection, None, None]:
        """Go from state to state, each nearer to the aligned photograph uint8 [S, S, 3].

        Closing the iterator ends it; where it stood is noted in `keep`, and it goes on from there when it is
        asked for the same photograph again.
        """

    def save_tuned(self, path: Path, step: Projection, photo: str) -> bool:
        """Write what tuning has changed; False if it has changed nothing, and then no file is there."""

    def load_tuned(self, path: Path) -> Any:
        """Read a generator that was tuned, as `save_tuned` wrote it."""
