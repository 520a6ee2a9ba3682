"""What the keys of the picture do: another seed, another way between seeds, another view."""

import dataclasses
from collections.abc import Callable

from dnnlib.latents import NOISE_MODES
from viz.actions import (
    Action,
    ChangeFace,
    ChangeLatent,
    ChangeLayers,
    ChangePhoto,
    ChangeView,
    ChangeWalk,
    Tell,
)
from viz.sight import landmarks_hidden
from viz.state import EditorState, PhotoView, ViewState

Act = Callable[[EditorState], Action | None]


def step_seed(by: int) -> Act:
    """Go so many seeds on."""

    def act(state: EditorState) -> Action | None:
        seed = state.latent.seed + by
        if state.network.loaded is None or seed < 0:
            return None
        return ChangeLatent(state.latent.at_seed(seed))

    return act


def go(east: float, south: float) -> Act:
    """Go so many seeds east and south on the pad of seeds."""

    def act(state: EditorState) -> Action | None:
        return ChangeLatent(state.latent.moved(east, south)) if state.network.loaded is not None else None

    return act


def walk(state: EditorState) -> Action | None:
    """Begin or end the walk from seed to seed."""
    if state.network.loaded is None:
        return None
    return ChangeWalk(dataclasses.replace(state.walk, playing=not state.walk.playing, waited=0.0))


def noise(state: EditorState) -> Action | None:
    """Take the next way with the noise."""
    if state.network.loaded is None or not state.network.loaded.has_noise:
        return None
    following = NOISE_MODES[(NOISE_MODES.index(state.latent.noise) + 1) % len(NOISE_MODES)]
    return ChangeLatent(dataclasses.replace(state.latent, noise=following))


def view(zoom: float | None) -> Act:
    """See what is on the stage at a zoom; None: the whole of it."""

    def act(state: EditorState) -> Action | None:
        if state.seen_size is None:
            return None
        (height, width), seen = state.seen_size, state.seen
        centre = seen.centre if seen.zoom is not None else ((width - 1) / 2, (height - 1) / 2)
        return ChangeView(ViewState(zoom, centre, seen.fit))

    return act


def landmarks(state: EditorState) -> Action:
    """Show or hide the landmarks."""
    if words := landmarks_hidden(state):
        return Tell(words)
    return ChangeFace(dataclasses.replace(state.face, show_landmarks=not state.face.show_landmarks))


def next_view(state: EditorState) -> Action | None:
    """Bring the next to the stage: the face, the photograph with the edit in it, the photograph as it was."""
    photo = state.photo
    if photo.picture is None:
        return None
    views = [view for view in PhotoView if view is not PhotoView.AFTER or photo.edited is not None]
    at = views.index(photo.view) if photo.view in views else 0
    return ChangePhoto(dataclasses.replace(photo, view=views[(at + 1) % len(views)]))


def look_at_block(by: int) -> Act:
    """Look at another block's features."""

    def act(state: EditorState) -> Action | None:
        layers, network = state.layers, state.network.loaded
        if not layers.shown or network is None:
            return None
        block = min(max(min(layers.view.block, network.num_blocks - 1) + by, 0), network.num_blocks - 1)
        return ChangeLayers(dataclasses.replace(layers, view=dataclasses.replace(layers.view, block=block)))

    return act
