"""Points and targets as a tuple of pairs: moved, nudged, deleted, mirrored. All functions give a new one."""

import dataclasses
import math

from faces.symmetry import Axis
from viz.state import Marker, PointPair
from viz.view import Point, clamped

Pairs = tuple[PointPair, ...]

_SAME = 1.0  # px: a mirrored pair this near to one that is there already is that one.


def place_of(pairs: Pairs, marker: Marker | None) -> Point | None:
    """Find where a marker is; None if there is no such marker."""
    if marker is None or not 0 <= marker.index < len(pairs):
        return None
    pair = pairs[marker.index]
    return pair.point if marker.end == "point" else pair.target


def moved(pairs: Pairs, marker: Marker, place: Point, size: tuple[int, int]) -> Pairs:
    """Bring a marker to a place (x, y) px, or to the picture's edge where it would leave the picture.

    Args:
        pairs: all of them.
        marker: which is meant; one that there is not is let be.
        place: where to.
        size: (height, width) of the picture, px.
    """
    if place_of(pairs, marker) is None:
        return pairs
    pair = dataclasses.replace(pairs[marker.index], **{marker.end: clamped(place, size)})
    return (*pairs[: marker.index], pair, *pairs[marker.index + 1 :])


def nudged(pairs: Pairs, marker: Marker, way: Point, size: tuple[int, int]) -> Pairs:
    """Move a marker by so many px, to the right and down."""
    place = place_of(pairs, marker)
    return pairs if place is None else moved(pairs, marker, (place[0] + way[0], place[1] + way[1]), size)


def without(pairs: Pairs, index: int) -> Pairs:
    """Take a pair away."""
    return (*pairs[:index], *pairs[index + 1 :]) if 0 <= index < len(pairs) else pairs


def mirrored(pairs: Pairs, axis: Axis, size: tuple[int, int], only: int | None = None) -> Pairs:
    """Add the twin of each pair on the other side of an axis.

    A pair that has its twin already, or is its own, gets none; nor does one without a target, or one whose
    twin would lie outside the picture.

    Args:
        pairs: all of them.
        axis: of the face, or of the picture.
        size: (height, width) of the picture, px.
        only: mirror this pair alone.
    """
    found = list(pairs)
    for index, pair in enumerate(pairs):
        if pair.target is None or only not in (None, index):
            continue
        twin = PointPair(axis.mirrored(pair.point), axis.mirrored(pair.target))
        inside = all(place == clamped(place, size) for place in (twin.point, twin.target) if place)
        if inside and not any(_alike(twin, other) for other in found):
            found.insert(_place_for_more(found), twin)
    return tuple(found)


def _place_for_more(pairs: list[PointPair]) -> int:
    """A point that still waits for its target stays the last."""
    return len(pairs) - 1 if pairs and pairs[-1].target is None else len(pairs)


def _alike(a: PointPair, b: PointPair) -> bool:
    if a.target is None or b.target is None:
        return False
    return math.dist(a.point, b.point) < _SAME and math.dist(a.target, b.target) < _SAME
