"""Actions on points and mask, and the drag by hand."""

from dataclasses import dataclass

from viz.state import DragState


@dataclass(frozen=True, eq=False)
class ChangeDrag:
    """Other points, mask, tool or options."""

    drag: DragState


@dataclass(frozen=True)
class Paint:
    """Draw the brush from one place to another, (x, y) px; with `erase` it does the opposite."""

    start: tuple[float, float]
    end: tuple[float, float]
    erase: bool = False


@dataclass(frozen=True)
class StartDrag:
    """Drag the points to their targets."""


Action = ChangeDrag | Paint | StartDrag
