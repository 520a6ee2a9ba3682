"""Rules of undo and redo: back and forth in the history, to exactly what was there."""

import dataclasses

from viz import actions, answers, history
from viz.actions.history import Action
from viz.rules import photo
from viz.rules.network import open_network
from viz.rules.picture import go_to, new_picture
from viz.rules.steps import Result, done_loading, in_face, in_network, project_is, with_recent
from viz.state import Arrival, EditorState, History, Mask, Moment, PictureState
from viz.state.history import PackedMask


def act(state: EditorState, action: Action) -> Result:
    """Go to another moment of the history."""
    at = state.history.at
    match action:
        case actions.LetGo():
            return dataclasses.replace(state, history=history.settle(state.history)), ()
        case actions.Undo() if _edit_runs(state):
            return _go(state, at)
        case actions.Undo():
            return _go(state, at - 1) if state.history.can_undo else (state, ())
        case actions.Redo():
            return _go(state, at + 1) if state.history.can_redo and not _edit_runs(state) else (state, ())
        case actions.GoToEntry(index):
            return _go(state, index)


def noted(state: EditorState, *, during: bool, said: str = "") -> EditorState:
    """Write what has changed into the history."""
    moment = history.moment_of(state)
    if moment is None:
        return state
    noted = history.record(state.history, moment, during=during, said=said)
    if noted.photo is not state.photo.record:
        noted = dataclasses.replace(noted, photo=state.photo.record)
    return dataclasses.replace(state, history=noted)


def _edit_runs(state: EditorState) -> bool:
    return state.job is not None and state.job.kind.changes_picture


def _go(state: EditorState, index: int) -> Result:
    """Go to an entry. One of another network waits until that is loaded."""
    if not 0 <= index < len(state.history.entries):
        return state, ()
    gone = history.go_to(state.history, index)
    moment = gone.entries[index].moment
    loaded = state.network.loaded
    if loaded is None or loaded.sha256 != moment.network.sha256:
        state, asked = open_network(state, str(moment.network.path))
        return dataclasses.replace(state, arrival=Arrival(state.epoch, gone)), asked
    return show(state, gone)


def awaited(state: EditorState, news: answers.Loaded) -> bool:
    """Tell whether a network that was loaded is the one that work waits for: its content decides."""
    arrival = state.arrival
    if arrival is None or arrival.history.here is None or news.epoch < arrival.epoch:
        return False
    return arrival.history.here.moment.network.sha256 == news.network.sha256


def arrived(state: EditorState, news: answers.Loaded) -> Result:
    """Show the work that has waited for this network."""
    arrival = state.arrival
    state = in_network(done_loading(state, news.epoch), loaded=news.network, nearby=news.nearby)
    state = with_recent(state, news.network.path)
    state = dataclasses.replace(in_face(state, glimpse=None), picture=PictureState(), arrival=None)
    if arrival is None or arrival.history.here is None:
        return state, ()
    if arrival.opens:
        state = project_is(state, arrival.project, arrival.history.here.moment)
    return show(state, arrival.history, photo_again=True)


def show(state: EditorState, gone: History, *, photo_again: bool = False) -> Result:
    """Show the moment at which a history stands; its network is loaded.

    Args:
        state: before.
        gone: what is to be shown.
        photo_again: its photograph is to be brought to the worker's desk first.
    """
    if photo_again:
        state, first = photo.take_up(state, gone.photo)
        state, asked = show(state, gone)
        return state, (*first, *asked)
    here = gone.here
    if here is None:
        return new_picture(state)
    moment, there = here.moment, state.picture
    running, frame = _edit_runs(state), state.frame
    state = dataclasses.replace(
        state,
        history=gone,
        arrival=None,
        latent=moment.latent,
        drag=dataclasses.replace(
            state.drag, pairs=moment.pairs, selected=None, mask=_loose(moment), config=moment.config
        ),
    )
    state = in_face(
        state, strengths=moment.strengths, automatic_mask=moment.automatic_mask, click=moment.click
    )
    if moment.picture.w is None:
        state, asked = new_picture(state)
        return in_face(state, click=moment.click), asked
    shown = frame is not None and frame.epoch == state.picture_epoch
    state = dataclasses.replace(state, picture=moment.picture, edits=moment.edits)
    edit = moment.picture.edit
    state = in_face(state, outcome=edit.outcome if edit is not None else None)
    if moment.picture.w is there.w and shown and not running:
        return state, ()
    return go_to(state, moment.picture.w)


def _loose(moment: Moment) -> Mask | None:
    return moment.mask.mask() if isinstance(moment.mask, PackedMask) else moment.mask
