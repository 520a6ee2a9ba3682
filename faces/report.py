"""After a drag: what an expression came to, honestly."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from faces.adjust import Adjustment
from faces.expression import Expression
from faces.landmarks import LID_PAIRS, Landmarks, Picture, PictureError, as_rgb
from faces.masks import Mask

# An eye is shut where its lids are no further apart than this, in its widths.
SHUT = 0.08


@dataclasses.dataclass(frozen=True, eq=False)
class AdjustmentReport:
    """How an adjustment went, in its expression's own measure (`measure_name`), px.

    `before`, `asked` and `achieved` are the measure at the start, at the targets and at the end, the last by
    the detector; `tracked` is the same by the drag's own handles, since detectors are unsure about closed
    eyes. `share` and `tracked_share` are the shares of the way: 1 = as asked, 0 = nothing moved. What could
    not be known (no face found at the end, no handles given) is None. `drift_outside_mask` is the mean
    absolute change, 0..255, outside the expression's mask. `closed` says of an expression that shuts eyes
    whether they are shut, by the detector and by the tracked lids; `members` are the figures of each of
    several expressions that were done at once.
    """

    expression: str
    strength: float
    measure_name: str
    before: float
    asked: float
    achieved: float | None
    share: float | None
    tracked: float | None
    tracked_share: float | None
    drift_outside_mask: float
    landmarks_before: Landmarks
    landmarks_after: Landmarks | None
    unit: str = "px"
    closed: str = ""
    members: tuple["MemberReport", ...] = ()

    def figures(self) -> dict[str, Any]:
        """Give everything as plain values for JSON; landmarks as [68][2] lists."""
        values = dataclasses.asdict(self)
        for name in ("landmarks_before", "landmarks_after"):
            values[name] = None if values[name] is None else np.round(values[name], 3).tolist()
        return values

    def summary(self) -> str:
        """Say in one line how it went."""
        line = f"{self.measure_name}: {self.before:.1f} {self.unit} before, {self.asked:.1f} asked"
        line += ", no face found after" if self.achieved is None else f", {self.achieved:.1f} after"
        if self.tracked is not None:
            line += f" ({self.tracked:.1f} by the drag's own handles)"
        line += f"; {self.closed}" if self.closed else ""
        return f"{line}; change outside the mask {self.drift_outside_mask:.1f} of 255"


@dataclasses.dataclass(frozen=True)
class MemberReport:
    """What one of several expressions that were done at once came to; as in AdjustmentReport."""

    title: str
    measure_name: str
    unit: str
    before: float
    asked: float
    achieved: float | None
    share: float | None


def report(
    adjustment: Adjustment,
    landmarks_before: ArrayLike,
    landmarks_after: ArrayLike | None,
    frame_before: Picture,
    frame_after: Picture,
    handles: ArrayLike | None = None,
) -> AdjustmentReport:
    """Measure how an adjustment went.

    Args:
        adjustment: what was asked.
        landmarks_before: [68, 2] px, detected on the first frame.
        landmarks_after: [68, 2] px, detected on the last one; None if no face was found there.
        frame_before: uint8 [H, W, 3].
        frame_after: uint8 [H, W, 3].
        handles: [K, 2] px, where the drag's points ended by its own account.
    """
    row = adjustment.expression
    first = np.asarray(landmarks_before, dtype=np.float32)
    last = None if landmarks_after is None else np.asarray(landmarks_after, dtype=np.float32)
    before, asked = row.measure(first), row.measure(row.moved(first, adjustment.strength))
    achieved = None if last is None else row.measure(last)
    tracked = None if handles is None else _measure_handles(adjustment, handles)
    return AdjustmentReport(
        expression=row.key,
        strength=adjustment.strength,
        measure_name=row.measure_name,
        before=before,
        asked=asked,
        achieved=achieved,
        share=_share(before, asked, achieved),
        tracked=tracked,
        tracked_share=_share(before, asked, tracked),
        drift_outside_mask=drift_outside(adjustment.mask, frame_before, frame_after),
        landmarks_before=first,
        landmarks_after=last,
        unit=row.measured.unit,
        closed=_closed(row, first, last, None if handles is None else _tracked(adjustment, handles)),
        members=tuple(
            _member(member, row.moved(first, adjustment.strength), first, last) for member, _ in row.members
        ),
    )


def _member(row: Expression, target: Landmarks, first: Landmarks, last: Landmarks | None) -> MemberReport:
    before, asked = row.measure(first), row.measure(target)
    achieved = None if last is None else row.measure(last)
    share = _share(before, asked, achieved)
    return MemberReport(row.title, row.measure_name, row.measured.unit, before, asked, achieved, share)


def _closed(row: Expression, first: Landmarks, last: Landmarks | None, tracked: Landmarks | None) -> str:
    """Say whether eyes that were to be shut are; detectors are unsure about closed eyes, so both are asked.

    The detector looks afresh; the tracked lids are where the drag says that it took them.
    """
    if not any(one.closes_lids for one in (row, *(member for member, _ in row.members))):
        return ""
    pairs = [pair for pair in row.pairs if pair in LID_PAIRS and pair not in row.measured.against]
    seen = None if last is None else _lids_shut(last, pairs)
    others = [pair for pair in row.measured.against if pair in LID_PAIRS]
    if others and last is not None and _lids_shut(last, others) and not _lids_shut(first, others):
        return "the other eye closed with it: this model moves both"
    followed = None if tracked is None else _lids_shut(tracked, pairs)
    match seen, followed:
        case True, True:
            return "closed, by the detector and by the tracked lids"
        case True, None:
            return "closed, by the detector"
        case False, True:
            return "closed by the tracked lids, not by the detector, which is unsure about closed eyes: look"
        case None, True:
            return "closed by the tracked lids; the detector finds no face, as happens with closed eyes: look"
        case True, False:
            return "closed by the detector, but the tracked lids stay apart: look"
    return "not closed"


def _lids_shut(p: Landmarks, pairs: list[tuple[int, int]]) -> bool:
    """Tell whether the lids of pairs touch, nearly."""
    apart = np.linalg.norm(p[[second for _, second in pairs]] - p[[first for first, _ in pairs]], axis=1)
    return bool(apart.mean() <= SHUT * 0.5 * (np.linalg.norm(p[39] - p[36]) + np.linalg.norm(p[45] - p[42])))


def drift_outside(mask: Mask, before: Picture, after: Picture) -> float:
    """Average the absolute change of two frames, 0..255, over what a mask holds; 0 where it holds nothing.

    Raises:
        PictureError: if frames and mask differ in size.
    """
    first, last = as_rgb(before).astype(np.float32), as_rgb(after).astype(np.float32)
    if first.shape != last.shape or first.shape[:2] != mask.shape:
        raise PictureError(
            f"frames and mask of one size were expected: {first.shape[:2]}, {last.shape[:2]}, {mask.shape}"
        )
    held = (1 - mask)[:, :, None]
    total = float(held.sum()) * 3
    return float((np.abs(last - first) * held).sum()) / total if total > 0 else 0.0


def _measure_handles(adjustment: Adjustment, handles: ArrayLike) -> float:
    """Measure the expression with the handles in place of the landmarks that they stand for."""
    return adjustment.expression.measure(_tracked(adjustment, handles))


def _tracked(adjustment: Adjustment, handles: ArrayLike) -> Landmarks:
    """Put the handles in place of the landmarks that they stand for."""
    landmarks = adjustment.landmarks.copy()
    landmarks[adjustment.indices] = np.asarray(handles, dtype=np.float32)
    return landmarks


def _share(before: float, asked: float, now: float | None) -> float | None:
    """Say what share of the way from `before` to `asked` was gone; 1 where there was no way to go."""
    if now is None:
        return None
    return (before - now) / (before - asked) if abs(before - asked) > 1e-3 else 1.0
