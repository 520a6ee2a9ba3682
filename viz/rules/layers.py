"""Rules of the view into the network: what is watched, and which answers count."""

import dataclasses

from viz import answers, commands
from viz.actions.layers import Action
from viz.rules.steps import Result, next_epoch
from viz.state import EditorState


def act(state: EditorState, action: Action) -> Result:
    """Look at other features; nothing is drawn for a panel that is not in sight."""
    before, layers = state.layers, action.layers
    if (layers.shown, layers.view) == (before.shown, before.view):
        return dataclasses.replace(state, layers=layers), ()
    state = next_epoch(state)
    layers = dataclasses.replace(layers, epoch=state.epoch)
    watch = commands.Watch(state.epoch, layers.view if layers.shown else None)
    return dataclasses.replace(state, layers=layers), (watch,)


def hear(state: EditorState, news: answers.Layer) -> Result:
    """Take a picture of features, if it is of those that are looked at."""
    if news.epoch != state.layers.epoch:
        return state, ()
    return dataclasses.replace(state, layers=dataclasses.replace(state.layers, layer=news)), ()
