"""What is drawn over the picture: points, targets, arrows, landmarks, the brush. Drawing only, no rules."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from imgui_bundle import imgui

from faces.landmarks import Face
from gui_utils import theme
from viz.state import Mask
from viz.view import Point, View

_HANDLE = (0.925, 0.275, 0.325, 1.0)
_TARGET = (0.275, 0.525, 0.945, 1.0)
_RIM = (1.0, 1.0, 1.0, 0.95)
_RING = (1.0, 0.85, 0.3, 1.0)
_SHADE = (0.0, 0.0, 0.0, 0.55)
_LANDMARK = (0.35, 0.90, 0.85, 1.0)

# Landmarks that belong together, as lines: (first, last, closed).
_CONTOURS = (
    (0, 16, False), (17, 21, False), (22, 26, False), (27, 30, False), (31, 35, False),
    (36, 41, True), (42, 47, True), (48, 59, True), (60, 67, True),
)  # fmt: skip

# The held part of a mask is dimmed in this colour.
_HELD = (16, 20, 34)


def colour(rgba: theme.Colour, alpha: float = 1.0) -> int:
    """Turn a colour into what draw lists take."""
    return int(imgui.color_convert_float4_to_u32(imgui.ImVec4(*rgba[:3], rgba[3] * alpha)))


# ----------------------------------------------------------------------------
# Points.


def draw_pair(
    pen: imgui.ImDrawList,
    view: View,
    point: Point,
    target: Point | None,
    size: float,
    *,
    active: str = "",
    selected: str = "",
) -> None:
    """Draw a handle, its target and the arrow between.

    Args:
        pen: the draw list.
        view: where the picture is.
        point: (x, y) px.
        target: (x, y) px, if it is set.
        size: radius of a marker, screen units.
        active: "point" or "target" where the mouse is on it.
        selected: "point" or "target" where the arrow keys move it: it has a ring.
    """
    start = view.to_screen(point)
    if target is not None:
        end = view.to_screen(target)
        draw_arrow(pen, start, end, size)
        _dot(pen, end, size, _TARGET, active == "target", selected == "target")
    _dot(pen, start, size, _HANDLE, active == "point", selected == "point")


def _dot(
    pen: imgui.ImDrawList, at: Point, size: float, fill: theme.Colour, active: bool, selected: bool
) -> None:
    radius = size * 1.3 if active else size
    place = imgui.ImVec2(*at)
    if selected:
        pen.add_circle(place, radius + size * 0.95, colour(_SHADE), 0, size * 0.6)
        pen.add_circle(place, radius + size * 0.95, colour(_RING), 0, size * 0.35)
    pen.add_circle_filled(place, radius + size * 0.45, colour(_SHADE))
    pen.add_circle_filled(place, radius + size * 0.25, colour(_RIM))
    pen.add_circle_filled(place, radius - size * 0.05, colour(fill))


def draw_arrow(pen: imgui.ImDrawList, start: Point, end: Point, size: float, alpha: float = 1.0) -> None:
    """Draw an arrow that keeps clear of the dots at its ends; nothing where they touch."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    clear = size * 1.4
    if length < 2 * clear + size:
        return
    ux, uy = dx / length, dy / length
    a = (start[0] + ux * clear, start[1] + uy * clear)
    b = (end[0] - ux * clear, end[1] - uy * clear)
    head = min(size * 1.5, length / 3)
    neck = (b[0] - ux * head, b[1] - uy * head)
    wings = [(neck[0] - uy * head * 0.55, neck[1] + ux * head * 0.55)]
    wings.append((neck[0] + uy * head * 0.55, neck[1] - ux * head * 0.55))
    pen.add_line(imgui.ImVec2(*a), imgui.ImVec2(*neck), colour(_SHADE, alpha), size * 0.75)
    pen.add_line(imgui.ImVec2(*a), imgui.ImVec2(*neck), colour(_RIM, alpha), size * 0.4)
    pen.add_triangle_filled(
        imgui.ImVec2(*b), imgui.ImVec2(*wings[0]), imgui.ImVec2(*wings[1]), colour(_RIM, alpha)
    )


# ----------------------------------------------------------------------------
# Faces.


def draw_face(pen: imgui.ImDrawList, view: View, face: Face, size: float, *, chosen: bool) -> None:
    """Draw a face's landmarks and their contours; those of a face that is not meant are faint."""
    alpha = 1.0 if chosen else 0.4
    places = [imgui.ImVec2(*view.to_screen((float(x), float(y)))) for x, y in face.landmarks]
    for first, last, closed in _CONTOURS:
        flags = imgui.ImDrawFlags_.closed if closed else imgui.ImDrawFlags_.none
        line: list[Any] = places[first : last + 1]
        pen.add_polyline(line, colour(_LANDMARK, 0.45 * alpha), size * 0.3, flags)
    for place in places:
        pen.add_circle_filled(place, size * 0.62, colour(_SHADE, alpha))
        pen.add_circle_filled(place, size * 0.42, colour(_LANDMARK, alpha))


def draw_face_tags(pen: imgui.ImDrawList, view: View, faces: Iterable[Face], size: float) -> list[Point]:
    """Number the faces where there are several; give the places of the numbers on the screen."""
    places = []
    for index, face in enumerate(faces):
        left, top, _, _ = face.box
        place = view.to_screen((left, top))
        pen.add_circle_filled(imgui.ImVec2(*place), size * 1.8, colour(theme.ACCENT))
        text = str(index + 1)
        extent = imgui.calc_text_size(text)
        corner = imgui.ImVec2(place[0] - extent.x / 2, place[1] - extent.y / 2)
        pen.add_text(corner, colour(theme.TEXT), text)
        places.append(place)
    return places


def draw_caption(pen: imgui.ImDrawList, text: str, x: float, bottom: float) -> None:
    """Draw a line of text on a shade, in the middle of `x`, a little above `bottom`."""
    size = imgui.get_font_size() * 1.35
    wide = imgui.calc_text_size(text)
    extent = imgui.ImVec2(wide.x * 1.35, wide.y * 1.35)
    pad, gap = size * 0.8, size * 1.4
    left, top = x - extent.x / 2, bottom - gap - extent.y
    corners = (
        imgui.ImVec2(left - pad, top - pad / 2),
        imgui.ImVec2(left + extent.x + pad, top + extent.y + pad / 2),
    )
    pen.add_rect_filled(*corners, colour((0.0, 0.0, 0.0, 0.72)), size)
    pen.add_text(imgui.get_font(), size, imgui.ImVec2(left, top), colour(_RIM), text)


# ----------------------------------------------------------------------------
# The mask.


def mask_picture(mask: Mask) -> np.ndarray:
    """Make the overlay of a mask, uint8 RGBA [H, W, 4]: it covers what is held."""
    overlay = np.empty((*mask.shape, 4), np.uint8)
    overlay[..., :3] = _HELD
    overlay[..., 3] = ((1 - mask) * 255).astype(np.uint8)
    return overlay


def draw_brush(pen: imgui.ImDrawList, at: Point, radius: float, hardness: float, *, moves: bool) -> None:
    """Draw the outline of the brush: bright where it lets move, blue where it holds.

    Inside it, faintly, the circle up to which a soft brush is whole.
    """
    place = imgui.ImVec2(*at)
    pen.add_circle(place, radius + 1, colour(_SHADE), 0, 3)
    pen.add_circle(place, radius, colour(_RIM if moves else theme.ACCENT), 0, 1.5)
    if 0.05 < hardness < 0.95:
        pen.add_circle(place, radius * hardness, colour(_RIM if moves else theme.ACCENT, 0.45), 0, 1)
