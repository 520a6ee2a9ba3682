"""The mouse on points: set, pulled, deleted; and the choice among several faces."""

import dataclasses
import math

from imgui_bundle import imgui

from viz.actions import Action, ChangeDrag, ChangeFace, DeletePair, MoveMarker, SelectMarker
from viz.points import place_of
from viz.state import EditorState, Marker, PointPair
from viz.view import Point, View, clamped

_GRAB = 11.0  # A marker is taken hold of within this distance, before scaling.
_PULL = 6.0  # A press that goes farther than this sets the target where it ends.


class Pointing:
    """Turns the mouse on the canvas, the last item drawn, into actions. Keeps what the mouse holds."""

    def __init__(self) -> None:
        self.grip: Marker | None = None
        self._pressed_at: Point | None = None

    def let_go(self) -> None:
        """Hold nothing any more."""
        self.grip = self._pressed_at = None

    def act(self, state: EditorState, view: View, scale: float) -> list[Action]:
        """Do what the mouse does now."""
        return self._choose_face(state, view, scale) or self._points(state, view, scale)

    def _choose_face(self, state: EditorState, view: View, scale: float) -> list[Action]:
        """A click on a face's number means that face from now on."""
        faces = state.face.faces or ()
        if not state.face.show_landmarks or len(faces) < 2:
            return []
        if not imgui.is_item_clicked(imgui.MouseButton_.left):
            return []
        for face in faces:
            left, top, right, bottom = face.box
            if distance(view.to_screen((left, top)), mouse_place()) < _GRAB * scale:
                click = ((left + right) / 2, (top + bottom) / 2)
                return [ChangeFace(dataclasses.replace(state.face, click=click))]
        return []

    def _points(self, state: EditorState, view: View, scale: float) -> list[Action]:
        """Add with a click or a pull, move by pulling a marker, delete with the right button."""
        size, pairs = state.image_size, state.drag.pairs
        if size is None:
            return []
        mouse = mouse_place()
        place = clamped(view.to_picture(mouse), size)
        marker = marker_at(state, view, mouse, scale) if imgui.is_item_hovered() else None
        if marker is not None and imgui.is_item_clicked(imgui.MouseButton_.right):
            return [DeletePair(marker.index)]
        if imgui.is_item_clicked(imgui.MouseButton_.left):
            if marker is not None:
                self.grip = marker
                return [SelectMarker(marker)]
            return self._set(state, place) if _on_picture(view, mouse, size) else [SelectMarker(None)]
        if self.grip is not None and imgui.is_item_active():
            return [] if place_of(pairs, self.grip) in (place, None) else [MoveMarker(self.grip, place)]
        if imgui.is_item_deactivated():
            pulled = self._pressed_at is not None and distance(self._pressed_at, mouse) > _PULL * scale
            self.let_go()
            if pulled and pairs and pairs[-1].target is None:
                return [_with_target(state, place)]
        return []

    def _set(self, state: EditorState, place: Point) -> list[Action]:
        """Set the target that is waited for, or another point; while a drag is paused none are added."""
        if state.busy:
            return []
        pairs = state.drag.pairs
        if pairs and pairs[-1].target is None:
            return [_with_target(state, place)]
        self._pressed_at = mouse_place()
        drag = dataclasses.replace(
            state.drag, pairs=(*pairs, PointPair(place)), selected=Marker(len(pairs), "point")
        )
        return [ChangeDrag(drag)]


def _with_target(state: EditorState, place: Point) -> ChangeDrag:
    pairs = state.drag.pairs
    return ChangeDrag(
        dataclasses.replace(
            state.drag,
            pairs=(*pairs[:-1], PointPair(pairs[-1].point, place)),
            selected=Marker(len(pairs) - 1, "target"),
        )
    )


def marker_at(state: EditorState, view: View, place: Point, scale: float) -> Marker | None:
    """Find the marker nearest to a place on the screen, within reach."""
    best, found = _GRAB * scale, None
    for index, pair in enumerate(state.drag.pairs):
        for end, at in (("target", pair.target), ("point", pair.point)):
            if at is not None and distance(view.to_screen(at), place) < best:
                best, found = distance(view.to_screen(at), place), Marker(index, end)
    return found


def _on_picture(view: View, place: Point, size: tuple[int, int]) -> bool:
    x, y = view.to_picture(place)
    return -0.5 <= x <= size[1] - 0.5 and -0.5 <= y <= size[0] - 0.5


def mouse_place() -> Point:
    """Where the mouse is on the screen."""
    mouse = imgui.get_mouse_pos()
    return mouse.x, mouse.y


def distance(a: Point, b: Point) -> float:
    """How far two places are apart."""
    return math.hypot(a[0] - b[0], a[1] - b[1])
