"""An editing session: a generator, its detectors, and the w of the picture in front of us.

The session is what a front works with, be it the window's worker or the headless command: it goes to a seed,
finds faces, plans an expression, drags, reports, and gives the frames of the last edit. It knows no files and
no screen. It stands on two floors of its own: headless/picture.py and headless/finding.py.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from torch import Tensor

from dnnlib.latents import Latent
from drag.config import DragConfig
from drag.engine import drag as start_drag
from drag.path import EditPath
from drag.request import DragRequest, FloatArray, RequestError
from drag.session import DragSession
from drag.types import DragStep
from faces.adjust import Adjustment
from faces.adjust import plan as plan_adjustment
from faces.expression import Expression
from faces.landmarks import Face
from faces.report import AdjustmentReport
from faces.report import report as report_adjustment
from headless.finding import FaceSession
from headless.needs import ChooseDetector, LoadedGenerator
from headless.picture import Picture, SessionError, as_array

if TYPE_CHECKING:
    from headless.photo_desk import PhotoDesk

__all__ = ["FILM_FRAMES", "EditSession", "Picture", "SessionError"]

FILM_FRAMES = (24, 60)  # A film of an edit has at least and at most so many, spread evenly over its steps.


@dataclass(frozen=True, eq=False)
class _Before:
    """What an edit started from."""

    w: Tensor
    picture: Picture
    face: Face


@dataclass(frozen=True, eq=False)
class _Passed:
    """A state that an edit went through."""

    index: int
    w: Tensor
    points: FloatArray


class EditSession(FaceSession):
    """Works on one generator: pictures, their faces, and edits of them.

    Args and errors are those of PictureSession and FaceSession.

    Attributes:
        moved_where: [H, W], where the edits since the last latent were meant to be; None before the first.
        photos: where photographs are worked on; None where nobody has brought a way into the generator.
    """

    photos: "PhotoDesk | None" = None
    moved_where: npt.NDArray[np.float32] | None = None

    def __init__(
        self,
        generator: LoadedGenerator,
        path: Path,
        choose_detector: ChooseDetector,
        on_remark: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._before: _Before | None = None
        self._handles: FloatArray | None = None
        self._passed: list[_Passed] = []
        self._last: _Passed | None = None
        self._targets: FloatArray = np.zeros((0, 2), np.float32)
        super().__init__(generator, path, choose_detector, on_remark)

    def go_to(self, w: Tensor | npt.NDArray[np.float32], latent: Latent | None = None) -> None:
        """Go to any w [num_ws, w_dim], as PictureSession does; the path of the last edit is forgotten."""
        super().go_to(w, latent)
        self._before, self._handles, self._passed = None, None, []

    # ------------------------------------------------------------------------
    # Edits. While the steps are taken, w follows them.

    def plan(
        self,
        expression: Expression | str,
        strength: float,
        face: Face,
        wish: str = "auto",
        *,
        automatic_mask: bool = True,
        mask: npt.NDArray[np.float32] | None = None,
    ) -> Adjustment:
        """Set points, targets, mask and guide of an expression.

        Args:
            expression: what to do, or its key among the bundled ones.
            strength: 1 is the whole expression.
            face: whose; as `detect` gave it.
            wish: which detector looks.
            automatic_mask: make the mask from the landmarks.
            mask: [H, W] float32, taken where none is made; None lets everything move.
        """
        size, detector = self.image_size, self.detector(wish)
        planned = plan_adjustment(
            expression, strength, face.landmarks, size, detector, automatic_mask=automatic_mask
        )
        if automatic_mask or mask is None:
            return planned
        return replace(planned, request=replace(planned.request, mask=mask))

    def adjust(self, adjustment: Adjustment, face: Face) -> Iterator[DragStep]:
        """Do what was planned for a face."""
        self._before = _Before(self._w, self.frame(), face)
        self._note_mask(adjustment.mask)
        self._targets = adjustment.request.targets
        steps = start_drag(
            self._generator,
            self._w,
            adjustment.request,
            adjustment.config,
            adjustment.guides,
            self.directions(),
        )
        return self._following(steps)

    def drag(
        self,
        request: DragRequest,
        options: Callable[[], DragConfig],
        newest: Callable[[], DragRequest] | None = None,
    ) -> Iterator[DragStep]:
        """Drag by hand. `options` and `newest` are asked before each step: what is changed acts at once.

        A newer request has as many points as the one before.
        """
        self._before, self._targets = None, request.targets
        self._note_mask(request.mask)
        return self._following(self._steps_by_hand(request, options, newest or (lambda: request)))

    def _steps_by_hand(
        self, request: DragRequest, options: Callable[[], DragConfig], newest: Callable[[], DragRequest]
    ) -> Iterator[DragStep]:
        config = options()
        session = DragSession(self._generator, self._w, request, config, directions=self.directions())
        while True:
            config, wanted = options(), config
            request, held = newest(), request
            if config != wanted or request is not held:
                try:
                    session.change(None if request is held else request, config)
                    self._targets = request.targets
                except RequestError as error:
                    self.on_remark(str(error))
            step = session.step()
            yield step
            if step.ended is not None:
                return

    def _following(self, steps: Iterator[DragStep]) -> Iterator[DragStep]:
        self._passed = []
        for step in steps:
            self._w, self._handles = step.w, step.points
            # A step that made things worse is taken back by the next: the film goes without it.
            self._last = _Passed(step.index, step.w, step.points)
            if step.best or step.ended is not None:
                self._passed.append(self._last)
            yield step

    def settle(self, step: DragStep) -> None:
        """Go back to an earlier step of the last edit, which then ends there."""
        self._w, self._handles = step.w, step.points
        earlier = [passed for passed in self._passed if passed.index < step.index]
        self._last = _Passed(step.index, step.w, step.points)
        self._passed = [*earlier, self._last]

    def path_of_edit(self) -> EditPath | None:
        """Give the way that w took in the last edit; None if there was none."""
        if not self._passed:
            return None
        # Who broke off after a step that made things worse is there all the same.
        passed = list(self._passed)
        if self._last is not None and passed[-1] is not self._last:
            passed.append(self._last)
        return EditPath.of(
            [one.index for one in passed],
            [as_array(one.w) for one in passed],
            [one.points for one in passed],
            self._targets,
        )

    def _note_mask(self, mask: npt.NDArray[np.float32] | None) -> None:
        whole = np.ones(self.image_size, np.float32) if mask is None else mask
        self.moved_where = whole if self.moved_where is None else np.maximum(self.moved_where, whole)

    def go_to_latent(self, latent: Latent) -> None:
        """Go to the w of a description, as PictureSession does; where edits were meant to be is forgotten."""
        super().go_to_latent(latent)
        self.moved_where = None

    # ------------------------------------------------------------------------
    # What came of it.

    def report(self, adjustment: Adjustment, after: Face | None) -> AdjustmentReport:
        """Compare the picture before the last expression with the one in front of us.

        `after` is the face as it is now; None if no detector found it.
        """
        if self._before is None:
            raise SessionError("there is no expression to report on: do one first")
        return report_adjustment(
            adjustment,
            self._before.face.landmarks,
            None if after is None else after.landmarks,
            self._before.picture,
            self.frame(),
            self._handles,
        )

    def film(self) -> Sequence[Callable[[], Picture]]:
        """Give the frames of the last edit, from its first step to its last, each drawn when it is called.

        W is taken between the steps, evenly along the way, so that the film does not jump.
        """
        path = self.path_of_edit()
        if path is None:
            return []
        return [self._drawing(path.w_at(place)) for place in path.evenly(*FILM_FRAMES)]

    def _drawing(self, w: FloatArray) -> Callable[[], Picture]:
        return lambda: self.draw(w)
