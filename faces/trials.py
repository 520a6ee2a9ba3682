"""One expression done to one face, and measured by a judge that had no part in it."""

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from drag.engine import drag
from drag.types import DragConfig, DragStep, Generator
from faces.adjust import Adjustment, plan
from faces.landmarks import Face, LandmarkDetector, Picture, as_rgb
from faces.masks import Mask
from faces.pairs import clock, endings
from faces.report import AdjustmentReport, report


@dataclasses.dataclass(frozen=True)
class ExpressionTrial:
    """How one expression went on one face.

    `before`, `asked` and `achieved` are in the expression's own measure, px, by the judge; `share` is the
    share of the way that was gone, `tracked_share` the same by the drag's own handles. `drift` is the mean
    absolute change, 0..255, outside the mask and `psnr` the same as PSNR, dB. `identity` is how unlike the
    frame became outside the mask: 0 = nothing changed, 1 = as unlike as another face.
    """

    seed: int
    expression: str
    before: float
    asked: float
    achieved: float | None
    share: float | None
    tracked_share: float | None
    drift: float
    psnr: float
    identity: float
    steps: int
    seconds: float
    ended: str


class Tried(NamedTuple):
    """An expression that was done: what was planned, all states, the judge's report, seconds."""

    adjustment: Adjustment
    states: list[DragStep]
    told: AdjustmentReport
    seconds: float


def try_expression(
    generator: Generator,
    w: Tensor,
    key: str,
    strength: float,
    face: Face,
    detector: LandmarkDetector,
    judge: LandmarkDetector,
    directions: Tensor,
    config: DragConfig | None = None,
) -> Tried:
    """Do an expression as a click does, and let the judge look at the first frame and the last.

    Args:
        generator: makes the face.
        w: [num_ws, w_dim], the face.
        key: of the expression.
        strength: 1 is all of it.
        face: as the detector found it.
        detector: plans and guides.
        judge: measures.
        directions: [k, w_dim], how w spreads.
        config: how; as a click has it if None.
    """
    began = clock(w.device)
    adjustment = plan(key, strength, face.landmarks, generator.image_size, detector)
    options = config or adjustment.config
    states = list(drag(generator, w, adjustment.request, options, adjustment.guides, directions))
    seconds = clock(w.device) - began
    first, last = states[0].frame(), states[-1].frame()
    before, after = judge.detect(first), judge.detect(last)
    start = before[0].landmarks if before else face.landmarks
    told = report(adjustment, start, after[0].landmarks if after else None, first, last, states[-1].points)
    return Tried(adjustment, states, told, seconds)


def figures_of(tried: Tried, identity: float) -> dict[str, Any]:
    """Give the fields of an ExpressionTrial from `expression` on."""
    told, last = tried.told, tried.states[-1]
    return {
        "expression": told.expression,
        "before": told.before,
        "asked": told.asked,
        "achieved": told.achieved,
        "share": told.share,
        "tracked_share": told.tracked_share,
        "drift": told.drift_outside_mask,
        "psnr": psnr_outside(tried.adjustment.mask, tried.states[0].frame(), last.frame()),
        "identity": identity,
        "steps": last.index,
        "seconds": tried.seconds,
        "ended": last.ended.value if last.ended else "",
    }


def psnr_outside(mask: Mask, before: Picture, after: Picture) -> float:
    """PSNR in dB of two frames outside a mask; 99 where they are equal there, or nothing is outside."""
    change: NDArray[np.float64] = as_rgb(after).astype(np.float64) - as_rgb(before)
    held = 1.0 - mask.astype(np.float64)
    mean = float((np.square(change).mean(axis=2) * held).sum() / max(held.sum(), 1e-6))
    return min(99.0, 10 * float(np.log10(255**2 / max(mean, 1e-9))))


def table(trials: Sequence[ExpressionTrial]) -> str:
    """Lay trials out as Markdown, one row an expression."""
    lines = [
        "| expression | faces | asked, px | achieved, px | share of the way | by its own handles "
        "| drift, of 255 | PSNR outside | identity | steps | seconds | ended |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for key in dict.fromkeys(trial.expression for trial in trials):
        rows = [trial for trial in trials if trial.expression == key]

        def middle(name: str, rows: Sequence[ExpressionTrial] = rows) -> float:
            known = [getattr(row, name) for row in rows]
            return float(np.median([value for value in known if value is not None] or [np.nan]))

        lines.append(
            f"| {key} | {len(rows)} | {middle('before'):.1f} to {middle('asked'):.1f} "
            f"| {middle('achieved'):.1f} | {middle('share'):.2f} | {middle('tracked_share'):.2f} "
            f"| {middle('drift'):.2f} | {middle('psnr'):.1f} dB | {middle('identity'):.3f} "
            f"| {middle('steps'):.0f} | {middle('seconds'):.2f} | {endings(row.ended for row in rows)} |"
        )
    return "\n".join(lines)
