"""The way of one photograph through the stages of a projection."""

import contextlib
import math
import os
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from training.distances import Distance, shrunk
from training.encoder import Encoder
from training.generator import GeneratorBase
from training.latent_space import LatentSpace, latent_space
from training.projection_config import ProjectorConfig
from training.projection_stages import Ask, Evaluation, LatentStage, TuningStage, draw
from training.projection_start import Score, choose_start
from training.projection_state import ProjectionState, as_target, save_state
from training.projection_step import Picture, ProjectionError, ProjectionStep, StageName

# Nothing finer than this is compared while w is sought, px: nor do the published projectors.
_FINEST = 256
_COARSEST = 32
_FULL_SHARE = 1 / 3  # The last part of the steps into W is drawn in full, what comes before at half the size.
_TUNING_COST = 2.0  # A step of tuning against one into W at the same size, until it has been timed.
_SAVE_EVERY, _SAVE_SHARE = 20.0, 0.05  # Seconds between two notes, and the share of time they may take.

_WORDS = {"start": "start", "w": "into W", "w+": "into W+", "tuning": "tuning"}


class Term(NamedTuple):
    """Something besides the distance that is to be small.

    `loss` takes the picture [1, 3, h, w], about -1..1, of at most `side` px to a scalar, differentiable.
    """

    loss: Callable[[Tensor], Tensor]
    side: int = 128


class Plan(NamedTuple):
    """A stage to come: what it is, its steps, and the height at which it compares, px."""

    name: StageName
    steps: int
    height: int


class Begin(NamedTuple):
    """Where a walk begins: its stage, the w there, the line for a person, and what a paused stage held."""

    stage: int
    pivot: Tensor
    line: str
    kept: ProjectionState | None


def plan_stages(config: ProjectorConfig, height: int) -> list[Plan]:
    """Lay out the stages: into W at half the size, then in full; W+; tuning."""
    full = min(height, _FINEST)
    half = max(full // 2, min(full, _COARSEST))
    fine = math.ceil(config.w_steps * _FULL_SHARE)
    plans = [
        Plan("w", config.w_steps - fine, half),
        Plan("w", fine, full),
        Plan("w+", config.plus_steps, full),
        Plan("tuning", config.tuning_steps, height),
    ]
    return [plan for plan in plans if plan.steps > 0]


class Walk:
    """One photograph on its way into a generator."""

    def __init__(
        self,
        generator: GeneratorBase,
        target: Picture,
        config: ProjectorConfig,
        distance: Distance,
        terms: Sequence[Term],
    ) -> None:
        self.generator, self.config, self.distance = generator, config, distance
        self.pixels = torch.tensor(target)
        self.target = as_target(self.pixels.to(next(generator.parameters()).device))
        self.space: LatentSpace = latent_space(generator)
        self.asks: list[Ask] = [distance(self.target), *map(_asking, terms)]
        self.plans = plan_stages(config, generator.image_size[0])
        self.total = sum(plan.steps for plan in self.plans)
        self.remarks: list[str] = []
        self.seconds: dict[int, float] = {}  # Of a step, by stage.
        self._noted, self._note_cost = time.monotonic(), 0.0

    # ------------------------------------------------------------------------
    # Beginning.

    def begin(
        self, start: Tensor | None, encoder: Encoder | None, score: Score | None, label: int | None
    ) -> Begin:
        """Begin at a w, or look for one."""
        where = "the w given"
        if start is None:
            start, where = choose_start(
                self.generator, self.space, self.target, self.config, encoder, score, label
            )
        return Begin(0, start.detach().to(self.target), where, None)

    def take_up(self, state: ProjectionState) -> Begin:
        """Begin where a paused projection stood."""
        self.remarks = list(state.remarks)
        if state.stage < len(self.plans):
            self.plans[state.stage] = self.plans[state.stage]._replace(height=state.height)
        return Begin(state.stage, state.pivot.to(self.target), "taken up again", state)

    # ------------------------------------------------------------------------
    # Going.

    def go(self, begin: Begin, keep: str | os.PathLike[str] | None) -> Generator[ProjectionStep, None, None]:
        """Go through the stages. The caller's break is a pause, where there is a file to note it in."""
        pivot, kept, weights = begin.pivot, begin.kept, dict[str, Tensor]()
        if kept is None:
            yield self._first(pivot, begin.line)
        distance, early = math.nan, False
        name: StageName = "start"
        for index in range(begin.stage, len(self.plans)):
            name = self.plans[index].name
            stage = self._make(index, pivot)
            if stage is None:
                break
            if kept is not None:
                stage.load(kept.tensors)
                kept = None
            try:
                while not stage.ended:
                    w, began = stage.w().detach(), time.monotonic()
                    try:
                        found = stage.step()
                    except (MemoryError, RuntimeError) as error:
                        if not _is_out_of_memory(error):
                            raise
                        smaller = self._with_less(index, stage)
                        if smaller is None:
                            break
                        stage = smaller
                        continue
                    self._check(found)
                    self._time(index, time.monotonic() - began)
                    yield self._step(index, stage, w, found)
                    self._note(index, pivot, stage, keep)
            except GeneratorExit:
                self._note(index, pivot, stage, keep, at_once=True)
                raise
            early = early or stage.done < stage.steps
            distance = stage.best_distance
            pivot = stage.w(stage.best).detach()
            if isinstance(stage, TuningStage):
                weights = dict(stage.best)
            if 0 < self.config.enough and distance <= self.config.enough:
                break
        yield self._last(name, pivot, weights, distance, early)
        if keep is not None:
            with contextlib.suppress(OSError):
                Path(keep).unlink()

    def _make(self, index: int, pivot: Tensor) -> LatentStage | TuningStage | None:
        name, steps, height = self.plans[index]
        if name != "tuning":
            return LatentStage(
                self.generator, self.space, pivot, self.asks, height, name == "w+", steps, self.config
            )
        try:
            return TuningStage(
                self.generator, self.space, pivot, self.asks, self.distance, steps, self.config
            )
        except (MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            self.remarks.append("too little memory for tuning: it was left out")
            return None

    def _with_less(self, index: int, stage: LatentStage | TuningStage) -> LatentStage | TuningStage | None:
        """Go on in less memory: tuning without its look at other w, a latent stage at half the size."""
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if isinstance(stage, TuningStage):
            if stage.locality > 0:
                stage.locality = 0.0
                self.remarks.append("too little memory: tuning goes on without a look at other faces")
                return stage
            self.remarks.append("too little memory for tuning: it ended early")
            return None
        if stage.height <= _COARSEST:
            self.remarks.append(f"too little memory for the steps {_WORDS[stage.name]}: they ended early")
            return None
        plan = self.plans[index]
        less = plan._replace(height=stage.height // 2)
        self.plans[index] = less
        self.remarks.append(f"too little memory: pictures of {less.height} px are compared instead")
        smaller = self._make(index, stage.w(stage.best).detach())
        if smaller is not None:
            smaller.done = stage.done
        return smaller

    def _check(self, found: Evaluation) -> None:
        if not math.isfinite(found.distance):
            raise ProjectionError(
                "the picture or its distance is not a number: the generator's weights are damaged"
            )

    # ------------------------------------------------------------------------
    # Saying how it goes.

    def _first(self, w: Tensor, where: str) -> ProjectionStep:
        with torch.no_grad():
            rgb = draw(self.generator, w[None], self.plans[0].height if self.plans else None)
            distance = float(torch.stack([ask(rgb) for ask in self.asks]).sum())
        line = f"start: {where}, distance {distance:.4f}"
        return ProjectionStep("start", 0, self.total, w, distance, True, None, None, line, self.generator)

    def _before(self, index: int) -> int:
        return sum(plan.steps for plan in self.plans[:index])

    def _step(
        self, index: int, stage: LatentStage | TuningStage, w: Tensor, found: Evaluation
    ) -> ProjectionStep:
        name = self.plans[index].name
        line = f"{_WORDS[name]}: {stage.done} of {stage.steps}, distance {found.distance:.4f}"
        if self.remarks:
            line += f" ({self.remarks[-1]})"
        return ProjectionStep(
            name,
            self._before(index) + stage.done,
            self.total,
            w,
            found.distance,
            found.best,
            self._left(index, stage),
            None,
            line,
            self.generator,
            found.weights,
            {"rgb": found.rgb},
        )

    def _last(
        self, name: StageName, w: Tensor, weights: dict[str, Tensor], distance: float, early: bool
    ) -> ProjectionStep:
        enough = 0 < self.config.enough and distance <= self.config.enough
        ended = "near enough" if enough else "no further gain" if early else "all steps done"
        line = "; ".join([f"{ended}, distance {distance:.4f}", *self.remarks])
        return ProjectionStep(
            name, self.total, self.total, w, distance, True, 0.0, ended, line, self.generator, weights
        )

    def _time(self, index: int, seconds: float) -> None:
        known = self.seconds.get(index)
        self.seconds[index] = seconds if known is None else 0.9 * known + 0.1 * seconds

    def _left(self, index: int, stage: LatentStage | TuningStage) -> float:
        """Estimate the seconds that are left; what was never timed costs as its pixels do."""
        own = self.seconds[index]
        left = own * (stage.steps - stage.done)
        for later in range(index + 1, len(self.plans)):
            plan = self.plans[later]
            pixels = (plan.height / self.plans[index].height) ** 2
            cost = _TUNING_COST if plan.name == "tuning" != self.plans[index].name else 1.0
            left += plan.steps * self.seconds.get(later, own * pixels * cost)
        return left

    # ------------------------------------------------------------------------
    # Pausing.

    def _note(
        self,
        index: int,
        pivot: Tensor,
        stage: LatentStage | TuningStage,
        keep: str | os.PathLike[str] | None,
        at_once: bool = False,
    ) -> None:
        """Write down how far it is, if it is time."""
        began = time.monotonic()
        wait = max(_SAVE_EVERY, self._note_cost / _SAVE_SHARE)
        if keep is None or (not at_once and began - self._noted < wait):
            return
        save_state(
            keep,
            ProjectionState(
                config=self.config,
                generator_sha256=self.generator.source_sha256,
                target=self.pixels,
                pivot=pivot,
                stage=index,
                height=stage.height,
                remarks=tuple(self.remarks),
                tensors=stage.tensors(),
            ),
        )
        self._noted = time.monotonic()
        self._note_cost = self._noted - began


def _asking(term: Term) -> Ask:
    return lambda rgb: term.loss(shrunk(rgb, term.side))


def _is_out_of_memory(error: BaseException) -> bool:
    """Tell whether a device, or the system, had no more memory to give."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return "allocate memory" in str(error) or "out of memory" in str(error).lower()
