"""Actions on points and mask, and the drag by hand."""

from dataclasses import dataclass

from viz.state import DragState, Marker, MaskChange


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
class ChangeMask:
    """Do something to the whole mask."""

    change: MaskChange


@dataclass(frozen=True)
class MoveMarker:
    """Bring a point or a target to a place (x, y) px; it is selected from then on."""

    marker: Marker
    place: tuple[float, float]


@dataclass(frozen=True)
class NudgeMarker:
    """Move the selected point or target by so many px, to the right and down."""

    way: tuple[float, float]


@dataclass(frozen=True)
class SelectMarker:
    """Another point or target is meant from now on; None: no one."""

    marker: Marker | None


@dataclass(frozen=True)
class DeletePair:
    """Take a point and its target away; without a number those of the selected marker."""

    index: int | None = None


@dataclass(frozen=True)
class MirrorPairs:
    """Add each pair's twin across the face's axis; of the selected one alone, if so."""

    selected_only: bool = False


@dataclass(frozen=True)
class StartDrag:
    """Drag the points to their targets; with `one_step`, pause after one step."""

    one_step: bool = False


Action = (
    ChangeDrag
    | Paint
    | ChangeMask
    | MoveMarker
    | NudgeMarker
    | SelectMarker
    | DeletePair
    | MirrorPairs
    | StartDrag
)
