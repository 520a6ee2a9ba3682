"""The rules of the editor: what a person's action, or news from the worker, makes of the state.

    state, commands = act(state, action)
    state, commands = hear(state, news)

Both are plain functions of what they are given, so that they can be tested without a screen and undone later.
The rules themselves stand in viz/rules, a module for each part; here each action and each piece of news
finds its own.
"""

import dataclasses

from dnnlib.errors import EditorError
from dnnlib.photos import may_be_photo
from viz import actions, answers
from viz.rules import (
    capture,
    compare,
    face,
    history,
    jobs,
    layers,
    masks,
    network,
    photo,
    picture,
    points,
    project,
    stack,
    window,
)
from viz.rules.steps import Result, with_banner, with_machine
from viz.state import AfterLook, EditorState, MaskChange

__all__ = ["Result", "act", "hear"]

_BESIDE_THE_WORK = (
    answers.Offered,
    answers.Fetching,
    answers.Fetched,
    answers.Computing,
    answers.project.News,
)


def act(state: EditorState, action: actions.Action) -> Result:
    """Do what was asked; what cannot be done becomes a banner. What it changes can be undone."""
    # That a button was let go, or the picture seen larger, is no reason to take a message away.
    quiet = isinstance(action, actions.LetGo | actions.ChangeView | actions.ChangeLayers | actions.Zoom)
    notice = state.notice if quiet else ""
    try:
        after, asked = _act(dataclasses.replace(state, notice=notice), action)
    except EditorError as error:
        return with_banner(state, str(error)), ()
    after, more = compare.look(photo.in_sight(state, after))
    said = masks.said(action.change) if isinstance(action, actions.ChangeMask) else ""
    return history.noted(after, during=True, said=said), (*asked, *more)


def _act(state: EditorState, action: actions.Action) -> Result:
    if isinstance(action, actions.DropFiles) and action.paths and action.paths[0].suffix.lower() == ".zip":
        return project.act(state, actions.OpenProject(str(action.paths[0])))
    if isinstance(action, actions.DropFiles) and action.paths and may_be_photo(action.paths[0]):
        return photo.act(state, actions.OpenPhoto(str(action.paths[0])))
    if isinstance(action, actions.DropFiles) and action.paths and action.paths[0].suffix.lower() == ".json":
        return stack.act(state, actions.OpenStackFile(str(action.paths[0])))
    if isinstance(action, actions.photo.Action):
        return photo.act(state, action)
    if isinstance(action, actions.network.Action):
        return network.act(state, action)
    if isinstance(action, actions.picture.Action):
        return picture.act(state, action)
    if isinstance(action, actions.points.Action):
        return points.act(state, action)
    if isinstance(action, actions.face.Action):
        return face.act(state, action)
    if isinstance(action, actions.capture.Action):
        return capture.act(state, action)
    if isinstance(action, actions.compare.Action):
        return compare.act(state, action)
    if isinstance(action, actions.history.Action):
        return history.act(state, action)
    if isinstance(action, actions.project.Action):
        return project.act(state, action)
    if isinstance(action, actions.layers.Action):
        return layers.act(state, action)
    if isinstance(action, actions.stack.Action):
        return stack.act(state, action)
    if isinstance(action, actions.window.Action):
        return window.act(state, action)
    return jobs.act(state, action)


def hear(state: EditorState, news: answers.News | answers.Frame) -> Result:
    """Take news in; frames and progress of an older picture are let go. What has come of it can be undone."""
    after, asked = _hear(state, news)
    after, more = compare.look(photo.in_sight(state, after))
    locked = state.drag.when_seen is AfterLook.FACE_ONLY and after.drag.mask is not state.drag.mask
    said = masks.said(MaskChange.FACE_ONLY) if locked else ""
    return history.noted(after, during=False, said=said), (*asked, *more)


def _hear(state: EditorState, news: answers.News | answers.Frame) -> Result:
    if not isinstance(news, _BESIDE_THE_WORK):
        state = dataclasses.replace(state, waiting="")
    if isinstance(news, answers.Drawn):
        return compare.drawn(state, news), ()
    if isinstance(news, answers.Loaded):
        state = compare.forget(state)
    if isinstance(news, answers.Loaded) and history.awaited(state, news):
        return history.arrived(state, news)
    if isinstance(news, answers.network.News):
        return network.hear(state, news)
    if isinstance(news, answers.photo.News):
        return photo.hear(state, news)
    if isinstance(news, answers.Frame | answers.picture.News):
        return picture.hear(state, news)
    if isinstance(news, answers.layers.News):
        return layers.hear(state, news)
    if isinstance(news, answers.stack.News):
        return stack.hear(state, news)
    if isinstance(news, answers.capture.News):
        return capture.hear(state, news)
    if isinstance(news, answers.machine.News):
        return with_machine(state, news), ()
    if isinstance(news, answers.project.News):
        return project.hear(state, news)
    return stack.follow(*jobs.hear(state, news))
