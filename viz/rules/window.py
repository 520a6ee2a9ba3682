"""Rules of the window itself: its look, its panels, what part of the picture is seen."""

import dataclasses

from viz import actions, commands
from viz.actions.window import Action
from viz.rules.steps import Result
from viz.state import EditorState, ViewState
from viz.state.window import GREATEST_ZOOM, LEAST_ZOOM


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about the window."""
    match action:
        case actions.ChangeWindow(window):
            return dataclasses.replace(state, window=window), ()
        case actions.ChangeView(view):
            return _with_seen(state, view), ()
        case actions.Zoom(factor):
            return _zoom(state, factor), ()
        case actions.ShowPanel(name):
            return _with_closed(state, state.window.closed - {name}), (
                commands.FocusPanel(state.epoch, name),
            )
        case actions.HidePanel(name):
            return _with_closed(state, state.window.closed | {name}), ()
        case actions.ResetLayout():
            return _with_closed(state, frozenset()), (commands.ArrangePanels(state.epoch),)
        case actions.AskForFile():
            return state, (commands.OpenDialog(state.epoch, action),)
        case actions.Tell(words):
            return dataclasses.replace(state, notice=words), ()
        case actions.Quit():
            return state, (commands.CloseWindow(state.epoch),)


def held(view: ViewState, size: tuple[int, int] | None) -> ViewState:
    """Keep a view within its bounds: the middle of the canvas is always a place of the picture."""
    if view.zoom is None or size is None:
        return ViewState(fit=view.fit)
    x, y = view.centre
    centre = min(max(x, -0.5), size[1] - 0.5), min(max(y, -0.5), size[0] - 0.5)
    return ViewState(min(max(view.zoom, LEAST_ZOOM), GREATEST_ZOOM), centre, view.fit)


def _zoom(state: EditorState, factor: float) -> EditorState:
    """Zoom around the middle; from the whole picture, its middle."""
    size, view = state.seen_size, state.seen
    if size is None:
        return state
    zoom, centre = view.zoom, view.centre
    if zoom is None:
        zoom, centre = view.fit, ((size[1] - 1) / 2, (size[0] - 1) / 2)
    return _with_seen(state, ViewState(zoom * factor, centre, view.fit))


def _with_seen(state: EditorState, view: ViewState) -> EditorState:
    """See another part of what is on the stage."""
    view = held(view, state.seen_size)
    if state.photo.shown is None:
        return dataclasses.replace(state, view=view)
    return dataclasses.replace(state, photo=dataclasses.replace(state.photo, seen=view))


def _with_closed(state: EditorState, closed: frozenset[str]) -> EditorState:
    return dataclasses.replace(state, window=dataclasses.replace(state.window, closed=closed))
