"""One click's whole job: an expression becomes a drag request with its guide, and afterwards a report."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import nn

from drag.types import DragConfig, DragRequest, Guide
from faces.bundled import BundledDetector
from faces.expressions import Expression, find_expression
from faces.guide import LandmarkGuide
from faces.landmarks import LandmarkDetector, Landmarks, Picture, PictureError, as_rgb
from faces.masks import Mask, expression_mask


@dataclasses.dataclass(frozen=True, eq=False)
class Adjustment:
    """All that a drag needs to do one expression.

    `indices` [K] say which of the 68 landmarks the request's points are; `mask` [H, W] is the expression's
    own mask, also when the request goes without one: the report measures by it.
    """

    expression: Expression
    strength: float
    landmarks: Landmarks
    indices: NDArray[np.intp]
    request: DragRequest
    guides: tuple[Guide, ...]
    config: DragConfig
    mask: Mask


@dataclasses.dataclass(frozen=True, eq=False)
class AdjustmentReport:
    """How an adjustment went, in its expression's own measure (`measure_name`), px.

    `before`, `asked` and `achieved` are the measure at the start, at the targets and at the end, the last by
    the detector; `tracked` is the same by the drag's own handles, since detectors are unsure about closed
    eyes. `share` and `tracked_share` are the shares of the way: 1 = as asked, 0 = nothing moved. What could
    not be known (no face found at the end, no handles given) is None. `drift_outside_mask` is the mean
    absolute change, 0..255, outside the expression's mask.
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

    def figures(self) -> dict[str, Any]:
        """Give everything as plain values for JSON; landmarks as [68][2] lists."""
        values = dataclasses.asdict(self)
        for name in ("landmarks_before", "landmarks_after"):
            values[name] = None if values[name] is None else np.round(values[name], 3).tolist()
        return values

    def summary(self) -> str:
        """Say in one line how it went."""
        line = f"{self.measure_name}: {self.before:.1f} px before, {self.asked:.1f} asked"
        line += ", no face found after" if self.achieved is None else f", {self.achieved:.1f} after"
        if self.tracked is not None:
            line += f" ({self.tracked:.1f} by the drag's own handles)"
        return f"{line}; change outside the mask {self.drift_outside_mask:.1f} of 255"


# ----------------------------------------------------------------------------
# Before the drag.


def plan(
    expression: Expression | str,
    strength: float,
    landmarks: ArrayLike,
    image_size: tuple[int, int],
    detector: LandmarkDetector,
    automatic_mask: bool = True,
    guide_network: nn.Module | None = None,
) -> Adjustment:
    """Set points, targets, mask and guide for an expression.

    Args:
        expression: one of EXPRESSIONS, or its key.
        strength: 0 to 3; 1 is the whole expression.
        landmarks: [68, 2] (x, y) px, of the face that is meant, as `detector` found them.
        image_size: (height, width) of the frame, px.
        detector: the one in use. The bundled one's network is the guide; besides another detector it is
            loaded.
        automatic_mask: hold everything outside the expression's mask.
        guide_network: a LandmarkNetwork to guide with instead.

    Raises:
        ExpressionError: unknown expression, strength out of bounds, or landmarks that are none.
        RequestError: the face lies outside the frame.
        LandmarkFileError: the guide's network cannot be read.
    """
    row = find_expression(expression) if isinstance(expression, str) else expression
    start = np.array(landmarks, dtype=np.float32)
    indices, points, targets = row.targets(start, strength)
    # A chin may stand, or go, below the frame; a drag's points and targets may not.
    height, width = image_size
    border = np.array([width - 1, height - 1], dtype=np.float32)
    mask = expression_mask(start, row, image_size, strength)
    request = DragRequest(
        points=points.clip(0, border), targets=targets.clip(0, border), mask=mask if automatic_mask else None
    )
    if guide_network is None:
        bundled = detector if isinstance(detector, BundledDetector) else BundledDetector.load()
        guide_network = bundled.network
    guide = LandmarkGuide(guide_network, row, start, strength, image_size)
    return Adjustment(row, strength, start, indices, request, (guide,), DragConfig.guided(), mask)


# ----------------------------------------------------------------------------
# After it.


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
    )


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
    landmarks = adjustment.landmarks.copy()
    landmarks[adjustment.indices] = np.asarray(handles, dtype=np.float32)
    return adjustment.expression.measure(landmarks)


def _share(before: float, asked: float, now: float | None) -> float | None:
    """Say what share of the way from `before` to `asked` was gone; 1 where there was no way to go."""
    if now is None:
        return None
    return (before - now) / (before - asked) if abs(before - asked) > 1e-3 else 1.0
