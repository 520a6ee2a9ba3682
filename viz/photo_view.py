"""The photograph on the stage: as it was, with faces to click on, with the edit in it, or both compared."""

import dataclasses

import numpy as np
from imgui_bundle import imgui

from faces.landmarks import Face, choose_face
from gui_utils import theme
from gui_utils.texture import Texture
from viz import markers
from viz.actions import Action, ChangePhoto, ChangeView
from viz.stage.comparing import Comparing
from viz.stage.pointing import mouse_place
from viz.stage.viewing import Viewing
from viz.state import EditorState, PhotoView
from viz.view import View

_MARGIN, _LABEL = 16.0, 10.0  # Before scaling.
_ROUND = 4.0
_FAINT = (1.0, 1.0, 1.0, 0.65)


class PhotoStage:
    """Draws the photograph, and lets a face be chosen."""

    def __init__(self) -> None:
        self._texture: Texture | None = None
        self._shown: np.ndarray | None = None
        self._viewing = Viewing()
        self._comparing = Comparing()
        self.view = View(0.0, 0.0, 1.0)

    def close(self) -> None:
        """Give the texture back."""
        if self._texture is not None:
            self._texture.delete()
            self._texture = None
        self._comparing.close()

    def draw(self, state: EditorState, scale: float) -> list[Action]:
        """Fill what is left of the current window with the photograph."""
        picture = state.photo.shown
        corner, room = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        room = imgui.ImVec2(max(room.x, 8), max(room.y, 8))
        buttons = imgui.ButtonFlags_.mouse_button_left | imgui.ButtonFlags_.mouse_button_middle
        imgui.invisible_button("photograph", room, buttons)
        if picture is None:
            return []
        height, width = picture.shape[:2]
        if self._texture is None:
            self._texture = Texture()
        if self._shown is not picture:
            self._texture.upload(picture)
            self._shown = picture
        middle = corner.x + room.x / 2, corner.y + room.y / 2
        fitted = View.fit((height, width), (corner.x, corner.y), (room.x, room.y), _MARGIN * scale)
        wanted = state.seen
        self.view = fitted if wanted.zoom is None else View.around(wanted.centre, wanted.zoom, middle)
        first = imgui.ImVec2(self.view.left, self.view.top)
        last = imgui.ImVec2(first.x + width * self.view.zoom, first.y + height * self.view.zoom)
        pen = imgui.get_window_draw_list()
        pen.push_clip_rect(corner, imgui.ImVec2(corner.x + room.x, corner.y + room.y), True)
        pen.add_image(self._texture.ref, first, last)
        after = state.photo.view is PhotoView.AFTER and state.photo.edited is not None
        if not self._comparing.draw(pen, self.view, state, scale):
            _label(pen, "After" if after else "Before", (first.x, first.y), scale)
        found = self._viewing.act(state, self.view, middle)
        found += self._comparing.act(state, self.view, scale)
        if not after:
            found += self._faces(pen, state, scale)
        pen.pop_clip_rect()
        if not found and wanted.fit != fitted.zoom:
            found.append(ChangeView(dataclasses.replace(wanted, fit=fitted.zoom)))
        return found

    def _faces(self, pen: imgui.ImDrawList, state: EditorState, scale: float) -> list[Action]:
        """Draw a box around each face; a click chooses one."""
        photo, under = state.photo, None
        if imgui.is_item_hovered() and photo.faces and not state.busy and not self._viewing.pulls:
            under = choose_face(list(photo.faces), self.view.to_picture(mouse_place()))
            imgui.set_mouse_cursor(imgui.MouseCursor_.hand)
        for index, face in enumerate(photo.faces):
            chosen = index == photo.chosen
            self._box(
                pen,
                face,
                theme.ACCENT if chosen else _FAINT,
                (2.5 if chosen or face is under else 1.2) * scale,
            )
        if under is None or not imgui.is_item_clicked(imgui.MouseButton_.left):
            return []
        chosen_now = next(index for index, face in enumerate(photo.faces) if face is under)
        if chosen_now == photo.chosen:
            return []
        return [ChangePhoto(dataclasses.replace(photo, chosen=chosen_now))]

    def _box(self, pen: imgui.ImDrawList, face: Face, colour: theme.Colour, thick: float) -> None:
        left, top, right, bottom = face.box
        low, high = self.view.to_screen((left, top)), self.view.to_screen((right, bottom))
        pen.add_rect(imgui.ImVec2(*low), imgui.ImVec2(*high), markers.colour(colour), _ROUND, thickness=thick)


def _label(pen: imgui.ImDrawList, words: str, corner: tuple[float, float], scale: float) -> None:
    extent, pad, inset = imgui.calc_text_size(words), 5 * scale, _LABEL * scale
    left, top = corner[0] + inset, corner[1] + inset
    low, high = imgui.ImVec2(left, top), imgui.ImVec2(left + extent.x + 2 * pad, top + extent.y + 2 * pad)
    pen.add_rect_filled(low, high, markers.colour((0.0, 0.0, 0.0, 0.55)), _ROUND)
    pen.add_text(imgui.ImVec2(left + pad, top + pad), markers.colour((1.0, 1.0, 1.0, 1.0)), words)
