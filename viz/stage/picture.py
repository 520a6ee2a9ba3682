"""The picture on the stage, and the mask over it."""

import math

import numpy as np
from imgui_bundle import imgui

from gui_utils.texture import Texture
from viz import markers
from viz.stage.shown import mask_to_show
from viz.state import EditorState, Mask
from viz.view import View

# Screen units for a pixel, before scaling, from which on pixels are crisp, and have lines between them.
_CRISP = 4.0
_GRID = 10.0
_LINE = (0.5, 0.5, 0.5, 0.35)
_WHILE_BUSY = 0.55  # Of its strength the overlay has while something runs: that is to be seen.


class PictureLayer:
    """Draws picture and mask, and keeps their textures."""

    def __init__(self) -> None:
        self._picture = Texture()
        self._overlay = Texture()
        self._shown: np.ndarray | None = None
        self._masked: Mask | None = None

    def close(self) -> None:
        """Give the textures back."""
        self._picture.delete()
        self._overlay.delete()

    def draw(self, pen: imgui.ImDrawList, view: View, state: EditorState, scale: float) -> None:
        """Draw them where the view says; from near, each pixel is to be seen."""
        if state.frame is None:
            return
        picture = state.frame.picture
        if self._shown is not picture:
            self._picture.upload(picture)
            self._shown = picture
        height, width = picture.shape[:2]
        first = imgui.ImVec2(view.left, view.top)
        last = imgui.ImVec2(view.left + width * view.zoom, view.top + height * view.zoom)
        self._picture.pixelated = state.view.zoom is not None and view.zoom >= _CRISP * scale
        pen.add_image(self._picture.ref, first, last)
        mask = mask_to_show(state)
        if mask is not None:
            if mask is not self._masked:
                self._overlay.upload(markers.mask_picture(mask))
                self._masked = mask
            strength = state.drag.mask_strength * (1.0 if state.editable else _WHILE_BUSY)
            tint = imgui.ImVec4(1.0, 1.0, 1.0, strength)
            whole = imgui.ImVec2(0, 0), imgui.ImVec2(1, 1)
            pen.add_image(self._overlay.ref, first, last, *whole, imgui.color_convert_float4_to_u32(tint))
        if view.zoom >= _GRID * scale and state.view.zoom is not None:
            _draw_grid(pen, view, width, height)


def _draw_grid(pen: imgui.ImDrawList, view: View, width: int, height: int) -> None:
    """Draw lines between the pixels that can be seen."""
    low, high = pen.get_clip_rect_min(), pen.get_clip_rect_max()
    left, top = (max(0, math.floor(at + 0.5)) for at in view.to_picture((low.x, low.y)))
    right, bottom = (math.ceil(at + 0.5) for at in view.to_picture((high.x, high.y)))
    right, bottom = min(right, width), min(bottom, height)
    line = markers.colour(_LINE)
    for x in range(left, right + 1):
        at, first = view.left + x * view.zoom, view.top + top * view.zoom
        pen.add_line(imgui.ImVec2(at, first), imgui.ImVec2(at, view.top + bottom * view.zoom), line)
    for y in range(top, bottom + 1):
        at, first = view.top + y * view.zoom, view.left + left * view.zoom
        pen.add_line(imgui.ImVec2(first, at), imgui.ImVec2(view.left + right * view.zoom, at), line)
