"""Before and after on the stage: the picture as it was, both at a line that can be moved, or what differs."""

import numpy as np
from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.texture import Texture
from viz import markers
from viz.actions import Action, MoveLine
from viz.answers.picture import Picture
from viz.rules.compare import compared
from viz.stage.pointing import mouse_place
from viz.state import EditorState
from viz.state.compare import CompareMode
from viz.view import View

DIFFERENCE_GAIN = 4  # How much stronger than it is a difference is shown.
_GRAB = 7.0  # The line is taken hold of within this distance, before scaling.
_SHADE = (0.0, 0.0, 0.0, 0.6)


class Comparing:
    """Draws what was, over what is. Keeps a texture, and whether the line is in the hand."""

    def __init__(self) -> None:
        self._texture: Texture | None = None
        self._shown: tuple[Picture, Picture | None] | None = None
        self._holds = False

    def close(self) -> None:
        """Give the texture back."""
        if self._texture is not None:
            self._texture.delete()
            self._texture, self._shown = None, None

    @property
    def holds(self) -> bool:
        """Whether the line is in the hand, so that no tool is to act."""
        return self._holds

    # ------------------------------------------------------------------------
    # Drawing.

    def draw(self, pen: imgui.ImDrawList, view: View, state: EditorState, scale: float) -> bool:
        """Draw what is to be seen of before over what is on the stage, if it is known; tell whether it is."""
        compare, pair = state.compare, compared(state)
        if not compare.active or pair is None:
            return False
        was, now = pair
        height, width = now.shape[:2]
        first = imgui.ImVec2(view.left, view.top)
        last = imgui.ImVec2(view.left + width * view.zoom, view.top + height * view.zoom)
        if compare.held:
            pen.add_image(self._show(was, None), first, last)
            _tag(pen, "Before", first.x, first.y, scale)
        elif compare.mode is CompareMode.DIFFERENCE:
            pen.add_image(self._show(was, now), first, last)
            _tag(pen, f"Difference × {DIFFERENCE_GAIN}", first.x, first.y, scale)
        else:
            x = first.x + (last.x - first.x) * compare.line
            uv = imgui.ImVec2(0, 0), imgui.ImVec2(compare.line, 1)
            pen.add_image(self._show(was, None), first, imgui.ImVec2(x, last.y), *uv)
            _draw_line(pen, x, first.y, last.y, scale)
            _tag(pen, "Before", x, first.y, scale, left=True)
            _tag(pen, "After", x, first.y, scale)
        return True

    def _show(self, was: Picture, now: Picture | None) -> imgui.ImTextureRef:
        """Upload before, or what differs from now, if it is not there already."""
        if self._texture is None:
            self._texture = Texture()
        shown = self._shown
        if shown is None or shown[0] is not was or shown[1] is not now:
            self._texture.upload(was if now is None else difference(was, now))
            self._shown = (was, now)
        return self._texture.ref

    # ------------------------------------------------------------------------
    # The mouse.

    def act(self, state: EditorState, view: View, scale: float) -> list[Action]:
        """Let the line of the split view be pulled; the stage is the last item drawn."""
        compare, pair = state.compare, compared(state)
        if compare.mode is not CompareMode.SPLIT or compare.held or pair is None:
            self._holds = False
            return []
        width = pair[1].shape[1] * view.zoom
        mouse = mouse_place()
        near = imgui.is_item_hovered() and abs(mouse[0] - view.left - compare.line * width) < _GRAB * scale
        if near and imgui.is_item_clicked(imgui.MouseButton_.left):
            self._holds = True
        if not imgui.is_mouse_down(imgui.MouseButton_.left):
            self._holds = False
        if near or self._holds:
            imgui.set_mouse_cursor(imgui.MouseCursor_.resize_ew)
        line = min(max((mouse[0] - view.left) / width, 0.0), 1.0)
        return [MoveLine(line)] if self._holds and line != compare.line else []


def difference(one: Picture, other: Picture) -> Picture:
    """Show how much two pictures differ, uint8 [H, W, 3]: absolute, and stronger than it is."""
    apart = np.abs(one.astype(np.int16) - other.astype(np.int16)) * DIFFERENCE_GAIN
    return np.minimum(apart, 255).astype(np.uint8)


def _draw_line(pen: imgui.ImDrawList, x: float, top: float, bottom: float, scale: float) -> None:
    pen.add_line(imgui.ImVec2(x, top), imgui.ImVec2(x, bottom), markers.colour(_SHADE), 4 * scale)
    pen.add_line(imgui.ImVec2(x, top), imgui.ImVec2(x, bottom), markers.colour((1, 1, 1, 1)), 2 * scale)
    grip = imgui.ImVec2(x, (top + bottom) / 2)
    pen.add_circle_filled(grip, 8 * scale, markers.colour(_SHADE))
    pen.add_circle_filled(grip, 6.5 * scale, markers.colour(theme.ACCENT))


def _tag(pen: imgui.ImDrawList, text: str, x: float, y: float, scale: float, *, left: bool = False) -> None:
    """Write a word in a dark box, right or left of a place."""
    pad, extent = 6 * scale, imgui.calc_text_size(text)
    x = x - extent.x - 3 * pad if left else x + pad
    corner = imgui.ImVec2(x + extent.x + 2 * pad, y + pad + extent.y + pad)
    pen.add_rect_filled(imgui.ImVec2(x, y + pad), corner, markers.colour(_SHADE), pad)
    pen.add_text(imgui.ImVec2(x + pad, y + 1.5 * pad), markers.colour((1, 1, 1, 1)), text)
