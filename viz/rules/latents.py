"""Rules of latents: the walk from seed to seed, and latents that come from files and go to files."""

import dataclasses
from pathlib import Path

from dnnlib.errors import EditorError
from dnnlib.latents import GivenLatent, z_of
from viz import answers, commands
from viz.rules.capture import free_name
from viz.rules.steps import Result, next_epoch
from viz.state import EditorState, LatentState

SUFFIXES = (".npz", ".npy")


def of_network(latent: LatentState, network: answers.NetworkInfo) -> LatentState:
    """Keep of a latent what another network can draw too; what is from a file only if it fits."""
    label = min(latent.label, max(0, network.c_dim - 1))
    cutoff = latent.cutoff if latent.cutoff is not None and latent.cutoff < network.num_ws else None
    layers = tuple(layer for layer in latent.mix_layers if layer < network.num_ws)
    given = latent.given if latent.given is not None and _fits(latent.given, network) else None
    return dataclasses.replace(latent, label=label, cutoff=cutoff, mix_layers=layers, given=given)


def _fits(given: GivenLatent, network: answers.NetworkInfo) -> bool:
    try:
        given.check(network.num_ws, network.w_dim, network.z_dim)
    except EditorError:
        return False
    return True


# ----------------------------------------------------------------------------
# The walk.


def walked(state: EditorState, seconds: float) -> LatentState | None:
    """Say where on the lattice a walk is after so much time; None while it waits for its last picture."""
    walk = state.walk
    shown = state.frame is not None and state.frame.epoch == state.picture_epoch
    if not walk.playing or not shown or walk.speed == 0:
        return None
    return state.latent.moved(walk.speed * (walk.waited + seconds), 0.0)


def waiting(state: EditorState, seconds: float) -> EditorState:
    """Let time pass; a walk ends where an edit begins or another network is loaded."""
    walk = state.walk
    if not walk.playing:
        return state
    if state.busy or state.network.loading is not None:
        return dataclasses.replace(state, walk=dataclasses.replace(walk, playing=False, waited=0.0))
    return dataclasses.replace(state, walk=dataclasses.replace(walk, waited=walk.waited + seconds))


# ----------------------------------------------------------------------------
# Files.


def save(state: EditorState) -> Result:
    """Write w as it is now; z and seed too, where w is just what they give.

    Raises:
        EditorError: if there is no picture.
    """
    w, latent, network = state.picture.w, state.latent, state.network.loaded
    if w is None or network is None:
        raise EditorError("No latent to save yet: load a network first.")
    path = free_name(state, "latent", ".npz")
    state = next_epoch(state)
    own = state.edits == 0 and w is state.picture.own_w and not latent.mix_layers
    if not own:
        return state, (commands.WriteLatent(state.epoch, path, w),)
    if latent.given is not None:
        return state, (commands.WriteLatent(state.epoch, path, w, latent.given.z, latent.given.seed),)
    if len(latent.corners()) > 1:
        return state, (commands.WriteLatent(state.epoch, path, w),)
    z = z_of(latent.seed, network.z_dim).astype("float32")
    return state, (commands.WriteLatent(state.epoch, path, w, z, latent.seed),)


def open_file(state: EditorState, typed: str) -> Result:
    """Ask for a latent to be read.

    Raises:
        EditorError: if there is no network to draw it.
    """
    if state.network.loaded is None:
        raise EditorError("No network to draw a latent with: load the one that it was saved from first.")
    state = next_epoch(state)
    return state, (commands.ReadLatent(state.epoch, Path(typed.strip()).expanduser()),)


def taken(state: EditorState, given: GivenLatent) -> LatentState | None:
    """Give the latent with what was read from a file.

    Raises:
        LatentError: if it does not fit the network.
    """
    network = state.network.loaded
    if network is None:
        return None
    given.check(network.num_ws, network.w_dim, network.z_dim)
    seed = state.latent.seed if given.seed is None else given.seed
    return dataclasses.replace(state.latent, seed=seed, east=0.0, south=0.0, mix_layers=(), given=given)


def is_latent(path: Path) -> bool:
    """Tell by its name whether a dropped file may be a latent; its content decides later."""
    return path.suffix.lower() in SUFFIXES
