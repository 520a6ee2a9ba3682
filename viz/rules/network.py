"""Rules of the network: loading, dropping, fetching."""

import dataclasses
from pathlib import Path

from dnnlib.errors import EditorError
from viz import actions, answers, commands
from viz.actions.network import Action
from viz.answers.network import News
from viz.rules import downloads
from viz.rules.picture import new_picture
from viz.rules.steps import Result, done_loading, in_face, in_network, next_epoch
from viz.state import EditorState


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about the network."""
    match action:
        case actions.TypePath(text):
            return in_network(state, typed=text), ()
        case actions.OpenNetwork(path):
            return open_network(state, path)
        case actions.DropFiles(paths):
            return open_network(state, str(paths[0])) if paths else (state, ())
        case actions.ChooseOffer() | actions.StartDownload() | actions.CancelDownload():
            return downloads.act(state, action)


def hear(state: EditorState, news: News) -> Result:
    """Take in what became of a load or a download."""
    match news:
        case answers.Loaded():
            return _loaded(state, news)
        case answers.Offered() | answers.Fetching():
            return downloads.hear(state, news), ()
        case answers.Fetched():
            return _fetched(state, news)


def open_network(state: EditorState, typed: str) -> Result:
    """Ask for a checkpoint to be read.

    Raises:
        EditorError: if no path was given.
    """
    if not typed.strip():
        raise EditorError("No path: type the path of a checkpoint, or drop a file on the window.")
    path = Path(typed.strip()).expanduser()
    state = next_epoch(state)
    state = in_network(state, typed=str(path), loading=path, loading_epoch=state.epoch)
    return state, (commands.Load(state.epoch, path),)


def _loaded(state: EditorState, news: answers.Loaded) -> Result:
    state = done_loading(state, news.epoch)
    state = in_network(state, loaded=news.network, nearby=news.nearby)
    label = min(state.latent.label, max(0, news.network.c_dim - 1))
    state = dataclasses.replace(state, latent=dataclasses.replace(state.latent, label=label))
    state = dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=(), mask=None))
    return new_picture(in_face(state, glimpse=None))


def _fetched(state: EditorState, news: answers.Fetched) -> Result:
    """Open what was fetched, unless an edit runs, which that would end."""
    state = downloads.ended(state, news.epoch)
    if news.path is None:
        return dataclasses.replace(state, notice="The download was cancelled; what has come stays."), ()
    if state.busy:
        return dataclasses.replace(state, notice=f"Downloaded {news.path.name}: open it when you like."), ()
    return open_network(state, str(news.path))
