"""Points, mask and options of a drag by hand."""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from drag.config import DragConfig

Mask = npt.NDArray[np.float32]


class Tool(Enum):
    """What the left mouse button does on the picture."""

    POINTS = "points"
    BRUSH = "brush"


@dataclass(frozen=True)
class PointPair:
    """A handle point and its target, (x, y) px; no target yet right after the first click."""

    point: tuple[float, float]
    target: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class DragState:
    """Points, mask and options of a drag by hand.

    Attributes:
        mask: [H, W] float32, 1 = may move; None: everything may.
        brush_radius: px of the picture.
        brush_moves: the brush paints what may move; otherwise what is held.
    """

    pairs: tuple[PointPair, ...] = ()
    mask: Mask | None = None
    show_mask: bool = True
    tool: Tool = Tool.POINTS
    brush_radius: float = 12.0
    brush_moves: bool = True
    config: DragConfig = field(default_factory=DragConfig)
