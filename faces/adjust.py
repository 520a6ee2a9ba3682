"""Before a drag: an expression becomes a drag request with its guide."""

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import nn

from drag.types import DragConfig, DragRequest, Guide
from faces.bundled import BundledDetector
from faces.expressions import Expression, find_expression
from faces.guide import LandmarkGuide
from faces.landmarks import LandmarkDetector, Landmarks
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
