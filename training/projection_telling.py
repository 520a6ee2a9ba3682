"""What is told of each state of a projection: the step that a front sees, with its line for a person."""

from collections.abc import Sequence

from torch import Tensor

from training.generator import GeneratorBase
from training.projection_config import ProjectorConfig
from training.projection_plan import Plan
from training.projection_stages import Evaluation, Stage
from training.projection_step import ProjectionStep, StageName

WORDS = {"start": "start", "w": "into W", "w+": "into W+", "tuning": "tuning"}


class Teller:
    """Makes the steps of one projection.

    Args:
        generator: as it was handed in.
        plans: the stages; they are read anew each time.
        config: its options.
        remarks: what a person is to know besides; read anew each time.
    """

    def __init__(
        self, generator: GeneratorBase, plans: Sequence[Plan], config: ProjectorConfig, remarks: Sequence[str]
    ) -> None:
        self._generator, self._plans, self._config, self._remarks = generator, plans, config, remarks
        self.total = sum(plan.steps for plan in plans)

    def first(self, w: Tensor, where: str, distance: float) -> ProjectionStep:
        """Tell where it starts."""
        line = f"start: {where}, distance {distance:.4f}"
        return ProjectionStep("start", 0, self.total, w, distance, True, None, None, line, self._generator)

    def step(self, index: int, stage: Stage, w: Tensor, found: Evaluation, left: float) -> ProjectionStep:
        """Tell of a state of a stage, with so many seconds left."""
        name = self._plans[index].name
        line = f"{WORDS[name]}: {stage.done} of {stage.steps}, distance {found.distance:.4f}"
        if self._remarks:
            line += f" ({self._remarks[-1]})"
        return ProjectionStep(
            name,
            sum(plan.steps for plan in self._plans[:index]) + stage.done,
            self.total,
            w,
            found.distance,
            found.best,
            left,
            None,
            line,
            self._generator,
            found.weights,
            {"rgb": found.rgb},
        )

    def last(
        self, name: StageName, w: Tensor, weights: dict[str, Tensor], distance: float, early: bool
    ) -> ProjectionStep:
        """Tell of the best state, and why it is the last."""
        enough = 0 < self._config.enough and distance <= self._config.enough
        ended = "near enough" if enough else "no further gain" if early else "all steps done"
        line = "; ".join([f"{ended}, distance {distance:.4f}", *self._remarks])
        return ProjectionStep(
            name, self.total, self.total, w, distance, True, 0.0, ended, line, self._generator, weights
        )
