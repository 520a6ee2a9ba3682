"""An editing session: a generator, its detectors, and the w of the picture in front of us.

The session is what a front works with, be it the window's worker or the headless command: it goes to a seed,
finds faces, plans an expression, drags, reports, and gives the frames of the last edit. It knows no files and
no screen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from dnnlib.errors import EditorError
from dnnlib.latents import GivenLatent, Latent, z_of
from drag.config import DragConfig
from drag.engine import drag as start_drag
from drag.latent import directions_of
from drag.path import EditPath
from drag.request import DragRequest, FloatArray, RequestError
from drag.session import DragSession
from drag.types import DragStep
from faces.adjust import Adjustment, AdjustmentReport
from faces.adjust import plan as plan_adjustment
from faces.adjust import report as report_adjustment
from faces.bundled import BundledDetector
from faces.expression import Expression
from faces.landmarks import Face, LandmarkDetector
from headless.latents import w_of
from headless.needs import ChooseDetector, LoadedGenerator
from headless.noise import WithNoise

Picture = npt.NDArray[np.uint8]

FILM_FRAMES = (24, 60)  # A film of an edit has at least and at most so many, spread evenly over its steps.

# How many w it takes to learn how w spreads; more change nothing that can be seen.
_SPREAD_SAMPLES = 1000


class SessionError(EditorError):
    """The network cannot be worked with."""


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


class EditSession:
    """Works on one generator. Everything runs on the thread that calls.

    Args:
        generator: as training.checkpoint.load_generator gives it.
        path: where it came from.
        choose_detector: called with the checkpoint's metadata and the person's wish ("auto", "bundled",
            "face-alignment"), once for each wish.
        on_remark: told what a person should know, in one line.

    Attributes:
        on_wait: told, in one line and again and again, what is waited for; None where nobody listens.

    Raises:
        SessionError: if its pictures are not numbers.
    """

    def __init__(
        self,
        generator: LoadedGenerator,
        path: Path,
        choose_detector: ChooseDetector,
        on_remark: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.path = path
        self.title = generator.metadata.get("title", path.stem)
        self.sha256 = generator.source_sha256
        self.image_size = generator.image_size
        self.num_ws, self.w_dim, self.num_blocks = generator.num_ws, generator.w_dim, generator.num_blocks
        self.c_dim = generator.c_dim
        self.on_remark = on_remark
        self.on_wait: Callable[[str], None] | None = None
        self._generator = WithNoise(generator)
        self._choose = choose_detector
        self._detectors: dict[str, LandmarkDetector] = {}
        self._before: _Before | None = None
        self._handles: FloatArray | None = None
        self._passed: list[_Passed] = []
        self._last: _Passed | None = None
        self._targets: FloatArray = np.zeros((0, 2), np.float32)
        self._label, self._latent = 0, Latent()
        self._drawn: tuple[Tensor, Picture] | None = None
        self._spread: dict[int, Tensor] = {}
        # A network that cannot draw is turned away here, before anything else is let go for it.
        self.generate(seed=0, psi=0.5)
        self.frame()

    # ------------------------------------------------------------------------
    # The picture.

    @property
    def w(self) -> Tensor:
        """[num_ws, w_dim] float32: the picture in front of us."""
        return self._w

    def generate(self, seed: int, psi: float, label: int = 0) -> None:
        """Go to the w of a seed: z is what numpy's RandomState draws for it, as NVIDIA's tools do.

        Args:
            seed: of z.
            psi: truncation.
            label: the class, counted from 0, of a network that knows classes; 0 for any other.

        Raises:
            SessionError: if the network knows no such class.
        """
        self.go_to_latent(Latent(seed, psi, label))

    def go_to_latent(self, latent: Latent) -> None:
        """Go to the w of a description, and draw with its noise from now on.

        Raises:
            SessionError: if the network knows no such class.
            LatentError: if a latent from a file does not fit this network.
        """
        self._check_label(latent.label)
        if latent.given is not None:
            self.check_latent(latent.given)
        self._use(latent)
        self.go_to(w_of(latent, self.num_ws, self._generator.z_dim, self._map))

    def _check_label(self, label: int) -> None:
        if not 0 <= label < max(1, self.c_dim):
            known = f"0 to {self.c_dim - 1}" if self.c_dim else "none, and 0 is to be given"
            raise SessionError(f"{self.path.name}: label {label}: the classes of this network are {known}")

    def _use(self, latent: Latent) -> None:
        """Take the class and the noise of a latent from now on."""
        self._label, self._latent = latent.label, latent
        self._generator.mode, self._generator.seed = latent.noise, latent.noise_seed

    def check_latent(self, given: GivenLatent) -> None:
        """See that a latent from a file fits this network.

        Raises:
            LatentError: if it does not.
        """
        given.check(self.num_ws, self.w_dim, self._generator.z_dim)

    def start_z(self) -> FloatArray | None:
        """Give the z [z_dim] that the picture started from; None if w did not come from one z alone."""
        latent = self._latent
        if latent.given is not None:
            return latent.given.z
        if len(latent.corners()) > 1 or latent.mix_layers:
            return None
        return z_of(latent.seed, self._generator.z_dim).astype(np.float32)

    def _map(self, z: npt.NDArray[np.float64], psi: float, cutoff: int | None = None) -> Tensor:
        """Find the w [N, num_ws, w_dim] of z [N, z_dim] and the class in use."""
        device = next(iter(self._generator.parameters())).device
        c = torch.zeros(len(z), self.c_dim, device=device)
        if self.c_dim:
            c[:, self._label] = 1
        with torch.no_grad():
            return self._generator.mapping(
                torch.from_numpy(z).float().to(device), c, truncation_psi=psi, truncation_cutoff=cutoff
            )

    def go_to(self, w: Tensor | npt.NDArray[np.float32], latent: Latent | None = None) -> None:
        """Go to any w [num_ws, w_dim]; the path of the last edit is forgotten.

        Args:
            w: where to.
            latent: what it comes from, whose class and noise are taken; None leaves them as they are.

        Raises:
            SessionError: if this network's w has another shape, or it knows no such class.
        """
        new = self._as_w(w)
        if latent is not None:
            self._check_label(latent.label)
            self._use(latent)
        self._w = new
        self._before, self._handles, self._passed = None, None, []

    def _as_w(self, w: Tensor | npt.NDArray[np.float32]) -> Tensor:
        """Copy a w to the generator's device."""
        if tuple(w.shape) != (self.num_ws, self.w_dim):
            found = " × ".join(map(str, w.shape))
            raise SessionError(f"{self.path.name}: its w is {self.num_ws} × {self.w_dim}, not {found}")
        given = w.detach().clone() if isinstance(w, Tensor) else torch.from_numpy(np.array(w, np.float32))
        return given.to(next(iter(self._generator.parameters())).device)

    def current_w(self) -> FloatArray:
        """Give the w of the picture in front of us as an array [num_ws, w_dim] float32, read-only."""
        return _array(self._w)

    def draw(self, w: Tensor | npt.NDArray[np.float32]) -> Picture:
        """Draw the picture of any w [num_ws, w_dim], and stay where we are: uint8 [H, W, 3].

        Raises:
            SessionError: if this network's w has another shape, or the picture is not made of numbers.
        """
        return self._draw(self._as_w(w))

    def frame(self) -> Picture:
        """Draw the picture of w: uint8 [H, W, 3], read-only. It is drawn once, however often it is asked for.

        Raises:
            SessionError: if it is not made of numbers.
        """
        if self._drawn is None or self._drawn[0] is not self._w:
            picture = self._draw(self._w)
            picture.flags.writeable = False
            self._drawn = (self._w, picture)
        return self._drawn[1]

    def _draw(self, w: Tensor) -> Picture:
        with torch.no_grad():
            image = self._generator.synthesis(w[None], noise_mode="const")[0, :3]
        if not bool(image.isfinite().all()):
            raise SessionError(
                f"{self.path.name}: its pictures are not numbers; the weights are damaged, get the file again"
            )
        image = image.expand(3, -1, -1) if len(image) == 1 else image
        pixels = (image * 127.5 + 128).clamp(0, 255).to(torch.uint8)
        return np.asarray(pixels.permute(1, 2, 0).contiguous().cpu().numpy())

    # ------------------------------------------------------------------------
    # Faces.

    def detect(self, wish: str = "auto") -> list[Face]:
        """Find the faces in the picture, the largest first; empty if there is none."""
        return self.detector(wish).detect(self.frame())

    def glance(self) -> bool:
        """Say whether there seems to be a face, by one look of the bundled detector, which is always here."""
        detector = self.detector("bundled")
        if isinstance(detector, BundledDetector):
            return detector.glance(self.frame())
        return bool(detector.detect(self.frame()))

    def detector(self, wish: str = "auto") -> LandmarkDetector:
        """Give the detector of a wish; what a person should know about the choice is remarked once."""
        if wish not in self._detectors:
            choice = self._choose(self._generator.metadata, wish)
            self._detectors[wish] = choice.detector
            if choice.note:
                self.on_remark(choice.note)
        return self._detectors[wish]

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

    def directions(self) -> Tensor:
        """Learn how w spreads [w_dim, w_dim], once for each class, from a fixed thousand of z."""
        if self._label not in self._spread:
            z = np.random.RandomState(0).randn(_SPREAD_SAMPLES, self._generator.z_dim)
            self._spread[self._label] = directions_of(self._map(z, 1.0)[:, 0])
        return self._spread[self._label]

    def drag(self, request: DragRequest, options: Callable[[], DragConfig]) -> Iterator[DragStep]:
        """Drag by hand. `options` is asked before each step, so that a slider acts at once."""
        self._before, self._targets = None, request.targets
        return self._following(self._steps_by_hand(request, options))

    def _steps_by_hand(self, request: DragRequest, options: Callable[[], DragConfig]) -> Iterator[DragStep]:
        config = options()
        session = DragSession(self._generator, self._w, request, config)
        while True:
            config, wanted = options(), config
            if config != wanted:
                try:
                    session.change(config=config)
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
            [_array(one.w) for one in passed],
            [one.points for one in passed],
            self._targets,
        )

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


def _array(w: Tensor) -> FloatArray:
    """Copy a tensor to a read-only array."""
    array: FloatArray = w.detach().cpu().numpy().astype(np.float32, copy=True)
    array.flags.writeable = False
    return array
