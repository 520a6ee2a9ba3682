"""Why there is no window. Importing this brings no library of the window with it."""

import os
import sys

from dnnlib.errors import EditorError


class WindowError(EditorError):
    """The window could not be opened."""


class NoDisplayError(WindowError):
    """There is no screen to open a window on."""


class NoOpenGLError(WindowError):
    """There is a screen, but no OpenGL 3.3 on it."""


def check_libraries() -> None:
    """See that the window's libraries load: a server may lack those of the system that they stand on.

    Raises:
        NoDisplayError: if they do not, and there is no display anyway.
        NoOpenGLError: if they do not, though there is a display.
    """
    try:
        import glfw  # noqa: F401
        import imgui_bundle  # noqa: F401
        from OpenGL import GL  # noqa: F401
    except (ImportError, OSError) as error:
        reason = str(error).splitlines()[0]
        if not _has_display():
            raise NoDisplayError(f"no display to open a window on ({reason})") from error
        raise NoOpenGLError(
            f"the window's libraries cannot be loaded ({reason}); "
            "on Debian or Ubuntu type: sudo apt-get install libgl1 libegl1 libx11-6"
        ) from error


def _has_display() -> bool:
    """Tell whether the system says that there is a display; only Linux needs to say so."""
    return not sys.platform.startswith("linux") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
