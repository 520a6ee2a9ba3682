"""Part of the Drag panel: the pairs of points and targets, written out, moved, deleted, mirrored."""

import dataclasses

from imgui_bundle import imgui

from gui_utils.widgets import button, disabled, hint, muted, row, share_of_row
from viz.actions import Action, DeletePair, MirrorPairs, MoveMarker, SelectMarker
from viz.points import place_of
from viz.shortcuts import with_keys
from viz.state import DragState, EditorState, Marker, PointPair

_ROWS = 4  # Pairs that are seen at once; more are scrolled to.
_KEYS = (
    "Click a row to select its point, again for its target. The arrow keys then move it by 1 px, "
    "with Shift by 10 px; Delete takes the pair away."
)
_MIRROR = (
    "the other side of the face's axis, which comes from its landmarks; "
    "where there is no face, of the picture's middle"
)

_MIRROR_ALL = with_keys(f"Set every point's twin on {_MIRROR}", "Mirror all points across the face's axis")


def draw(state: EditorState, drag: DragState) -> tuple[DragState, list[Action]]:
    """Draw the list and its buttons; give the state to go on with, and what else the person did."""
    if not drag.pairs:
        muted("Click on the picture for a point, then for its target.")
    found = _draw_list(drag) if drag.pairs else []
    found += _draw_selected(drag)
    width = share_of_row(2)
    with disabled(state.busy):
        with disabled(not state.complete_pairs):
            if button("Mirror all", width=width, tooltip=_MIRROR_ALL):
                found.append(MirrorPairs())
            imgui.same_line()
            with disabled(drag.selected is None):
                if button("Mirror this", width=width, tooltip=f"Set the selected point's twin on {_MIRROR}"):
                    found.append(MirrorPairs(selected_only=True))
        with disabled(not drag.pairs):
            words = "Take the selected point and its target away; without one, the newest"
            words = with_keys(words, "Delete the selected point")
            if button("Delete", width=width, tooltip=words):
                last = len(drag.pairs) - 1
                found.append(DeletePair(drag.selected.index if drag.selected is not None else last))
            imgui.same_line()
            if button("Delete all", width=width, tooltip="Take all points away"):
                drag = dataclasses.replace(drag, pairs=(), selected=None)
    return drag, found


def _draw_list(drag: DragState) -> list[Action]:
    """Draw one row for each pair: a click selects its point, one more its target."""
    found: list[Action] = []
    line = imgui.get_text_line_height_with_spacing()
    room = imgui.ImVec2(0, line * min(len(drag.pairs), _ROWS) + 2 * imgui.get_style().window_padding.y)
    if imgui.begin_child("pairs", room, imgui.ChildFlags_.borders):
        for index, pair in enumerate(drag.pairs):
            held = drag.selected is not None and drag.selected.index == index
            pressed = imgui.selectable(f"{index + 1}   {_words(pair)}###pair{index}", held)[0]
            hint(_KEYS)
            if pressed:
                found.append(SelectMarker(Marker(index, _next_end(drag, index))))
    imgui.end_child()
    return found


def _next_end(drag: DragState, index: int) -> str:
    """Give the other end of a pair that is selected already."""
    held = drag.selected
    if held is None or held.index != index or drag.pairs[index].target is None:
        return "point"
    return "target" if held.end == "point" else "point"


def _words(pair: PointPair) -> str:
    target = "…" if pair.target is None else f"{pair.target[0]:.1f}, {pair.target[1]:.1f}"
    return f"{pair.point[0]:.1f}, {pair.point[1]:.1f}   >   {target}"


def _draw_selected(drag: DragState) -> list[Action]:
    """Draw the place of the selected marker, to be typed or pulled."""
    place = place_of(drag.pairs, drag.selected)
    if place is None or drag.selected is None:
        return []
    words = (
        "x and y of what is selected, px of the picture from its top left. "
        "Pull to move it, double-click to type. Arrow keys: 1 px, with Shift 10 px."
    )
    row("Point" if drag.selected.end == "point" else "Target", words)
    changed, new = imgui.drag_float2("##place", [*place], 0.25, 0.0, 1e5, "%.1f")
    hint(words)
    return [MoveMarker(drag.selected, (float(new[0]), float(new[1])))] if changed else []
