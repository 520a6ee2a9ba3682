"""Running cases: their sides step in turn, so that whatever else the machine does meets them alike."""

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from drag.benchmark.cases import Case, Network
from drag.benchmark.processes import Side, Step

THEIRS = "published code"


@dataclass(frozen=True)
class Row:
    """What one engine took for one case.

    Attributes:
        case: name of the drag.
        network: whose.
        resolution: height of the picture, px.
        points: how many are dragged.
        batch: how many drags at once; seconds are those of all together.
        engine: "swift", "paper" or "published" (our presets), or "published code".
        steps: how many were timed, after the first.
        ended: why the drag ended, or nothing if it was broken off.
        seconds_per_step: median wall seconds of a step, without the first, which takes references.
        processor_per_step: the same in processor seconds, over all threads.
        seconds_total: wall seconds of all steps.
        peak_mb: the most memory that its process held, MB.
    """

    case: str
    network: str
    resolution: int
    points: int
    batch: int
    engine: str
    steps: int
    ended: str
    seconds_per_step: float
    processor_per_step: float
    seconds_total: float
    peak_mb: float

    def as_json(self) -> dict[str, Any]:
        """Give plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Plan:
    """How cases are run.

    Attributes:
        engines: our presets.
        checkout: folder of the published code, or None.
        threads: processor threads of each side.
        steps: ours, at most, after the first.
        their_steps: the published code's.
    """

    engines: tuple[str, ...] = ("swift",)
    checkout: Path | None = None
    threads: int = 2
    steps: int = 10
    their_steps: int = 3


def run(network: Network, cases: Iterable[Case], plan: Plan) -> Iterator[Row]:
    """Run cases on a network, each side in a process of its own; yields a row for each."""
    for case in cases:
        yield from _run_case(network, case, plan)


def _run_case(network: Network, case: Case, plan: Plan) -> list[Row]:
    sides = [Side(engine, case, network, plan.threads) for engine in plan.engines]
    limits = [plan.steps] * len(sides)
    if plan.checkout is not None and case.batch == 1:
        sides.append(Side(THEIRS, case, network, plan.threads, plan.checkout))
        limits.append(plan.their_steps)
    taken: list[list[Step]] = [[] for _ in sides]
    # The first step is one more: it takes references.
    for index in range(max(limits) + 1):
        for side, steps, limit in zip(sides, taken, limits, strict=True):
            if index <= limit and not (steps and steps[-1].ended):
                steps.append(side.step())
    return [_row(network, case, side, steps) for side, steps in zip(sides, taken, strict=True)]


def _row(network: Network, case: Case, side: Side, steps: list[Step]) -> Row:
    later = steps[1:] or steps
    return Row(
        case=case.name,
        network=network.title,
        resolution=network.resolution,
        points=len(case.points),
        batch=case.batch,
        engine=side.engine,
        steps=len(steps) - 1,
        ended=steps[-1].ended,
        seconds_per_step=statistics.median(step.wall for step in later),
        processor_per_step=statistics.median(step.processor for step in later),
        seconds_total=sum(step.wall for step in steps),
        peak_mb=side.close(),
    )
