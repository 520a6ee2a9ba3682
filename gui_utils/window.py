"""One window: GLFW, an OpenGL context and Dear ImGui, drawn at the display's rate while anything moves.

    with Window("Title", 1280, 800) as window:
        window.run(draw)

`draw` is called once a frame, between the start and the end of a Dear ImGui frame.
"""

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from imgui_bundle import (  # Before glfw: it brings the GLFW library that the glfw package then finds.
    imgui,
    implot,
)
from imgui_bundle.python_backends.glfw_backend import GlfwRenderer

# isort: split
import glfw
from OpenGL import GL

from gui_utils import theme
from gui_utils.events import WindowEvents
from gui_utils.opening import open_handle
from gui_utils.placing import Whereabouts
from gui_utils.surroundings import between_frames, drawn_by_processor, share_clipboard
from gui_utils.timing import FrameTiming, rest

FRAMES_PER_SECOND = 60  # Where the display does not pace us (a virtual screen has no refresh).
SOFTWARE_FRAMES_PER_SECOND = 30  # Where the processor draws: it has other work to do.
_AWAKE_SECONDS = 0.7  # Drawn for so long after the last event: tooltips and fades are still to come.
_NAP_SECONDS = 0.5  # With nothing to do, the loop looks around so often.


class Window:
    """A window on the screen.

    Must be made, used and closed on the main thread; only `wake` may be called from others.

    Args:
        title: shown in the title bar.
        width: in screen units, before scaling to the monitor.
        height: likewise.
        offscreen: no window at all, but drawn all the same (GLFW's null platform on EGL; needs
            PYOPENGL_PLATFORM=egl in the environment before this module is imported).
        scale: size of text and widgets; None takes the monitor's.
        look: one of theme.THEMES.

    Attributes:
        events: what mouse, keys and drops do.
        timing: how long frames take.
        where: the window is on the screen.

    Raises:
        NoDisplayError: if there is no display.
        NoOpenGLError: if the display has no OpenGL 3.3.
    """

    def __init__(
        self,
        title: str,
        width: int = 1280,
        height: int = 800,
        *,
        offscreen: bool = False,
        scale: float | None = None,
        look: str = "dark",
    ) -> None:
        self.timing = FrameTiming()
        self._handle = open_handle(title, width, height, offscreen=offscreen)
        self.where = Whereabouts(self._handle)
        self._context = imgui.create_context()
        self._plots = implot.create_context()
        imgui.get_io().set_ini_filename("")  # Nothing is written into the current folder.
        imgui.get_io().config_flags |= imgui.ConfigFlags_.docking_enable
        imgui.get_io().config_windows_move_from_title_bar_only = True
        self._renderer: Any = GlfwRenderer(self._handle, attach_callbacks=False)
        share_clipboard()
        self._awake_until = 0.0
        self._wants_picture: list[Callable[[np.ndarray], None]] = []
        self._software = drawn_by_processor()
        self._rate = SOFTWARE_FRAMES_PER_SECOND if self._software else FRAMES_PER_SECOND
        self._gives_way = False
        self._wanted_scale = scale
        self._factor = 1.0
        self._look = look
        self._applied = (0.0, "")
        self._size = (width, height)
        self.events = WindowEvents(self._handle, self._renderer, on_event=self.stay_awake)
        self.stay_awake()
        self._measure()

    # ------------------------------------------------------------------------
    # Size.

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in screen units, in which the mouse is measured too; as of this frame."""
        return self._size

    @property
    def scale(self) -> float:
        """How much larger than on a plain monitor text and widgets are drawn, in screen units."""
        return self._applied[0]

    def set_look(self, look: str, factor: float = 1.0) -> None:
        """Choose theme (one of theme.THEMES) and size (1 is what the monitor asks for) from now on."""
        self._look, self._factor = look, factor

    def give_way(self, to_work: bool) -> None:
        """Draw less often from now on while something else computes, where the same processor draws."""
        self._gives_way = to_work and self._software

    def _measure(self) -> None:
        """Ask for size and scale, once a frame: each answer is a journey to the display server and back."""
        width, height = glfw.get_window_size(self._handle)
        self._size = (int(width), int(height))
        pixels = glfw.get_framebuffer_size(self._handle)[0] / max(1, width)
        content = float(glfw.get_window_content_scale(self._handle)[0])
        # macOS counts in points of several pixels; elsewhere a unit is a pixel, and the text must grow.
        scale = (self._wanted_scale or max(1.0, content / max(1.0, pixels))) * self._factor
        if (scale, self._look) != self._applied:
            self._applied = scale, self._look
            theme.apply_theme(scale, self._look)

    # ------------------------------------------------------------------------
    # Frames.

    def run(self, draw: Callable[[], None]) -> None:
        """Draw until the window is closed; rest while nothing happens and nothing keeps it awake.

        Raises:
            KeyboardInterrupt: after Ctrl-C on the terminal, once the frame that is being drawn is whole.
        """
        with between_frames() as interrupted:
            while not self.closing and not interrupted.is_set():
                if time.monotonic() < self._awake_until:
                    glfw.poll_events()
                else:
                    glfw.wait_events_timeout(_NAP_SECONDS)
                if time.monotonic() < self._awake_until and not self._minimized:
                    began = time.monotonic()
                    self.frame(draw)
                    rest(began, self._rate, self._gives_way)
        if interrupted.is_set():
            raise KeyboardInterrupt

    def frame(self, draw: Callable[[], None]) -> None:
        """Draw one frame now."""
        began = time.perf_counter()
        self._draw(draw)
        if self._wants_picture:
            wants, self._wants_picture = self._wants_picture, []
            picture = self._read()
            for told in wants:
                told(picture)
            self.stay_awake()
        self._present()
        self.timing.note(began, time.perf_counter())

    def snapshot(self, draw: Callable[[], None]) -> np.ndarray:
        """Draw one frame now, and read it: uint8 [H, W, 3]."""
        self._draw(draw)
        picture = self._read()
        self._present()
        return picture

    def picture_next(self, told: Callable[[np.ndarray], None]) -> None:
        """Hand over a picture of the next frame, uint8 [H, W, 3], once that is drawn."""
        self._wants_picture.append(told)
        self.stay_awake()

    def _read(self) -> np.ndarray:
        """Read the frame that was drawn, before it is presented: its content is nobody's afterwards."""
        width, height = glfw.get_framebuffer_size(self._handle)
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        data = GL.glReadPixels(0, 0, width, height, GL.GL_RGB, GL.GL_UNSIGNED_BYTE)
        return np.frombuffer(data, np.uint8).reshape(height, width, 3)[::-1].copy()

    def _draw(self, draw: Callable[[], None]) -> None:
        glfw.make_context_current(self._handle)
        imgui.set_current_context(self._context)
        self._measure()
        self._renderer.process_inputs()
        imgui.new_frame()
        try:
            draw()
        finally:
            imgui.render()
        GL.glClearColor(*theme.BACKGROUND)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        self._renderer.render(imgui.get_draw_data())

    def _present(self) -> None:
        glfw.swap_buffers(self._handle)
        self.events.show_cursor()
        if imgui.get_io().want_text_input:
            self.stay_awake()  # The text cursor blinks.

    @property
    def _minimized(self) -> bool:
        return 0 in glfw.get_framebuffer_size(self._handle)

    def stay_awake(self, seconds: float = _AWAKE_SECONDS) -> None:
        """Keep drawing for a while, at the display's rate."""
        self._awake_until = max(self._awake_until, time.monotonic() + seconds)

    def wake(self) -> None:
        """Draw again soon: there is news. May be called from any thread."""
        self.stay_awake()
        glfw.post_empty_event()

    # ------------------------------------------------------------------------
    # Drops and the end.

    def take_dropped(self) -> list[Path]:
        """Give the files dropped on the window since the last call."""
        return self.events.take_dropped()

    @property
    def closing(self) -> bool:
        """Whether the person has asked to close the window."""
        return bool(glfw.window_should_close(self._handle))

    def ask_to_close(self) -> None:
        """Let `run` end after this frame."""
        glfw.set_window_should_close(self._handle, True)

    def close(self) -> None:
        """Close the window and give everything back. May be called twice."""
        if self._handle is None:
            return
        glfw.make_context_current(self._handle)
        imgui.set_current_context(self._context)
        self._renderer.shutdown()
        implot.destroy_context(self._plots)
        imgui.destroy_context(self._context)
        self.events.forget_cursors()
        glfw.destroy_window(self._handle)
        glfw.terminate()
        self._handle = None

    def __enter__(self) -> Self:
        """Return the window itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the window, however the block ended."""
        self.close()
