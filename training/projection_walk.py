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
from training.projection_plan import COARSEST, plan_stages, seconds_left
from training.projection_stages import Ask, Evaluation, LatentStage, draw
from training.projection_start import Score, choose_start
from training.projection_state import ProjectionState, as_target, save_state
from training.projection_step import Picture, ProjectionError, ProjectionStep, StageName
from training.projection_telling import WORDS, Teller
from training.projection_tuning import TuningStage

_SAVE_EVERY, _SAVE_SHARE = 20.0, 0.05  # Seconds between two notes, and the share of time they may take.


class Term(NamedTuple):
    """Something besides the distance that is to be small.

    `loss` takes the picture [1, 3, h, w], about -1..1, of at most `side` px to a scalar, differentiable.
    """

    loss: Callable[[Tensor], Tensor]
    side: int = 128


class Begin(NamedTuple):
    """Where a walk begins: its stage, the w there, the line for a person, and what a paused stage held."""

    stage: int
    pivot: Tensor
    line: str
    kept: ProjectionState | None


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
        self.remarks: list[str] = []
        self.teller = Teller(generator, self.plans, config, self.remarks)
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
        self.remarks[:] = state.remarks
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
                    yield self.teller.step(
                        index,
                        stage,
                        w,
                        found,
                        seconds_left(self.plans, self.seconds, index, stage.steps - stage.done),
                    )
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
        yield self.teller.last(name, pivot, weights, distance, early)
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
        if stage.height <= COARSEST:
            self.remarks.append(f"too little memory for the steps {WORDS[stage.name]}: they ended early")
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

    def _first(self, w: Tensor, where: str) -> ProjectionStep:
        with torch.no_grad():
            rgb = draw(self.generator, w[None], self.plans[0].height if self.plans else None)
            distance = float(torch.stack([ask(rgb) for ask in self.asks]).sum())
        return self.teller.first(w, where, distance)

    def _time(self, index: int, seconds: float) -> None:
        known = self.seconds.get(index)
        self.seconds[index] = seconds if known is None else 0.9 * known + 0.1 * seconds

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
