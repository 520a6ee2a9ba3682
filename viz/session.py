"""What the worker works with: one for each checkpoint, handed in by the entry point."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from dnnlib.latents import Latent
from drag.config import DragConfig
from drag.path import EditPath
from drag.request import DragRequest
from faces.expression import Expression
from faces.landmarks import Face
from viz.opening import Opening
from viz.photographs import Photographs

if TYPE_CHECKING:  # The window opens before torch is imported; the worker's session brings it.
    from drag.types import DragStep
    from faces.adjust import Adjustment
    from faces.report import AdjustmentReport


class Session(Protocol):
    """A network, its detectors, and the w of the picture that is shown."""

    path: Path
    title: str
    sha256: str
    image_size: tuple[int, int]
    num_ws: int
    w_dim: int
    num_blocks: int
    c_dim: int
    z_dim: int
    has_noise: bool
    on_remark: Callable[[str], None]
    on_wait: Callable[[str], None] | None
    moved_where: npt.NDArray[np.float32] | None

    @property
    def photos(self) -> Photographs | None:
        """Where photographs are worked on; None where that cannot be."""

    def go_to_latent(self, latent: Latent) -> None:
        """Go to the w of a description, and draw with its noise."""

    def go_to(self, w: npt.NDArray[np.float32], latent: Latent) -> None:
        """Go to any w [num_ws, w_dim], with the class and the noise of the latent that it comes from."""

    def current_w(self) -> npt.NDArray[np.float32]:
        """Give the w of the picture in front of us, [num_ws, w_dim] float32, read-only."""

    def draw(self, w: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
        """Draw the picture of any w, and stay where we are: uint8 [H, W, 3]."""

    def path_of_edit(self) -> EditPath | None:
        """Give the way that w took in the last edit; None if there was none."""

    def frame(self) -> npt.NDArray[np.uint8]:
        """Draw the picture of w: uint8 [H, W, 3]."""

    def features(self, block: int) -> tuple[npt.NDArray[np.float32], int]:
        """Compute what a block makes of w: [C, h, w], and how wide its margin beyond the picture is."""

    def detect(self, detector: str) -> list[Face]:
        """Find the faces in the picture, the largest first."""

    def glance(self) -> bool:
        """Say, without anything being fetched for it, whether there seems to be a face."""

    def plan(
        self,
        expression: Expression,
        strength: float,
        face: Face,
        detector: str,
        *,
        automatic_mask: bool,
        mask: npt.NDArray[np.float32] | None = None,
    ) -> "Adjustment":
        """Set points, targets, mask and guide of an expression; `mask` is taken where none is made."""

    def drag(
        self,
        request: DragRequest,
        options: Callable[[], DragConfig],
        newest: Callable[[], DragRequest] | None = None,
    ) -> "Iterator[DragStep]":
        """Drag by hand, with options and a request that may change on the way; w follows each step taken."""

    def adjust(self, adjustment: "Adjustment", face: Face) -> "Iterator[DragStep]":
        """Do what was planned for a face; w follows each step that is taken."""

    def report(self, adjustment: "Adjustment", after: Face | None) -> "AdjustmentReport":
        """Say what the last expression came to; `after` is the face as it is now, if one was found."""


OpenSession = Callable[[Path, Opening], Session]
