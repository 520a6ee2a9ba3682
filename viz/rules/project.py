"""Rules of projects: save, open, recover. Nothing that was made is ever dropped on the way."""

import dataclasses
from pathlib import Path

from dnnlib.errors import EditorError
from viz import actions, answers, commands
from viz.actions.project import Action
from viz.answers.project import News
from viz.history_words import changes
from viz.rules.capture import free_name
from viz.rules.history import show
from viz.rules.network import open_network
from viz.rules.photo import left_out
from viz.rules.steps import Result, done_with_project, in_project, next_epoch, project_is, with_banner
from viz.state import Arrival, EditorState

PATTERNS = (("Projects", "*.zip"), ("All files", "*"))


def unsaved(state: EditorState) -> bool:
    """Tell whether there is work that no project has."""
    history, kept = state.history, state.project.kept
    if history.here is None:
        return False
    if kept is None:
        return len(history.entries) > 1
    return bool(changes(kept, history.here.moment))


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about projects."""
    match action:
        case actions.SaveProject():
            return _save(state)
        case actions.SaveProjectAs(path, over):
            return _save_as(state, path, over=over)
        case actions.OpenProject(path):
            return _open(state, path)
        case actions.TypeProject(text):
            return in_project(state, typed=text), ()
        case actions.RecoverWork(left):
            state, aside = _set_aside(state)
            state = _doing(state, "Recovering the work …")
            return state, (*aside, commands.TakeWork(state.epoch, left))
        case actions.DiscardWork(left):
            state = next_epoch(state)
            return state, (commands.DiscardWork(state.epoch, left),)
        case actions.PutOffWork():
            return in_project(state, put_off=True), ()
        case actions.GiveUpArrival():
            return dataclasses.replace(state, arrival=None), ()


def hear(state: EditorState, news: News) -> Result:
    """Take in what the keeper has done."""
    match news:
        case answers.ProjectWritten(epoch, path, history):
            state = project_is(
                done_with_project(state, epoch), path, history.here.moment if history.here else None
            )
            state = dataclasses.replace(state, notice=f"Saved {path}")
            missing = left_out(state)
            return with_banner(state, f"{path.name} {missing}", severe=False) if missing else state, ()
        case answers.ProjectRead():
            return _read(state, news)
        case answers.WorkFound(leftovers):
            return in_project(state, leftovers=leftovers), ()


# ----------------------------------------------------------------------------
# Saving.


def _save(state: EditorState) -> Result:
    if state.project.path is not None:
        return _write(state, state.project.path)
    # Where there is no dialog to be had, the panel's path box is there, with a name in it.
    if not state.project.typed.strip():
        state = in_project(state, typed=str(free_name(state, "project", ".zip")))
    return state, (
        commands.FocusPanel(state.epoch, "Project"),
        commands.OpenDialog(state.epoch, ask_where(state)),
    )


def ask_where(state: EditorState) -> actions.AskForFile:
    """Make the question under what name to save."""
    start = state.project.path or free_name(state, "project", ".zip").absolute()
    return actions.AskForFile(
        "Save the project", PATTERNS, lambda path: actions.SaveProjectAs(path, over=True), "save", str(start)
    )


def ask_which() -> actions.AskForFile:
    """Make the question which project to open."""
    return actions.AskForFile("Open a project", PATTERNS, actions.OpenProject)


def _save_as(state: EditorState, typed: str, *, over: bool) -> Result:
    if not typed.strip():
        raise EditorError("No path: type where the project is to be saved.")
    path = Path(typed.strip()).expanduser()
    if not path.suffix:
        path, over = path.with_suffix(".zip"), False  # Nobody was asked about that name.
    if path.exists() and not over and path != state.project.path:
        raise EditorError(f"{path}: is there already; choose another name, or delete it first.")
    return _write(state, path)


def _write(state: EditorState, path: Path) -> Result:
    if state.history.here is None:
        raise EditorError("Nothing to save yet: load a network first.")
    state = _doing(state, f"Saving {path.name} …")
    return state, (commands.WriteProject(state.epoch, path, state.history),)


# ----------------------------------------------------------------------------
# Opening.


def _open(state: EditorState, typed: str) -> Result:
    if not typed.strip():
        raise EditorError("No path: type the path of a project, or drop one on the window.")
    path = Path(typed.strip()).expanduser()
    state = _doing(in_project(state, typed=str(path)), f"Opening {path.name} …")
    return state, (commands.ReadProject(state.epoch, path),)


def _set_aside(state: EditorState) -> tuple[EditorState, tuple[commands.Command, ...]]:
    """Keep unsaved work that another project is to take the place of."""
    if not unsaved(state):
        return state, ()
    state = next_epoch(state)
    return state, (commands.SetAside(state.epoch, state.history),)


def _read(state: EditorState, news: answers.ProjectRead) -> Result:
    """Show the project; where its network is not in use, that is loaded first, or asked for."""
    if news.path is not None and news.epoch != state.project.doing_epoch:
        return state, ()  # Another one was asked for since.
    here, history = news.project.history.here, news.project.history
    if here is None:
        return done_with_project(state, news.epoch), ()
    aside: tuple[commands.Command, ...] = ()
    if news.path is not None:  # Recovering has set the work aside before.
        state, aside = _set_aside(state)
    state = done_with_project(state, state.project.doing_epoch)
    loaded, needed = state.network.loaded, here.moment.network
    if loaded is not None and loaded.sha256 == needed.sha256 and state.network.loading is None:
        state, asked = show(project_is(state, news.path, here.moment), history, photo_again=True)
        return state, (*aside, *asked)
    if news.project.missing:
        arrival = Arrival(next_epoch(state).epoch, history, news.project.missing, True, news.path)
        return dataclasses.replace(state, arrival=arrival), aside
    state, asked = open_network(state, str(needed.path))
    arrival = Arrival(state.epoch, history, "", True, news.path)
    return dataclasses.replace(state, arrival=arrival), (*aside, *asked)


# ----------------------------------------------------------------------------


def _doing(state: EditorState, words: str) -> EditorState:
    state = next_epoch(state)
    return in_project(state, doing=words, doing_epoch=state.epoch)
