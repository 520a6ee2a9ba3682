"""The picture on the stage, and the mask over it."""

import numpy as np
from imgui_bundle import imgui

from gui_utils.texture import Texture
from viz import markers
from viz.stage.shown import mask_to_show
from viz.state import EditorState, Mask
from viz.view import View


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

    def draw(self, pen: imgui.ImDrawList, view: View, state: EditorState) -> None:
        """Draw them where the view says."""
        if state.frame is None:
            return
        picture = state.frame.picture
        if self._shown is not picture:
            self._picture.upload(picture)
            self._shown = picture
        height, width = picture.shape[:2]
        first = imgui.ImVec2(view.left, view.top)
        last = imgui.ImVec2(view.left + width * view.zoom, view.top + height * view.zoom)
        pen.add_image(self._picture.ref, first, last)
        mask = mask_to_show(state)
        if mask is not None:
            if mask is not self._masked:
                self._overlay.upload(markers.mask_picture(mask))
                self._masked = mask
            tint = imgui.ImVec4(1.0, 1.0, 1.0, 0.55 if state.busy else 1.0)
            whole = imgui.ImVec2(0, 0), imgui.ImVec2(1, 1)
            pen.add_image(self._overlay.ref, first, last, *whole, imgui.color_convert_float4_to_u32(tint))
