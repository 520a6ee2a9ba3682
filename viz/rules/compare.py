"""Rules of before and after: which picture is meant, and when it has to be drawn."""

import dataclasses

import numpy as np

from drag.request import FloatArray
from viz import actions, answers, commands
from viz.actions.compare import Action
from viz.answers.picture import Picture
from viz.rules.steps import Result, next_epoch
from viz.state import EditorState, PhotoView
from viz.state.compare import MOST_KNOWN, Against, CompareMode, CompareState


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about before and after."""
    match action:
        case actions.HoldBefore(held):
            return _with(state, held=held), ()
        case actions.SetCompare(mode):
            return _set(state, mode), ()
        case actions.CompareAgainst(against):
            return _with(state, against=against), ()
        case actions.MoveLine(line):
            return _with(state, line=min(max(line, 0.0), 1.0)), ()


def _set(state: EditorState, mode: CompareMode) -> EditorState:
    """Put a mode on, or off where it is on already; of a photograph, the edited one is then shown."""
    photo = state.photo
    if photo.shown is not None and photo.edited is None:
        return dataclasses.replace(state, notice="There is nothing to compare yet: bring the face in first.")
    on = mode is state.compare.mode and (photo.shown is None or photo.view is PhotoView.AFTER)
    if photo.shown is not None:
        state = dataclasses.replace(state, photo=dataclasses.replace(photo, view=PhotoView.AFTER))
    return _with(state, mode=CompareMode.OFF if on else mode)


def drawn(state: EditorState, news: answers.Drawn) -> EditorState:
    """Take in a picture that was asked for."""
    return _with(_knowing(state, news.w, news.picture), asked=None)


def look(state: EditorState) -> Result:
    """Keep the picture that is shown; ask for that of before, where it is to be seen and unknown."""
    frame, w = state.frame, state.picture.w
    if frame is not None and w is not None and frame.epoch == state.picture_epoch and not _edit_runs(state):
        state = _knowing(state, w, frame.picture)
    wanted = before_w(state) if state.photo.shown is None else None
    compare = state.compare
    if not compare.active or wanted is None or before(state) is not None or state.network.loading is not None:
        return state, ()
    if compare.asked is not None and np.array_equal(compare.asked, wanted):
        return state, ()
    state = _with(next_epoch(state), asked=wanted)
    return state, (commands.Draw(state.epoch, wanted),)


# ----------------------------------------------------------------------------
# What counts as before.


def before_w(state: EditorState) -> FloatArray | None:
    """Give the w of before; None where nothing is known of it."""
    picture = state.picture
    if state.compare.against is Against.OWN:
        return picture.own_w
    if _edit_runs(state):
        return picture.w
    return picture.edit.path.ws[0] if picture.edit is not None else picture.own_w


def before(state: EditorState) -> Picture | None:
    """Give the picture of before; None where it is not known yet, or does not fit the one that is shown."""
    wanted = before_w(state)
    if wanted is None or state.frame is None:
        return None
    for w, picture in reversed(state.compare.known):
        if np.array_equal(w, wanted):
            return picture if picture.shape == state.frame.picture.shape else None
    return None


def compared(state: EditorState) -> tuple[Picture, Picture] | None:
    """Give what is compared on the stage, (before, now); None where that is not known, or not to be seen."""
    photo = state.photo
    if photo.shown is None:
        was, now = before(state), state.frame.picture if state.frame is not None else None
    else:
        was, now = photo.picture, photo.edited if photo.view is PhotoView.AFTER else None
    return (was, now) if was is not None and now is not None and was.shape == now.shape else None


def comparable(state: EditorState) -> bool:
    """Tell whether there is a before to what is on the stage."""
    if state.photo.shown is None:
        return before_w(state) is not None
    return state.photo.edited is not None


def _edit_runs(state: EditorState) -> bool:
    return state.job is not None and state.job.kind.changes_picture


def _knowing(state: EditorState, w: FloatArray, picture: Picture) -> EditorState:
    known = state.compare.known
    if known and known[-1][1] is picture and known[-1][0] is w:
        return state
    kept = tuple(pair for pair in known if not np.array_equal(pair[0], w))
    return _with(state, known=(*kept, (w, picture))[-MOST_KNOWN:])


def forget(state: EditorState) -> EditorState:
    """Forget what another network has drawn, or other noise."""
    return _with(state, known=(), asked=None)


def _with(state: EditorState, **changes: object) -> EditorState:
    compare: CompareState = dataclasses.replace(state.compare, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(state, compare=compare)
