"""Opening a window. GLFW only warns, so every answer of it is looked at."""

from typing import Any

from imgui_bundle import imgui  # noqa: F401  (before glfw: it brings the library that the glfw package finds)

# isort: split
import glfw

from gui_utils.errors import NoDisplayError, NoOpenGLError
from gui_utils.placing import fit_to_monitor
from gui_utils.surroundings import in_words


def open_handle(title: str, width: int, height: int, *, offscreen: bool) -> Any:
    """Open a window with an OpenGL context, which is made the current one.

    Raises:
        NoDisplayError: if there is no display.
        NoOpenGLError: if the display has no OpenGL 3.3.
    """
    errors: list[str] = []
    glfw.set_error_callback(lambda code, text: errors.append(in_words(text)))
    if offscreen:
        glfw.init_hint(glfw.PLATFORM, glfw.PLATFORM_NULL)
    if not glfw.init():
        raise NoDisplayError(f"no display to open a window on ({_last_of(errors)})")
    glfw.window_hint(glfw.CONTEXT_VERSION_MAJOR, 3)
    glfw.window_hint(glfw.CONTEXT_VERSION_MINOR, 3)
    glfw.window_hint(glfw.OPENGL_PROFILE, glfw.OPENGL_CORE_PROFILE)
    glfw.window_hint(glfw.OPENGL_FORWARD_COMPAT, glfw.TRUE)  # macOS gives no core profile without it.
    glfw.window_hint(glfw.SCALE_TO_MONITOR, glfw.TRUE)
    if offscreen:
        glfw.window_hint(glfw.CONTEXT_CREATION_API, glfw.EGL_CONTEXT_API)
    handle = glfw.create_window(width, height, title, None, None)
    if not handle:
        glfw.terminate()
        raise NoOpenGLError(
            f"the display has no OpenGL 3.3 ({_last_of(errors)}); "
            "install a graphics driver, or use --headless"
        )
    fit_to_monitor(handle)
    glfw.make_context_current(handle)
    glfw.swap_interval(0 if offscreen else 1)
    return handle


def _last_of(errors: list[str]) -> str:
    return errors[-1] if errors else "GLFW gives no reason"
