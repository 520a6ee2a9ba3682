"""Rules of the network: loading, dropping, fetching."""

import dataclasses
from pathlib import Path

from dnnlib.errors import EditorError
from viz import actions, answers, commands
from viz.actions.network import Action
from viz.answers.network import News
from viz.rules import downloads, latents
from viz.rules.picture import new_picture
from viz.rules.steps import Result, done_loading, in_face, in_network, in_picture, next_epoch, with_recent
from viz.state import EditorState


def act(state: EditorState, action: Action) -> Result:
    """Do what was asked about the network."""
    match action:
        case actions.TypePath(text):
            return in_network(state, typed=text), ()
        case actions.OpenNetwork(path):
            return open_network(state, path)
        case actions.DropFiles(paths):
            if paths and latents.is_latent(paths[0]):
                return latents.open_file(state, str(paths[0]))
            return open_network(state, str(paths[0])) if paths else (state, ())
        case actions.CancelLoading():
            return _cancel(state)
        case actions.ChooseDevice(device):
            return _choose_device(state, device)
        case actions.ChooseOffer() | actions.StartDownload() | actions.CancelDownload():
            return downloads.act(state, action)


def hear(state: EditorState, news: News) -> Result:
    """Take in what became of a load or a download."""
    match news:
        case answers.Loaded():
            return _loaded(state, news)
        case answers.Loading(epoch):
            heard = state.network.loading is not None and epoch == state.network.loading_epoch
            return in_network(state, told=news) if heard else state, ()
        case answers.LoadCancelled(epoch):
            return done_loading(state, epoch), ()
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
    if typed.strip().lower().startswith(("https://", "http://")):
        return downloads.fetch_address(in_network(state, typed=typed), typed.strip())
    path = Path(typed.strip()).expanduser()
    state = next_epoch(state)
    state = in_network(state, typed=str(path), loading=path, loading_epoch=state.epoch, told=None)
    return state, (commands.Load(state.epoch, path, state.network.device),)


def _cancel(state: EditorState) -> Result:
    """Leave off, at once for the person; the worker follows when it can."""
    network = state.network
    if network.loading is None:
        return state, ()
    load = network.loading_epoch
    state = next_epoch(state)
    typed = str(network.loaded.path) if network.loaded is not None else network.typed
    state = in_network(state, loading=None, told=None, typed=typed)
    return dataclasses.replace(state, notice="Opening was cancelled."), (
        commands.CancelLoad(state.epoch, load),
    )


def _choose_device(state: EditorState, device: str) -> Result:
    """Read the network again onto another device."""
    loaded = state.network.loaded
    if device == state.network.device:
        return state, ()
    state = in_network(state, device=device)
    return open_network(state, str(loaded.path)) if loaded is not None else (state, ())


def _loaded(state: EditorState, news: answers.Loaded) -> Result:
    state = done_loading(state, news.epoch)
    state = with_recent(in_network(state, loaded=news.network, nearby=news.nearby), news.network.path)
    state = dataclasses.replace(state, latent=latents.of_network(state.latent, news.network))
    state = dataclasses.replace(state, drag=dataclasses.replace(state.drag, pairs=(), mask=None))
    # What moved the w of another network means nothing to this one.
    stack = tuple(layer for layer in state.picture.stack if layer.parts)
    return new_picture(in_picture(in_face(state, glimpse=None), stack=stack))


def _fetched(state: EditorState, news: answers.Fetched) -> Result:
    """Open what was fetched, unless an edit runs, which that would end."""
    state = downloads.ended(state, news.epoch)
    if news.path is None:
        return dataclasses.replace(state, notice="The download was cancelled; what has come stays."), ()
    if state.busy:
        return dataclasses.replace(state, notice=f"Downloaded {news.path.name}: open it when you like."), ()
    return open_network(state, str(news.path))
