"""A virtual screen for the tests, and a person in front of it.

The window of these tests is the real one: GLFW and OpenGL on an X server without a monitor (Xvfb), or, where
that is not installed, GLFW's null platform on EGL. Events are injected where GLFW would call.
"""

import atexit
import functools
import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

if sys.platform.startswith("linux") and shutil.which("Xvfb") is None:
    os.environ["PYOPENGL_PLATFORM"] = "egl"  # Before OpenGL is imported anywhere.

# Between two looks at a window a sixtieth of a second passes for it, however slow the machine is: whether two
# clicks are a double click is not left to chance.
_TICK = 1 / 60
_moments = itertools.count(60_000_000)

Rect = tuple[float, float, float, float]

_RECORDED = (
    "button",
    "checkbox",
    "collapsing_header",
    "drag_float2",
    "drag_int",
    "input_text",
    "begin_menu",
    "input_text_with_hint",
    "invisible_button",
    "menu_item",
    "selectable",
    "slider_float",
    "slider_int",
    "tree_node_ex",
)


@functools.cache
def virtual_display() -> str | None:
    """Start one X server for the whole run; give its DISPLAY, or None where there is no Xvfb."""
    if shutil.which("Xvfb") is None:
        return None
    return start_display("-screen", "0", "1600x1400x24")


def start_display(*options: str) -> str:
    """Start an X server that lives as long as the tests, and give its DISPLAY."""
    reading, writing = os.pipe()
    # Without -noreset it would forget everything when the first window of many is closed.
    command = ["Xvfb", "-displayfd", str(writing), "-noreset", "-nolisten", "tcp", *options]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    atexit.register(_end, server)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        return f":{pipe.readline().strip()}"


def _end(server: subprocess.Popen[bytes]) -> None:
    server.kill()
    server.wait()


@contextmanager
def open_window(monkeypatch: pytest.MonkeyPatch, width: int, height: int, **options: Any) -> Iterator[Any]:
    """Open the real window on the virtual screen."""
    display = virtual_display()
    if display is not None:
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    from gui_utils.window import Window

    offscreen = display is None and sys.platform.startswith("linux")
    with Window("test", width, height, offscreen=offscreen, **options) as window:
        yield window


class Person:
    """Looks at a window and uses mouse and keys on it.

    Widgets are found by their labels: every Dear ImGui call that draws one is watched.
    """

    def __init__(self, window: Any, draw: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
        from imgui_bundle import imgui

        self.window, self._draw = window, draw
        self._seen: list[tuple[str, Rect]] = []
        self._imgui = imgui
        monkeypatch.setattr("glfw.get_time", lambda: next(_moments) * _TICK)
        for name in _RECORDED:
            monkeypatch.setattr(imgui, name, self._watched(getattr(imgui, name)))

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def watching(label: str, *rest: Any, **named: Any) -> Any:
            result = function(label, *rest, **named)
            low, high = self._imgui.get_item_rect_min(), self._imgui.get_item_rect_max()
            self._seen.append((label, (low.x, low.y, high.x, high.y)))
            return result

        return watching

    # ------------------------------------------------------------------------
    # Looking.

    def look(self, frames: int = 1) -> None:
        """Let some frames pass."""
        for _ in range(frames):
            self._seen.clear()
            self.window.frame(self._draw)

    def picture(self) -> np.ndarray:
        """See the window: uint8 [H, W, 3]."""
        self._seen.clear()
        return self.window.snapshot(self._draw)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Look until something is so."""
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, "waited in vain"
            self.look()
            time.sleep(0.002)

    @property
    def places(self) -> list[Rect]:
        """Where the widgets of the last frame are."""
        return [rect for _, rect in self._seen]

    def sees(self, label: str) -> bool:
        """Tell whether a widget is there."""
        return any(label == seen for seen, _ in self._seen)

    def place_of(self, label: str, number: int = 0) -> Rect:
        """Find the widget of a label (the first, or a later one of the same label)."""
        places = [rect for seen, rect in self._seen if seen == label]
        assert len(places) > number, f"{label!r} is not on the screen; there are {[s for s, _ in self._seen]}"
        return places[number]

    # ------------------------------------------------------------------------
    # Acting.

    def move(self, x: float, y: float) -> None:
        """Bring the mouse somewhere."""
        self.window.events.on_mouse(x, y)
        self.look()

    def press(self, button: int = 0) -> None:
        """Hold a mouse button down."""
        self.window.events.on_button(button, 1)
        self.look()

    def release(self, button: int = 0) -> None:
        """Let it go."""
        self.window.events.on_button(button, 0)
        self.look()

    def click_at(self, x: float, y: float, button: int = 0) -> None:
        """Click somewhere."""
        self.move(x, y)
        self.press(button)
        self.release(button)

    def click(self, label: str, number: int = 0) -> None:
        """Click on a widget's left part, where its box or text is."""
        left, top, right, bottom = self.place_of(label, number)
        self.click_at(left + min(12.0, (right - left) / 2), (top + bottom) / 2)

    def pull(
        self, start: tuple[float, float], end: tuple[float, float], button: int = 0, stops: int = 4
    ) -> None:
        """Press at one place, go to another in some stops, and let go there."""
        self.move(*start)
        self.press(button)
        for index in range(1, stops + 1):
            share = index / stops
            self.move(start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
        self.release(button)

    def type(self, text: str) -> None:
        """Type text."""
        for letter in text:
            self.window.events.on_char(ord(letter))
        self.look(2)

    def key(self, key: int, mods: int = 0) -> None:
        """Press a key and let it go; as GLFW counts keys."""
        self.window.events.on_key(key, 1, mods)
        self.look()
        self.window.events.on_key(key, 0, 0)
        self.look()
