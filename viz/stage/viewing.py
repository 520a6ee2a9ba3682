"""The mouse on the view: the wheel zooms under the cursor, a pull moves it, a double click fits it."""

import dataclasses

from imgui_bundle import imgui

from viz.actions import Action, ChangeView
from viz.stage.pointing import mouse_place
from viz.state import EditorState, ViewState
from viz.view import Point, View

_NOTCH = 1.2  # A notch of the wheel makes so many times larger.


class Viewing:
    """Turns the mouse on the canvas, the last item drawn, into actions. Keeps where a pull began."""

    def __init__(self) -> None:
        self._pulled_from: tuple[Point, Point] | None = None

    @property
    def pulls(self) -> bool:
        """Whether the picture is in the hand, so that no tool is to act."""
        return self._pulled_from is not None

    def act(self, state: EditorState, view: View, middle: Point) -> list[Action]:
        """Do what the mouse does now; `middle` of the canvas, on the screen."""
        now = _as_seen(state, view, middle)
        if imgui.is_item_hovered() and imgui.is_mouse_double_clicked(imgui.MouseButton_.middle):
            self._pulled_from = None
            return [ChangeView(dataclasses.replace(now, zoom=None))]
        wheel = imgui.get_io().mouse_wheel
        if wheel and imgui.is_item_hovered() and not self.pulls:
            return [ChangeView(_zoomed(now, wheel, view, middle))]
        return self._pull(now)

    def _pull(self, now: ViewState) -> list[Action]:
        space = imgui.is_key_down(imgui.Key.space) and not imgui.get_io().want_text_input
        begun = imgui.is_item_clicked(imgui.MouseButton_.middle)
        begun = begun or (space and imgui.is_item_clicked(imgui.MouseButton_.left))
        if begun:
            self._pulled_from = mouse_place(), now.centre
        if self._pulled_from is None:
            if space and imgui.is_item_hovered():
                imgui.set_mouse_cursor(imgui.MouseCursor_.hand)
            return []
        if not imgui.is_item_active():
            self._pulled_from = None
            return []
        imgui.set_mouse_cursor(imgui.MouseCursor_.hand)
        (x0, y0), (cx, cy) = self._pulled_from
        x, y = mouse_place()
        if (x, y) == (x0, y0) or now.zoom is None:
            return []
        centre = cx - (x - x0) / now.zoom, cy - (y - y0) / now.zoom
        return [ChangeView(dataclasses.replace(now, centre=centre))]


def _as_seen(state: EditorState, view: View, middle: Point) -> ViewState:
    """Say what is seen in numbers, also where the whole picture is."""
    return ViewState(view.zoom, view.to_picture(middle), state.seen.fit)


def _zoomed(now: ViewState, wheel: float, view: View, middle: Point) -> ViewState:
    """Zoom so that what is under the cursor stays there; on the way back, the whole picture is a stop."""
    zoom = view.zoom * _NOTCH**wheel
    if zoom <= now.fit < view.zoom * 1.001 and wheel < 0:
        return dataclasses.replace(now, zoom=None)
    mouse = mouse_place()
    x, y = view.to_picture(mouse)
    centre = x - (mouse[0] - middle[0]) / zoom, y - (mouse[1] - middle[1]) / zoom
    return dataclasses.replace(now, zoom=zoom, centre=centre)
