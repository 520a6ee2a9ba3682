"""Strip over the picture: work that a crash has left, and work that waits for its network."""

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import button, main_button
from viz.actions import Action, AskForFile, DiscardWork, GiveUpArrival, OpenNetwork, PutOffWork, RecoverWork
from viz.panels.project import leftover_text
from viz.shortcuts import CHECKPOINTS
from viz.state import EditorState

_BACK: theme.Colour = (0.13, 0.20, 0.30, 1.0)


def draw(state: EditorState) -> list[Action]:
    """Draw what is asked, until it is answered."""
    if state.arrival is not None and state.network.loading is None:
        return _draw_arrival(state)
    crashed = [left for left in state.project.leftovers if not left.closed and not left.fault]
    if not crashed or state.project.put_off or state.project.doing:
        return []
    found: list[Action] = []
    left = crashed[0]
    more = f" (and {len(crashed) - 1} more, in the Project panel)" if len(crashed) > 1 else ""
    _begin(f"The editor ended unexpectedly. Unsaved work: {leftover_text(left)}{more}.")
    if main_button("Recover", tooltip="Go on with this work, exactly as it was"):
        found.append(RecoverWork(left.path))
    imgui.same_line()
    if button("Later", tooltip="It stays in the Project panel"):
        found.append(PutOffWork())
    imgui.same_line()
    if button("Discard", tooltip="Throw this work away; the last five stay in autosave/discarded"):
        found.append(DiscardWork(left.path))
    _end()
    return found


def _draw_arrival(state: EditorState) -> list[Action]:
    found: list[Action] = []
    here = state.arrival.history.here if state.arrival is not None else None
    if state.arrival is None or here is None:
        return found
    network = here.moment.network
    why = (
        state.arrival.missing
        or f"This work needs the network {network.title} (SHA-256 {network.sha256[:12]}…)."
    )
    _begin(f"{why} Load it here, in the Network panel, or drop it on the window; the work is then shown.")
    if main_button("Find the network …", tooltip="Choose the checkpoint's file; its content decides"):
        found.append(AskForFile("Find the network", CHECKPOINTS, OpenNetwork))
    imgui.same_line()
    if button("Give up", tooltip="Go on with what is shown; the project's file stays as it is"):
        found.append(GiveUpArrival())
    _end()
    return found


def _begin(text: str) -> None:
    imgui.push_style_color(imgui.Col_.child_bg, _BACK)
    flags = imgui.ChildFlags_.auto_resize_y | imgui.ChildFlags_.always_use_window_padding
    imgui.begin_child("recovery", imgui.ImVec2(0, 0), flags)
    imgui.push_style_color(imgui.Col_.text, (0.93, 0.94, 0.96, 1.0))
    imgui.push_text_wrap_pos(0.0)
    imgui.text_unformatted(text)
    imgui.pop_text_wrap_pos()
    imgui.pop_style_color()


def _end() -> None:
    imgui.end_child()
    imgui.pop_style_color()
