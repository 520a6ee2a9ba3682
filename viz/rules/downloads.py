"""The editor's rules for downloads: what an action, or news from the fetcher, makes of the state."""

import dataclasses

from dnnlib.errors import EditorError
from viz import actions, answers, commands
from viz.rules.steps import next_epoch
from viz.state import EditorState, Fetch

DownloadAction = actions.ChooseOffer | actions.StartDownload | actions.CancelDownload
DownloadNews = answers.Offered | answers.Fetching


def act(
    state: EditorState, action: DownloadAction
) -> tuple[EditorState, tuple[commands.Fetch | commands.CancelFetch, ...]]:
    """Do what a person asked for."""
    match action:
        case actions.ChooseOffer(name):
            return _with(state, chosen=name), ()
        case actions.StartDownload(name):
            if state.downloads.fetch is not None:
                return state, ()
            state = next_epoch(state)
            return _with(state, fetch=Fetch(state.epoch, name)), (commands.Fetch(state.epoch, name),)
        case actions.CancelDownload():
            fetch = state.downloads.fetch
            if fetch is None:
                return state, ()
            state = next_epoch(state)
            state = _with(state, fetch=dataclasses.replace(fetch, cancelling=True))
            return state, (commands.CancelFetch(state.epoch),)


def fetch_address(state: EditorState, address: str) -> tuple[EditorState, tuple[commands.FetchAddress, ...]]:
    """Fetch from an address that was typed.

    Raises:
        EditorError: if another download is under way.
    """
    if state.downloads.fetch is not None:
        raise EditorError("Another download is under way: wait for it, or cancel it first.")
    state = next_epoch(state)
    name = address.split("?")[0].rstrip("/").rpartition("/")[2]
    return _with(state, fetch=Fetch(state.epoch, name)), (commands.FetchAddress(state.epoch, address),)


def hear(state: EditorState, news: DownloadNews) -> EditorState:
    """Take news in."""
    match news:
        case answers.Offered(offers):
            chosen = state.downloads.chosen or (offers[0].name if offers else "")
            return _with(state, offers=offers, chosen=chosen)
        case answers.Fetching(epoch):
            fetch = state.downloads.fetch
            if fetch is None or fetch.epoch != epoch:
                return state
            return _with(state, fetch=dataclasses.replace(fetch, progress=news))


def ended(state: EditorState, epoch: int) -> EditorState:
    """Stop waiting for the download of an epoch."""
    fetch = state.downloads.fetch
    return _with(state, fetch=None) if fetch is not None and fetch.epoch == epoch else state


def _with(state: EditorState, **changes: object) -> EditorState:
    downloads = dataclasses.replace(state.downloads, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(state, downloads=downloads)
