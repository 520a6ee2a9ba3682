"""The picture and what a mouse does on it: points, targets, the mask brush, the choice of a face."""

import dataclasses

from imgui_bundle import imgui

from gui_utils import theme
from viz import markers
from viz.actions import Action, ChangeView, Tell
from viz.sight import mask_hidden, points_hidden
from viz.stage.brushing import Brushing
from viz.stage.comparing import Comparing
from viz.stage.picture import PictureLayer
from viz.stage.pointing import Pointing, marker_at, mouse_place
from viz.stage.shown import pairs_to_show
from viz.stage.viewing import Viewing
from viz.state import CompareMode, EditorState, Tool
from viz.view import View

GREETING = "Click “Close eyes”"
_MARKER = 5.5  # Radius of a point, before scaling.


class Canvas:
    """Draws the stage and turns the mouse into actions."""

    def __init__(self) -> None:
        self._scale = 1.0
        self._picture = PictureLayer()
        self._pointing = Pointing()
        self._brushing = Brushing()
        self._viewing = Viewing()
        self._comparing = Comparing()
        self.view = View(0.0, 0.0, 1.0)

    def close(self) -> None:
        """Give the textures back."""
        self._picture.close()
        self._comparing.close()

    def draw(self, state: EditorState, scale: float) -> list[Action]:
        """Fill what is left of the current window; `scale` is the window's."""
        self._scale = scale
        corner, room = imgui.get_cursor_screen_pos(), imgui.get_content_region_avail()
        room = imgui.ImVec2(max(room.x, 8), max(room.y, 8))
        buttons = imgui.ButtonFlags_
        flags = buttons.mouse_button_left | buttons.mouse_button_right | buttons.mouse_button_middle
        imgui.invisible_button("canvas", room, flags)
        pen = imgui.get_window_draw_list()
        if state.frame is None or state.image_size is None:
            self._draw_nothing(pen, state, corner, room)
            return []
        middle = corner.x + room.x / 2, corner.y + room.y / 2
        fitted = View.fit(state.image_size, (corner.x, corner.y), (room.x, room.y), 16 * self._scale)
        wanted = state.view
        self.view = fitted if wanted.zoom is None else View.around(wanted.centre, wanted.zoom, middle)
        pen.push_clip_rect(corner, imgui.ImVec2(corner.x + room.x, corner.y + room.y), True)
        self._picture.draw(pen, self.view, state, self._scale)
        self._comparing.draw(pen, self.view, state, self._scale)
        found = self._viewing.act(state, self.view, middle)
        found += self._comparing.act(state, self.view, self._scale)
        in_hand = self._viewing.pulls or self._comparing.holds
        found += self._let_go() if not state.editable or in_hand else self._mouse(state)
        if not state.compare.held and state.compare.mode is not CompareMode.DIFFERENCE:
            self._draw_marks(pen, state)
        if not state.window.greeted and state.ready and not state.drag.pairs and state.face.there:
            markers.draw_caption(pen, GREETING, middle[0], corner.y + room.y)
        pen.pop_clip_rect()
        if not found and wanted.fit != fitted.zoom:
            found.append(ChangeView(dataclasses.replace(wanted, fit=fitted.zoom)))
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

    def _draw_marks(self, pen: imgui.ImDrawList, state: EditorState) -> None:
        size = _MARKER * self._scale
        if state.face.show_landmarks and state.face.faces:
            for face in state.face.faces:
                markers.draw_face(pen, self.view, face, size, chosen=face is state.face.chosen)
            if len(state.face.faces) > 1:
                markers.draw_face_tags(pen, self.view, state.face.faces, size)
        under_mouse = (
            None
            if not state.editable
            else self._pointing.grip or marker_at(state, self.view, mouse_place(), self._scale)
        )
        for index, pair in enumerate(pairs_to_show(state)):
            active = under_mouse.end if under_mouse is not None and under_mouse.index == index else ""
            held = state.drag.selected if state.editable else None
            selected = held.end if held is not None and held.index == index else ""
            markers.draw_pair(pen, self.view, pair.point, pair.target, size, active=active, selected=selected)
        waiting = state.drag.pairs[-1] if state.drag.pairs else None
        if waiting is not None and waiting.target is None and imgui.is_item_hovered() and not state.busy:
            start = self.view.to_screen(waiting.point)
            markers.draw_arrow(pen, start, mouse_place(), size, alpha=0.6)
        if state.drag.tool is Tool.BRUSH and imgui.is_item_hovered() and state.editable:
            erasing = imgui.is_mouse_down(imgui.MouseButton_.right)
            radius = state.drag.brush_radius * self.view.zoom
            moves = state.drag.brush_moves != erasing
            markers.draw_brush(pen, mouse_place(), radius, state.drag.brush_hardness, moves=moves)

    # ------------------------------------------------------------------------
    # The mouse.

    def _mouse(self, state: EditorState) -> list[Action]:
        brush = state.drag.tool is Tool.BRUSH
        if hidden := mask_hidden(state) if brush else points_hidden(state):
            return [*self._let_go(), *([Tell(hidden)] if imgui.is_item_clicked() else [])]
        if brush:
            self._pointing.let_go()
            return self._brushing.act(self.view)
        self._brushing.let_go()
        return self._pointing.act(state, self.view, self._scale)

    def _let_go(self) -> list[Action]:
        self._pointing.let_go()
        self._brushing.let_go()
        return []
