"""The editor on the screen: once a frame it hears the worker, draws the panels, and does what was asked."""

import sys
from pathlib import Path

from imgui_bundle import imgui

from dnnlib.errors import EditorError
from faces.expressions import Library
from gui_utils import theme
from gui_utils.window import Window
from viz import answers, commands, editor, help, keys, menus
from viz.actions import Action, DropFiles, LetGo, OpenNetwork, OpenProject, PassTime
from viz.canvas import Canvas
from viz.catalogue import Catalogue
from viz.docks import Docks
from viz.errands import Errands
from viz.fetcher import Fetcher
from viz.history_words import changes
from viz.keeper import Keeper
from viz.machine import Machine
from viz.meter import Meter
from viz.panels import banners, progress, recovery
from viz.panels.table import PANELS
from viz.photo_view import PhotoStage
from viz.preferences import Preferences
from viz.rules.face import take_library
from viz.rules.project import unsaved
from viz.session import OpenSession
from viz.state import EditorState, LatentState, Moment, NetworkState
from viz.words import status_text
from viz.worker import Worker

TITLE = "Drag Auto"
_STATUS_HEIGHT = 28.0  # Before scaling.


class App:
    """Joins window, worker and panels.

    Args:
        window: to draw on; the app does not close it.
        open_session: reads a checkpoint, in the worker's thread.
        seed: of the first picture.
        catalogue: published checkpoints to fetch, if any.
        settings: the folder in which place, layout, theme and recent files are remembered; None: nothing is.
        library: the expressions; those that come with the program if None.
        device: what is to compute: "auto", "cpu", "cuda" or "mps".
        machine: what there is to compute on, if the window is to tell and let it be chosen.
        work: the folder in which unsaved work is kept; None: it is not.
    """

    def __init__(
        self,
        window: Window,
        open_session: OpenSession,
        seed: int = 18,
        catalogue: Catalogue | None = None,
        settings: Path | None = None,
        library: Library | None = None,
        device: str = "auto",
        machine: Machine | None = None,
        work: Path | None = None,
    ) -> None:
        self.window = window
        self.docks = Docks(PANELS)
        self.preferences = Preferences(settings)
        first = EditorState(latent=LatentState(seed=seed), network=NetworkState(device=device))
        state = self.preferences.remembered(first)
        self.state = take_library(state, library or Library())
        self.preferences.restore_place(window)
        self.preferences.restore_layout(self.docks, window.scale)
        self.worker = Worker(open_session, window.wake, machine)
        self.fetcher = Fetcher(catalogue, on_answer=window.wake) if catalogue is not None else None
        self.keeper = Keeper(work, on_answer=window.wake)
        self.errands = Errands(window, self.docks)
        self.meter = Meter(window)
        self.canvas = Canvas()
        self.photo_stage = PhotoStage()
        self._offered: Moment | None = None

    def open(self, path: Path) -> None:
        """Load a checkpoint, or a project. A path below the current folder is shown from there."""
        if path.suffix.lower() == ".zip":
            return self.do(OpenProject(str(path)))
        below = path.is_absolute() and path.is_relative_to(Path.cwd())
        self.do(OpenNetwork(str(path.relative_to(Path.cwd()) if below else path)))

    def run(self) -> None:
        """Go on until the window is closed."""
        self.window.run(self.draw)

    def close(self) -> None:
        """End the worker, remember how the window was, and give the textures back."""
        self.errands.close()
        if self.fetcher is not None:
            self.fetcher.close()
        self.worker.close()
        fault = sys.exception() is not None and not isinstance(sys.exception(), KeyboardInterrupt)
        self.keeper.close(self.state.history if unsaved(self.state) else None, in_order=not fault)
        self.preferences.keep(self.state, self.window, at_once=True)
        self.canvas.close()
        self.docks.close()
        self.photo_stage.close()

    # ------------------------------------------------------------------------
    # One frame.

    def draw(self) -> None:
        """Hear, draw, act."""
        self._hear()
        dropped = self.window.take_dropped()
        found: list[Action] = [DropFiles(tuple(dropped))] if dropped else []
        found += [] if self.errands.dialog_in_front else menus.read_keys(self.state)
        found += self._draw_frame()
        found += self.docks.draw_stage(self._draw_stage)
        found += self.docks.draw_panels(self.state)
        help.draw(menus.all_rows(), shown=self.state.window.help)
        for action in (*found, *self.errands.chosen()):
            self.do(action)
        here = self.state.history.here
        if here is not None and here.open and not keys.held() and not self.state.walk.playing:
            self.do(LetGo())
        if self.state.walk.playing:
            self.do(PassTime(imgui.get_io().delta_time))
        self.window.set_look(self.state.window.theme, self.state.window.size)
        self.state = self.meter.read(self.state)
        self._remember()
        self._keep_work()
        self.window.give_way(self.state.job is not None)
        waiting = self.state.network.loading is not None or self.state.downloads.fetch is not None
        if self.state.moving or waiting:
            self.window.stay_awake(0.1)

    def _hear(self) -> None:
        news, frame = self.worker.poll()
        heard: list[answers.News | answers.Frame] = [*news]
        if frame is not None:
            # Before the endings: what an ending asks next is about the picture that it left.
            heard.insert(0, frame)
        for one in heard:
            self._take(editor.hear(self.state, one))
        fetched = self.fetcher.poll() if self.fetcher is not None else []
        for told in (*fetched, *self.keeper.poll(), *self.errands.poll()):
            self._take(editor.hear(self.state, told))

    def do(self, action: Action) -> None:
        """Do what a person asked for."""
        self._take(editor.act(self.state, action))

    def _take(self, result: editor.Result) -> None:
        self.state, asked = result
        for command in asked:
            if isinstance(command, commands.Fetch | commands.FetchAddress | commands.CancelFetch):
                if self.fetcher is not None:
                    self.fetcher.send(command)
            elif isinstance(command, commands.project.Command):
                self.keeper.send(command)
            elif self.errands.takes(command):
                for news in self.errands.do(command):
                    self._take(editor.hear(self.state, news))
            else:
                self.worker.send(command)

    def _remember(self) -> None:
        """Keep the settings now and then; where they cannot be kept, that is said once."""
        try:
            self.preferences.keep(self.state, self.window)
        except EditorError as error:
            self._take(
                editor.hear(self.state, answers.Remark(f"The window's settings are not kept: {error}"))
            )

    def _keep_work(self) -> None:
        """Hand over what has changed, to be autosaved: after an edit at once."""
        here = self.state.history.here
        if here is None or not unsaved(self.state):
            return
        topics = changes(self._offered, here.moment) if self._offered is not None else frozenset({"edit"})
        if topics:
            self._offered = here.moment
            self.keeper.offer(self.state.history, at_once="edit" in topics)

    # ------------------------------------------------------------------------
    # The parts of the window.

    def _draw_frame(self) -> list[Action]:
        """Draw what the panels are docked in: menu bar above, status line below."""
        width, height = self.window.size
        imgui.set_next_window_pos(imgui.ImVec2(0, 0))
        imgui.set_next_window_size(imgui.ImVec2(max(1, width), max(1, height)))
        imgui.push_style_var(imgui.StyleVar_.window_padding, imgui.ImVec2(0, 0))
        imgui.push_style_color(imgui.Col_.window_bg, theme.BACKGROUND)
        flags = (
            imgui.WindowFlags_.no_decoration
            | imgui.WindowFlags_.no_move
            | imgui.WindowFlags_.no_docking
            | imgui.WindowFlags_.no_saved_settings
            | imgui.WindowFlags_.no_bring_to_front_on_focus
            | imgui.WindowFlags_.no_nav_focus
            | imgui.WindowFlags_.menu_bar
        )
        imgui.begin("Frame", None, flags)
        imgui.pop_style_color()
        imgui.pop_style_var()
        found = menus.draw_bar(self.state)
        room, status_height = imgui.get_content_region_avail(), _STATUS_HEIGHT * self.window.scale
        size = imgui.ImVec2(max(1.0, room.x), max(1.0, room.y - status_height))
        self.docks.draw_space(size, self.window.scale)
        pad = (status_height - imgui.get_text_line_height()) / 2
        imgui.set_cursor_pos(imgui.ImVec2(14 * self.window.scale, height - status_height + pad))
        imgui.text_colored(theme.MUTED, status_text(self.state))
        imgui.end()
        return found

    def _draw_stage(self) -> list[Action]:
        scale = self.window.scale
        found = recovery.draw(self.state) + banners.draw(self.state)
        room = imgui.get_content_region_avail().y
        strip = progress.height()
        imgui.begin_child("canvas", imgui.ImVec2(0, max(1.0, room - strip)))
        stage = self.canvas if self.state.photo.shown is None else self.photo_stage
        found += stage.draw(self.state, scale)
        imgui.end_child()
        found += progress.draw(self.state)
        return found
