"""A drag under way: it is stepped on, and may be changed between two steps."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from drag.checks import broken, checked_directions, checked_w
from drag.config import DragConfig
from drag.ending import EndJudge, describe
from drag.evaluation import Evaluation, Evaluator
from drag.latent import LatentMove
from drag.leap import STUCK_AFTER, Leap
from drag.request import DragRequest, FloatArray, RequestError
from drag.stepping import make_rule
from drag.together import Look, evaluate
from drag.trail import Trail
from drag.types import DragError, DragStep, EndReason, Generator, Guide

# A drag by guides has arrived only if the other terms make up no more than this share of the first loss.
SETTLED = 0.1


class _Standing(NamedTuple):
    """A state of the drag, and how it stands: `worth` is 1 at the start, and less is better."""

    number: int
    shift: Tensor
    seen: Evaluation
    distances: FloatArray
    remaining: float
    loss: float
    worth: float


class DragSession:
    """The state of a drag; `drag.engine.drag` is a loop on it.

    A step looks at the present state, says how it stands there, and moves on unless that ends the drag. It
    costs one forward and one backward pass, up to the blocks that the terms need.

    Args:
        generator: makes features and pictures.
        w: [num_ws, w_dim] or [1, num_ws, w_dim], the start; it is copied.
        request: handles, targets, mask.
        config: how.
        guides: differentiable terms on the picture.
        directions: [k, w_dim], how w spreads, from `drag.latent.directions_of`; used where the config says
            `natural`.

    Raises:
        RequestError: the request does not fit the generator, or nothing would pull.
    """

    @torch.inference_mode(False)
    def __init__(
        self,
        generator: Generator,
        w: Tensor,
        request: DragRequest,
        config: DragConfig | None = None,
        guides: Sequence[Guide] = (),
        directions: Tensor | None = None,
    ) -> None:
        config = config or DragConfig()
        self._generator = generator
        self._guides = tuple(guides)
        self._start = checked_w(w, generator)
        self._directions = None if directions is None else checked_directions(directions, self._start)
        self._check(request, config)
        self._request = request
        self._config = config
        self._evaluate = Evaluator(generator, self._guides, request, config, self._start.device)
        self._move = LatentMove(config, self._start, self._directions)
        self._shift = self._move.zero().cpu()
        self._rule = make_rule(config)
        self._index = 0
        self._judge = EndJudge(config)
        self._best: _Standing | None = None
        self._first_measure: float | None = None
        self._trail = Trail()
        self._leap = Leap()

    @property
    def w(self) -> Tensor:
        """Where the next step will look: [num_ws, w_dim]."""
        return self._move.w(self._shift.to(self._start.device))

    @property
    def config(self) -> DragConfig:
        """The options in force."""
        return self._config

    @property
    def request(self) -> DragRequest:
        """The request in force; its points are where the handles were when it was made."""
        return self._request

    # ----------------------------------------------------------------------------
    # Stepping.

    @property
    def look(self) -> Look:
        """How the present state is looked at, for who looks at several drags at once."""
        return self._evaluate, self._move, self._shift

    @torch.inference_mode(False)
    def step(self, seen: Evaluation | None = None) -> DragStep:
        """Look at the present state, and move on unless that ends the drag.

        Args:
            seen: what `look` gave, if it was looked at already.

        Raises:
            DragError: the generator, a guide or the loss gave something that is not a number.
        """
        here = self._standing(seen or evaluate(self._generator, [self.look])[0])
        best, is_best = self._best, False
        if best is None or here.worth < best.worth:
            best, is_best = here, True
        arrived = self._arrived(here)
        ended = self._judge.observe(arrived, here.worth, here.seen.points)
        if ended is None and self._best is None and not here.seen.gradient.any():
            ended = EndReason.STALLED
        self._best = best
        following = None
        if ended in (None, EndReason.STALLED, EndReason.OSCILLATING):
            look, is_late = (self._evaluate, self._move, best.shift), ended or self._index >= STUCK_AFTER
            following = self._leap.offer(self._generator, self._guides, look, bool(is_late), best.remaining)
        if following is not None:
            ended = None
            self._judge.start_again()
        self._trail.note(here.shift, here.seen.points)
        # A last step that did not arrive gives the best state back.
        shown = here if ended is None or arrived else best
        if ended is not None and shown.seen.content and not arrived:
            ended = EndReason.REACHED
        step = self._describe(here.number, shown, is_best or shown is best, ended)
        if ended is None:
            if following is None:
                following = self._rule.next(self._shift, here.loss, here.seen.gradient)
            else:
                self._rule = make_rule(self._config)
            self._shift = following
            self._index += 1
            if self._config.preset == "swift":
                self._evaluate.resume(self._trail.nearest(self._shift))
        else:
            self._shift = shown.shift
        return step

    def _standing(self, seen: Evaluation) -> _Standing:
        """Say how the present state stands."""
        loss = sum(seen.losses.values())
        if not (np.isfinite(loss) and np.isfinite(seen.gradient.numpy()).all()):
            raise DragError(broken(seen.losses, self._index))
        if not self._evaluate.matching.can_pull:
            loss = float("nan")
        distances = np.linalg.norm(seen.points - self._request.targets, axis=1)
        # With a guide the loss is one and the same function of w all along, and says what a state is worth,
        # hold and tether included. Motion supervision's is not: there the distances say it.
        measure = loss if seen.guided is not None else float(distances.mean())
        if self._first_measure is None:
            self._first_measure = max(measure, 1e-6)
        worth = measure / self._first_measure
        remaining = worth if seen.guided is None else seen.guided
        return _Standing(self._index, self._shift, seen, distances, remaining, loss, worth)

    def _arrived(self, here: _Standing) -> bool:
        """Tell whether the drag is where it should be: by its guides, or else by each handle's distance.

        A guide may become content in the middle of a wild step: the rest of the loss must be small as well.
        """
        if self._guides:
            others = here.loss - here.seen.losses["guide"]
            return here.seen.content and others <= SETTLED * (self._first_measure or 0.0)
        return bool((here.distances <= self._evaluate.matching.stop_distance).all())

    def _describe(self, number: int, shown: _Standing, is_best: bool, ended: EndReason | None) -> DragStep:
        """Make what the caller sees of a state, as step `number`."""
        message = f"Step {number}: {max(0.0, shown.remaining):.0%} of the way is left."
        if ended is not None:
            message = describe(ended, number, shown.number, shown.distances, shown.remaining)
        return DragStep(
            index=number,
            w=shown.seen.w.clone(),
            points=shown.seen.points,
            distances=shown.distances,
            remaining=shown.remaining,
            loss=shown.loss,
            losses=shown.seen.losses,
            ended=ended,
            message=message,
            best=is_best,
            synthesis=self._generator.synthesis,
        )

    # ----------------------------------------------------------------------------
    # Changing.

    @torch.inference_mode(False)
    def change(self, request: DragRequest | None = None, config: DragConfig | None = None) -> None:
        """Go on from the present state with another request, or with other options.

        New points are taken at their word: they say where the handles are now. The `paper` preset takes their
        features from the next state; `published` does so, for the whole picture too, only if their number has
        changed, and keeps the old ones otherwise. A new step size or rule starts the rule afresh; Adam
        outlives any other change. The end is judged from here on; the steps done so far count, unless the
        request is another.

        Raises:
            RequestError: as when the session was made; it then goes on as before.
        """
        config = config or self._config
        self._check(request or self._request, config)
        old_request, old_config = self._request, self._config
        self._request, self._config = request or old_request, config
        self._evaluate.aim(self._request, config)
        if request is not None:
            self._evaluate.grip(request)
            if config.preset != "published":
                self._evaluate.forget(handles_only=True)
            elif len(request.points) != len(old_request.points):
                self._evaluate.forget()
        if (config.feature_block, config.preset) != (old_config.feature_block, old_config.preset):
            self._evaluate.forget()
        both, layers = (config, old_config), len(self._start)
        moves_alike = len({(each.space, each.natural, each.moved_layers(layers)) for each in both}) == 1
        start = self._move.start if moves_alike else self.w
        self._move = LatentMove(config, start, self._directions)
        self._shift = self._shift if moves_alike else self._move.zero().cpu()
        rule_is_the_same = len({(each.step_rule, each.step_size) for each in both}) == 1
        if not (rule_is_the_same and moves_alike and config.step_rule == "adam"):
            self._rule = make_rule(config)
        done = self._judge.count if request is None else 0
        self._judge, self._best, self._first_measure = EndJudge(config, done), None, None
        self._trail, self._leap = Trail(), Leap()

    def forget_references(self) -> None:
        """Compare later states with the present one, rather than with the first."""
        self._evaluate.forget()

    def _check(self, request: DragRequest, config: DragConfig) -> None:
        """See that the request fits the generator, and that something pulls."""
        request.check(self._generator.image_size)
        if not self._guides and (len(request.points) == 0 or config.motion_weight == 0):
            raise RequestError(
                "Nothing pulls: add a point and its target, with motion_weight above 0, or bring a guide."
            )
