"""The picture and what a mouse does on it: points, targets, the mask brush, the choice of a face."""

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.texture import Texture
from viz import markers
from viz.actions import Action, ChangeDrag, ChangeFace, Paint
from viz.state import EditorState, JobKind, Mask, PointPair, Tool
from viz.view import Point, View, clamped

_MARKER = 5.5  # Radius of a point, before scaling.
_GRAB = 11.0  # A marker is taken hold of within this distance, before scaling.
_PULL = 6.0  # A press that goes farther than this sets the target where it ends.


@dataclass(frozen=True)
class _Grip:
    """A marker in the hand: which pair, and which end of it."""

    index: int
    end: str


class Canvas:
    """Draws the stage and turns the mouse into actions. Keeps textures and what the mouse holds."""

    def __init__(self) -> None:
        self._scale = 1.0
        self._picture = Texture()
        self._overlay = Texture()
        self._shown: np.ndarray | None = None
        self._masked: Mask | None = None
        self._grip: _Grip | None = None
        self._pressed_at: Point | None = None
        self._last_brush: Point | None = None
        self.view = View(0.0, 0.0, 1.0)

    def close(self) -> None:
        """Give the textures back."""
        self._picture.delete()
        self._overlay.delete()

    def draw(self, state: EditorState, scale: float) -> list[Action]:
        """Fill what is left of the current window; `scale` is the window's."""
        self._scale = scale
        corner, room = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        room = imgui.ImVec2(max(room.x, 8), max(room.y, 8))
        flags = imgui.ButtonFlags_.mouse_button_left | imgui.ButtonFlags_.mouse_button_right
        imgui.invisible_button("canvas", room, flags)
        pen = imgui.get_window_draw_list()
        if state.frame is None or state.image_size is None:
            self._draw_nothing(pen, state, corner, room)
            return []
        self.view = View.fit(state.image_size, (corner.x, corner.y), (room.x, room.y), 16 * self._scale)
        pen.push_clip_rect(corner, imgui.ImVec2(corner.x + room.x, corner.y + room.y), True)
        self._draw_picture(pen, state)
        found = self._mouse(state) if not state.busy else self._let_go()
        self._draw_marks(pen, state)
        pen.pop_clip_rect()
        return found

    # ------------------------------------------------------------------------
    # Drawing.

    def _draw_nothing(
        self, pen: imgui.ImDrawList, state: EditorState, corner: imgui.ImVec2, room: imgui.ImVec2
    ) -> None:
        loading = state.network.loading
        if loading is not None:
            lines = [f"Loading {loading.name} …"]
        elif state.network.loaded is not None:
            lines = ["Drawing the first picture …"]
        else:
            lines = ["No network is loaded.", "Drop a checkpoint (.safetensors, .pkl or .pt) here."]
        height = imgui.get_text_line_height_with_spacing()
        y = corner.y + (room.y - height * len(lines)) / 2
        for index, line in enumerate(lines):
            extent = imgui.calc_text_size(line)
            place = imgui.ImVec2(corner.x + (room.x - extent.x) / 2, y + index * height)
            pen.add_text(place, markers.colour(theme.TEXT if index == 0 else theme.MUTED), line)

    def _draw_picture(self, pen: imgui.ImDrawList, state: EditorState) -> None:
        if state.frame is None:
            return
        picture = state.frame.picture
        if self._shown is not picture:
            self._picture.upload(picture)
            self._shown = picture
        height, width = picture.shape[:2]
        first = imgui.ImVec2(self.view.left, self.view.top)
        last = imgui.ImVec2(self.view.left + width * self.view.zoom, self.view.top + height * self.view.zoom)
        pen.add_image(self._picture.ref, first, last)
        mask = mask_to_show(state)
        if mask is not None:
            if mask is not self._masked:
                self._overlay.upload(markers.mask_picture(mask))
                self._masked = mask
            tint = imgui.ImVec4(1.0, 1.0, 1.0, 0.55 if state.busy else 1.0)
            whole = imgui.ImVec2(0, 0), imgui.ImVec2(1, 1)
            pen.add_image(self._overlay.ref, first, last, *whole, imgui.color_convert_float4_to_u32(tint))

    def _draw_marks(self, pen: imgui.ImDrawList, state: EditorState) -> None:
        size = _MARKER * self._scale
        if state.face.show_landmarks and state.face.faces:
            for face in state.face.faces:
                markers.draw_face(pen, self.view, face, size, chosen=face is state.face.chosen)
            if len(state.face.faces) > 1:
                markers.draw_face_tags(pen, self.view, state.face.faces, size)
        under_mouse = None if state.busy else self._grip or self._marker_at(state, self._mouse_place())
        for index, pair in enumerate(pairs_to_show(state)):
            active = under_mouse.end if under_mouse is not None and under_mouse.index == index else ""
            markers.draw_pair(pen, self.view, pair.point, pair.target, size, active=active)
        waiting = state.drag.pairs[-1] if state.drag.pairs else None
        if waiting is not None and waiting.target is None and imgui.is_item_hovered() and not state.busy:
            start = self.view.to_screen(waiting.point)
            markers.draw_arrow(pen, start, self._mouse_place(), size, alpha=0.6)
        if state.drag.tool is Tool.BRUSH and imgui.is_item_hovered() and not state.busy:
            erasing = imgui.is_mouse_down(imgui.MouseButton_.right)
            radius = state.drag.brush_radius * self.view.zoom
            moves = state.drag.brush_moves != erasing
            markers.draw_brush(pen, self._mouse_place(), radius, moves=moves)

    # ------------------------------------------------------------------------
    # The mouse.

    def _mouse(self, state: EditorState) -> list[Action]:
        if state.drag.tool is Tool.BRUSH:
            self._grip = self._pressed_at = None
            return self._brush(state)
        self._last_brush = None
        return self._choose_face(state) or self._points(state)

    def _let_go(self) -> list[Action]:
        self._grip = self._pressed_at = self._last_brush = None
        return []

    def _brush(self, state: EditorState) -> list[Action]:
        left = imgui.is_mouse_down(imgui.MouseButton_.left)
        right = imgui.is_mouse_down(imgui.MouseButton_.right)
        if not imgui.is_item_active() or not (left or right):
            self._last_brush = None
            return []
        place = self.view.to_picture(self._mouse_place())
        start = self._last_brush or place
        if self._last_brush == place:
            return []
        self._last_brush = place
        return [Paint(start, place, erase=right)]

    def _choose_face(self, state: EditorState) -> list[Action]:
        """A click on a face's number means that face from now on."""
        faces = state.face.faces or ()
        if not state.face.show_landmarks or len(faces) < 2:
            return []
        if not imgui.is_item_clicked(imgui.MouseButton_.left):
            return []
        for face in faces:
            left, top, right, bottom = face.box
            if _distance(self.view.to_screen((left, top)), self._mouse_place()) < _GRAB * self._scale:
                click = ((left + right) / 2, (top + bottom) / 2)
                return [ChangeFace(dataclasses.replace(state.face, click=click))]
        return []

    def _points(self, state: EditorState) -> list[Action]:
        """Add with a click or a pull, move by pulling a marker, delete with the right button or the key."""
        pairs, size = list(state.drag.pairs), state.image_size
        if size is None:
            return []
        mouse = self._mouse_place()
        place = clamped(self.view.to_picture(mouse), size)
        marker = self._marker_at(state, mouse) if imgui.is_item_hovered() else None
        delete = imgui.is_item_clicked(imgui.MouseButton_.right) or imgui.is_key_pressed(imgui.Key.delete)
        if marker is not None and delete:
            del pairs[marker.index]
        elif imgui.is_item_clicked(imgui.MouseButton_.left) and marker is not None:
            self._grip = marker
        elif imgui.is_item_clicked(imgui.MouseButton_.left) and self._on_picture(mouse, size):
            self._pressed_at = mouse
            if pairs and pairs[-1].target is None:
                pairs[-1] = PointPair(pairs[-1].point, place)
                self._pressed_at = None
            else:
                pairs.append(PointPair(place))
        elif self._grip is not None and imgui.is_item_active() and self._grip.index < len(pairs):
            pair = pairs[self._grip.index]
            pairs[self._grip.index] = dataclasses.replace(pair, **{self._grip.end: place})
        elif imgui.is_item_deactivated():
            pulled = self._pressed_at is not None and _distance(self._pressed_at, mouse) > _PULL * self._scale
            if pulled and pairs and pairs[-1].target is None:
                pairs[-1] = PointPair(pairs[-1].point, place)
            self._let_go()
        if tuple(pairs) == state.drag.pairs:
            return []
        return [ChangeDrag(dataclasses.replace(state.drag, pairs=tuple(pairs)))]

    def _marker_at(self, state: EditorState, place: Point) -> _Grip | None:
        """Find the marker nearest to a place on the screen, within reach."""
        best, found = _GRAB * self._scale, None
        for index, pair in enumerate(state.drag.pairs):
            for end, at in (("target", pair.target), ("point", pair.point)):
                if at is not None and _distance(self.view.to_screen(at), place) < best:
                    best, found = _distance(self.view.to_screen(at), place), _Grip(index, end)
        return found

    def _on_picture(self, place: Point, size: tuple[int, int]) -> bool:
        x, y = self.view.to_picture(place)
        return -0.5 <= x <= size[1] - 0.5 and -0.5 <= y <= size[0] - 0.5

    def _mouse_place(self) -> Point:
        mouse = imgui.get_mouse_pos()
        return mouse.x, mouse.y


# ----------------------------------------------------------------------------
# What belongs over the picture.


def pairs_to_show(state: EditorState) -> tuple[PointPair, ...]:
    """Give the points of the job that runs, where they are now; otherwise those that were set by hand."""
    job = state.job
    if job is None or job.kind is JobKind.FILM:
        return state.drag.pairs
    moved = job.progress.points if job.progress is not None else None
    if job.kind is JobKind.DRAG:
        starts = [pair.point for pair in state.drag.pairs]
        targets = [pair.target for pair in state.drag.pairs]
    elif job.plan is not None:
        starts = [(float(x), float(y)) for x, y in job.plan.points]
        targets = [(float(x), float(y)) for x, y in job.plan.targets]
    else:
        return ()
    if moved is not None and len(moved) == len(starts) and np.isfinite(moved).all():
        starts = [(float(x), float(y)) for x, y in moved]
    return tuple(PointPair(point, target) for point, target in zip(starts, targets, strict=True))


def mask_to_show(state: EditorState) -> Mask | None:
    """Give the mask of the job that runs, otherwise the painted one; None if hidden or not there."""
    if not state.drag.show_mask:
        return None
    if state.job is not None and state.job.kind is JobKind.ADJUST:
        return state.job.plan.mask if state.job.plan is not None else None
    mask = state.drag.mask
    return mask if mask is not None and mask.shape == state.image_size else None


def _distance(a: Point, b: Point) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])
