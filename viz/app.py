"""The editor on the screen: once a frame it hears the worker, draws the panels, and does what was asked."""

import math
from pathlib import Path

from imgui_bundle import imgui

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from dnnlib.pictures import save_png
from gui_utils import theme
from gui_utils.widgets import section
from gui_utils.window import Window
from viz import answers, commands, editor, keys
from viz.actions import Action, DropFiles, LetGo, OpenNetwork
from viz.canvas import Canvas
from viz.catalogue import Catalogue
from viz.fetcher import Fetcher
from viz.panels import banners, progress
from viz.panels.table import PANELS
from viz.session import OpenSession
from viz.state import EditorState, LatentState
from viz.words import status_text
from viz.worker import Worker

TITLE = "Drag Auto"

# Widths and heights before scaling.
_CONTROLS_WIDTH = 368.0
_CONTROLS_LEAST = 280.0
_STAGE_LEAST = 240.0
_STATUS_HEIGHT = 30.0


class App:
    """Joins window, worker and panels.

    Args:
        window: to draw on; the app does not close it.
        open_session: reads a checkpoint, in the worker's thread.
        seed: of the first picture.
        catalogue: published checkpoints to fetch, if any.
    """

    def __init__(
        self,
        window: Window,
        open_session: OpenSession,
        seed: int = 18,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.window = window
        self.state = EditorState(latent=LatentState(seed=seed))
        self.worker = Worker(open_session, on_answer=window.wake)
        self.fetcher = Fetcher(catalogue, on_answer=window.wake) if catalogue is not None else None
        self.canvas = Canvas()
        self._controls_width = _CONTROLS_WIDTH

    def open(self, path: Path) -> None:
        """Load a checkpoint. Its path is shown from the current folder where it lies below that."""
        below = path.is_absolute() and path.is_relative_to(Path.cwd())
        self.do(OpenNetwork(str(path.relative_to(Path.cwd()) if below else path)))

    def run(self) -> None:
        """Go on until the window is closed."""
        self.window.run(self.draw)

    def close(self) -> None:
        """End the worker and give the textures back."""
        if self.fetcher is not None:
            self.fetcher.close()
        self.worker.close()
        self.canvas.close()

    # ------------------------------------------------------------------------
    # One frame.

    def draw(self) -> None:
        """Hear, draw, act."""
        self._hear()
        dropped = self.window.take_dropped()
        found: list[Action] = [DropFiles(tuple(dropped))] if dropped else []
        width, height = self.window.size
        status_height = _STATUS_HEIGHT * self.window.scale
        found += self._draw_controls(width, height - status_height)
        found += self._draw_stage(width, height - status_height)
        self._draw_status(width, height, status_height)
        found += keys.pressed()
        for action in found:
            self.do(action)
        here = self.state.history.here
        if here is not None and here.open and not keys.held():
            self.do(LetGo())
        waiting = self.state.network.loading is not None or self.state.downloads.fetch is not None
        if self.state.busy or waiting:
            self.window.stay_awake(0.1)

    def _hear(self) -> None:
        news, frame = self.worker.poll()
        heard: list[answers.News | answers.Frame] = [*news]
        if frame is not None:
            # Before the endings: what an ending asks next is about the picture that it left.
            heard.insert(0, frame)
        for one in heard:
            self._take(editor.hear(self.state, one))
        for told in self.fetcher.poll() if self.fetcher is not None else ():
            self._take(editor.hear(self.state, told))

    def do(self, action: Action) -> None:
        """Do what a person asked for."""
        self._take(editor.act(self.state, action))

    def _take(self, result: editor.Result) -> None:
        self.state, asked = result
        for command in asked:
            if isinstance(command, commands.WritePicture):
                self._take(editor.hear(self.state, _write_picture(command)))
            elif isinstance(command, commands.Fetch | commands.CancelFetch):
                if self.fetcher is not None:
                    self.fetcher.send(command)
            else:
                self.worker.send(command)

    # ------------------------------------------------------------------------
    # The three parts of the window.

    def _draw_controls(self, width: float, height: float) -> list[Action]:
        scale = self.window.scale
        widest = max(_CONTROLS_LEAST, width / scale - _STAGE_LEAST)
        self._controls_width = min(max(self._controls_width, _CONTROLS_LEAST), widest)
        found: list[Action] = []
        _begin_part("Controls", 0, 0, self._controls_width * scale, height)
        for panel in PANELS:
            if section(panel.name):
                found += panel.draw(self.state)
        imgui.spacing()
        imgui.end()
        return found

    def _draw_stage(self, width: float, height: float) -> list[Action]:
        scale = self.window.scale
        left = self._controls_width * scale
        imgui.push_style_color(imgui.Col_.window_bg, theme.BACKGROUND)
        _begin_part("Stage", left, 0, max(1.0, width - left), height, scrolls=False)
        imgui.pop_style_color()
        self._draw_splitter(left, height)
        found = banners.draw(self.state)
        room = imgui.get_content_region_avail().y
        strip = progress.height(scale)
        imgui.begin_child("canvas", imgui.ImVec2(0, max(1.0, room - strip)))
        found += self.canvas.draw(self.state, scale)
        imgui.end_child()
        found += progress.draw(self.state)
        imgui.end()
        return found

    def _draw_splitter(self, left: float, height: float) -> None:
        """Draw the edge between controls and stage, to be pulled."""
        grip = 6 * self.window.scale
        back = imgui.get_cursor_pos()
        imgui.set_cursor_screen_pos(imgui.ImVec2(left, 0))
        imgui.invisible_button("splitter", imgui.ImVec2(grip, max(1.0, height)))
        if imgui.is_item_hovered() or imgui.is_item_active():
            imgui.set_mouse_cursor(imgui.MouseCursor_.resize_ew)
            pen = imgui.get_window_draw_list()
            colour = imgui.color_convert_float4_to_u32(imgui.ImVec4(*theme.ACCENT))
            pen.add_rect_filled(imgui.ImVec2(left, 0), imgui.ImVec2(left + grip / 3, height), colour)
        if imgui.is_item_active():
            self._controls_width += imgui.get_io().mouse_delta.x / self.window.scale
        imgui.set_cursor_pos(back)

    def _draw_status(self, width: float, height: float, status_height: float) -> None:
        imgui.push_style_var(imgui.StyleVar_.window_padding, imgui.ImVec2(14 * self.window.scale, 0))
        _begin_part("Status", 0, height - status_height, width, status_height, scrolls=False)
        imgui.pop_style_var()
        imgui.set_cursor_pos_y((status_height - imgui.get_text_line_height()) / 2)
        imgui.text_colored(theme.MUTED, status_text(self.state))
        imgui.end()


def _begin_part(
    name: str, left: float, top: float, width: float, height: float, *, scrolls: bool = True
) -> None:
    """Begin a part of the window that stays where it is."""
    flags = (
        imgui.WindowFlags_.no_title_bar
        | imgui.WindowFlags_.no_resize
        | imgui.WindowFlags_.no_move
        | imgui.WindowFlags_.no_collapse
        | imgui.WindowFlags_.no_saved_settings
        | imgui.WindowFlags_.no_bring_to_front_on_focus
    )
    if not scrolls:
        flags |= imgui.WindowFlags_.no_scrollbar | imgui.WindowFlags_.no_scroll_with_mouse
    imgui.set_next_window_pos(imgui.ImVec2(left, top))
    imgui.set_next_window_size(imgui.ImVec2(max(1.0, math.ceil(width)), max(1.0, math.ceil(height))))
    imgui.begin(name, None, flags)


def _write_picture(command: commands.WritePicture) -> answers.News:
    try:
        writable_folder(command.path.parent)
        save_png(command.path, command.picture)
    except EditorError as error:
        return answers.Failed(command.epoch, str(error))
    return answers.Saved(command.epoch, command.path)
