"""GLFW's events on their way to Dear ImGui: mouse, keys, text, dropped files, the shape of the cursor.

The methods named `on_...` are what GLFW calls; a test calls them to act as a person would.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from imgui_bundle import imgui

# isort: split
import glfw

_NOWHERE = -3.4e38  # Where the mouse is for Dear ImGui when it has left the window.

_CURSORS = {
    imgui.MouseCursor_.text_input: glfw.IBEAM_CURSOR,
    imgui.MouseCursor_.hand: glfw.HAND_CURSOR,
    imgui.MouseCursor_.resize_ew: glfw.HRESIZE_CURSOR,
    imgui.MouseCursor_.resize_ns: glfw.VRESIZE_CURSOR,
}


class WindowEvents:
    """Hands the events of one window on; `on_event` is called for each, so that the window wakes up."""

    def __init__(self, handle: Any, renderer: Any, on_event: Callable[[], None]) -> None:
        self._handle = handle
        self._renderer = renderer
        self._on_event = on_event
        self._dropped: list[Path] = []
        self._cursors: dict[int, Any] = {}
        self._cursor: int | None = None
        self._listen()

    def _listen(self) -> None:
        glfw.set_key_callback(self._handle, lambda _, key, code, action, mods: self.on_key(key, action, mods))
        glfw.set_char_callback(self._handle, lambda _, code: self.on_char(code))
        glfw.set_cursor_pos_callback(self._handle, lambda _, x, y: self.on_mouse(x, y))
        glfw.set_cursor_enter_callback(self._handle, lambda _, entered: self.on_enter(bool(entered)))
        glfw.set_mouse_button_callback(
            self._handle, lambda _, button, action, mods: self.on_button(button, action)
        )
        glfw.set_scroll_callback(self._handle, lambda _, x, y: self.on_scroll(x, y))
        glfw.set_window_focus_callback(self._handle, lambda _, focused: self.on_focus(bool(focused)))
        on_drop: Any = lambda _, paths: self.on_drop(paths)  # noqa: E731  (the package's own annotation is wrong)
        glfw.set_drop_callback(self._handle, on_drop)
        glfw.set_window_size_callback(self._handle, lambda *_: self._on_event())
        glfw.set_window_refresh_callback(self._handle, lambda *_: self._on_event())
        glfw.set_window_content_scale_callback(self._handle, lambda *_: self._on_event())
        glfw.set_window_close_callback(self._handle, lambda _: self._on_event())

    # ------------------------------------------------------------------------
    # What a person does.

    def on_mouse(self, x: float, y: float) -> None:
        """The mouse is at (x, y), in screen units from the window's top left."""
        self._on_event()
        self._io.add_mouse_pos_event(float(x), float(y))

    def on_enter(self, entered: bool) -> None:
        """The mouse has come in or gone out."""
        self._on_event()
        if not entered:
            self._io.add_mouse_pos_event(_NOWHERE, _NOWHERE)

    def on_button(self, button: int, action: int) -> None:
        """A mouse button went down or up: 0 left, 1 right, 2 middle."""
        self._on_event()
        if button < imgui.MouseButton_.count:
            self._io.add_mouse_button_event(button, action == glfw.PRESS)

    def on_scroll(self, x: float, y: float) -> None:
        """The wheel turned by (x, y) notches."""
        self._on_event()
        self._io.add_mouse_wheel_event(float(x), float(y))

    def on_key(self, key: int, action: int, mods: int = 0) -> None:
        """A key went down, repeats, or came up."""
        self._on_event()
        io = self._io
        # GLFW's word on the modifiers holds where the key itself went to another window.
        io.add_key_event(imgui.Key.mod_ctrl, bool(mods & glfw.MOD_CONTROL))
        io.add_key_event(imgui.Key.mod_shift, bool(mods & glfw.MOD_SHIFT))
        io.add_key_event(imgui.Key.mod_alt, bool(mods & glfw.MOD_ALT))
        io.add_key_event(imgui.Key.mod_super, bool(mods & glfw.MOD_SUPER))
        if key in self._renderer.key_map:
            io.add_key_event(self._renderer.key_map[key], action != glfw.RELEASE)

    def on_char(self, code: int) -> None:
        """A character was typed."""
        self._on_event()
        self._io.add_input_character(code)

    def on_focus(self, focused: bool) -> None:
        """The window was chosen or left; held keys are let go when it is left."""
        self._on_event()
        self._io.add_focus_event(focused)

    def on_drop(self, paths: list[str]) -> None:
        """Files were dropped on the window."""
        self._on_event()
        self._dropped.extend(Path(path) for path in paths)

    def take_dropped(self) -> list[Path]:
        """Give the files dropped since the last call."""
        dropped, self._dropped = self._dropped, []
        return dropped

    @property
    def _io(self) -> Any:
        return self._renderer.io

    # ------------------------------------------------------------------------
    # The cursor's shape.

    def show_cursor(self) -> None:
        """Give the mouse the shape that Dear ImGui asked for in this frame."""
        wanted = _CURSORS.get(imgui.MouseCursor_(imgui.get_mouse_cursor()), glfw.ARROW_CURSOR)
        if wanted == self._cursor:
            return
        if wanted not in self._cursors:
            self._cursors[wanted] = glfw.create_standard_cursor(wanted)
        glfw.set_cursor(self._handle, self._cursors[wanted])
        self._cursor = wanted

    def forget_cursors(self) -> None:
        """Give the cursors back to GLFW."""
        for cursor in self._cursors.values():
            if cursor:
                glfw.destroy_cursor(cursor)
        self._cursors.clear()
