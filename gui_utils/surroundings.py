"""What a window stands in: who draws it, the clipboard, and Ctrl-C on the terminal."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any, cast

from imgui_bundle import imgui  # Before glfw: it brings the GLFW library that the glfw package then finds.

# isort: split
import glfw
from OpenGL import GL


def share_clipboard() -> None:
    """Let text boxes copy and paste: the renderer hands GLFW a window, which it has no use for."""
    platform, window = imgui.get_platform_io(), cast(Any, None)
    platform.platform_get_clipboard_text_fn = lambda _: in_words(glfw.get_clipboard_string(window) or "")
    platform.platform_set_clipboard_text_fn = lambda _, text: glfw.set_clipboard_string(window, text)


def drawn_by_processor() -> bool:
    """Tell whether the current OpenGL context has no graphics card behind it."""
    renderer = in_words(GL.glGetString(GL.GL_RENDERER) or "").lower()
    names = ("llvmpipe", "softpipe", "swiftshader", "software", "gdi generic")
    return any(name in renderer for name in names)


def in_words(text: bytes | str) -> str:
    """Read what the system says."""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


@contextlib.contextmanager
def between_frames() -> Iterator[threading.Event]:
    """Note Ctrl-C rather than raise it: a frame that is broken off leaves Dear ImGui with open ends.

    Yields:
        an event that is set once Ctrl-C was pressed.
    """
    pressed = threading.Event()
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.set())
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
