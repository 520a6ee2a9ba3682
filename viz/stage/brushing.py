"""The mouse as a brush on the mask."""

from imgui_bundle import imgui

from viz.actions import Action, Paint
from viz.stage.pointing import mouse_place
from viz.view import Point, View


class Brushing:
    """Turns the mouse on the canvas, the last item drawn, into strokes. Keeps where the brush was."""

    def __init__(self) -> None:
        self._last: Point | None = None

    def let_go(self) -> None:
        """Lift the brush."""
        self._last = None

    def act(self, view: View) -> list[Action]:
        """Paint from where the brush was to where it is; the right button does the opposite of the left."""
        left = imgui.is_mouse_down(imgui.MouseButton_.left)
        right = imgui.is_mouse_down(imgui.MouseButton_.right)
        if not imgui.is_item_active() or not (left or right):
            self._last = None
            return []
        place = view.to_picture(mouse_place())
        start = self._last or place
        if self._last == place:
            return []
        self._last = place
        return [Paint(start, place, erase=right)]
