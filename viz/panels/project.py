"""Panel: the project: where the work is kept, what was used before, and what was left unsaved."""

import time

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import button, coloured, disabled, fact, hint, main_button, muted, share_of_row
from viz.actions import (
    Action,
    DiscardWork,
    OpenProject,
    RecoverWork,
    SaveProject,
    SaveProjectAs,
    TypeProject,
)
from viz.projects.leftover import Leftover
from viz.rules.project import ask_where, ask_which, unsaved
from viz.state import EditorState

_EXPLANATION = (
    "A project is one .zip with all that you made: latent, points, masks, edits and the whole history. "
    "The network is named in it by its hash, and stays where it is."
)


def draw(state: EditorState) -> list[Action]:
    """Draw the project's place, the buttons, and the lists."""
    project, found = state.project, list[Action]()
    fact("Project", project.path.name if project.path is not None else "not saved yet")
    hint(f"{project.path or 'It has no file yet.'}\n{_EXPLANATION}")
    if project.doing:
        muted(project.doing)
    elif unsaved(state):
        coloured("There is unsaved work. It is autosaved each minute and after each edit.", theme.WARNING)
    else:
        muted("All is saved." if project.path is not None else "Nothing to save yet.")
    found += _draw_buttons(state)
    found += _draw_recent(state)
    found += _draw_leftovers(state)
    return found


def _draw_buttons(state: EditorState) -> list[Action]:
    found: list[Action] = []
    project, width = state.project, share_of_row(3)
    idle = not project.doing
    with disabled(not idle or state.history.here is None):
        if main_button(
            "Save", width=width, tooltip="Save the project; its place is asked for once  (Ctrl+S)"
        ):
            found.append(SaveProject())
        imgui.same_line()
        if button("Save as …", width=width, tooltip="Save under another name  (Ctrl+Shift+S)"):
            found.append(ask_where(state))
    imgui.same_line()
    with disabled(not idle):
        if button("Open …", width=width, tooltip="Go on with a project  (Ctrl+Shift+O). Or drop one here."):
            found.append(ask_which())
    imgui.set_next_item_width(-1)
    flags = imgui.InputTextFlags_.elide_left
    typed = imgui.input_text_with_hint("##project", "path of a project, out/work.zip", project.typed, flags)[
        1
    ]
    hint("The path of a project, for Save to and Open from. Nothing is written over. Default: asked for.")
    if typed != project.typed:
        found.append(TypeProject(typed))
    half = share_of_row(2)
    with disabled(not idle or not typed.strip() or state.history.here is None):
        if button("Save to", width=half, tooltip="Save under the path above"):
            found.append(SaveProjectAs(typed))
    imgui.same_line()
    with disabled(not idle or not typed.strip()):
        if button("Open from", width=half, tooltip="Open the project of the path above"):
            found.append(OpenProject(typed))
    return found


def _draw_recent(state: EditorState) -> list[Action]:
    found: list[Action] = []
    if not state.project.recent:
        return found
    imgui.spacing()
    if imgui.tree_node_ex("Recent projects", imgui.TreeNodeFlags_.default_open):
        for index, path in enumerate(state.project.recent):
            if imgui.selectable(f"{path.name}##recent{index}", path == state.project.path)[0]:
                found.append(OpenProject(str(path)))
            hint(f"Open {path}")
        imgui.tree_pop()
    return found


# ----------------------------------------------------------------------------
# Work that was left.


def _draw_leftovers(state: EditorState) -> list[Action]:
    found: list[Action] = []
    if not state.project.leftovers:
        return found
    imgui.spacing()
    if imgui.tree_node_ex("Unsaved work of before", imgui.TreeNodeFlags_.default_open):
        for index, left in enumerate(state.project.leftovers):
            muted(leftover_text(left))
            how = "Its window was closed." if left.closed else "Its editor ended unexpectedly."
            hint(f"{left.path}\n{how}")
            width = share_of_row(2)
            with disabled(bool(left.fault) or bool(state.project.doing)):
                if button(f"Recover##left{index}", width=width, tooltip="Go on with this work, as it was"):
                    found.append(RecoverWork(left.path))
            imgui.same_line()
            if button(
                f"Discard##left{index}",
                width=width,
                tooltip="Throw this work away; the last five stay in autosave/discarded",
            ):
                found.append(DiscardWork(left.path))
        imgui.tree_pop()
    return found


def leftover_text(left: Leftover) -> str:
    """Say what was left, and when."""
    when = time.strftime("%d %b, %H:%M", time.localtime(left.saved_at))
    if left.fault:
        return f"{when}: cannot be read: {left.fault}"
    steps = "1 entry" if left.entries == 1 else f"{left.entries} entries"
    return f"{when}: {left.title}, {steps}, last: {left.words}"
