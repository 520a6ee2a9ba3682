"""Points, mask and options of a drag by hand."""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from drag.config import DragConfig

GREATEST_BRUSH = 128.0  # px.

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


@dataclass(frozen=True)
class Marker:
    """One end of a pair: which pair, and "point" or "target"."""

    index: int
    end: str


class AfterLook(Enum):
    """What needs the face's landmarks, and waits for them."""

    NOTHING = "nothing"
    MIRROR = "mirror"
    MIRROR_SELECTED = "mirror selected"
    FACE_ONLY = "face only"


class MaskChange(Enum):
    """What can be done to a whole mask."""

    GROW = "grow"
    SHRINK = "shrink"
    FEATHER = "feather"
    INVERT = "invert"
    CLEAR = "clear"
    POINTS_ONLY = "points only"
    FACE_ONLY = "face only"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, eq=False)
class DragState:
    """Points, mask and options of a drag by hand.

    Attributes:
        selected: the marker that the arrow keys move and that is written out in the panel.
        when_seen: what was asked for that waits until the face has been looked for,
        when_seen_in: in the picture of this epoch; in any other it is forgotten.
        mask: [H, W] float32, 1 = may move; None: everything may.
        mask_strength: how dark the overlay makes what is held, 0..1.
        brush_radius: px of the picture.
        brush_hardness: over this share of the radius, 0..1, the brush is whole; from there it fades.
        brush_moves: the brush paints what may move; otherwise what is held.
        edge: how far the mask is grown, shrunk or feathered at a click, px of the picture.
    """

    pairs: tuple[PointPair, ...] = ()
    selected: Marker | None = None
    when_seen: AfterLook = AfterLook.NOTHING
    when_seen_in: int = 0
    mask: Mask | None = None
    show_mask: bool = True
    mask_strength: float = 0.66
    tool: Tool = Tool.POINTS
    brush_radius: float = 12.0
    brush_hardness: float = 0.65
    brush_moves: bool = True
    edge: float = 4.0
    config: DragConfig = field(default_factory=DragConfig.swift)
