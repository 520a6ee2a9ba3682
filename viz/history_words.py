"""What has changed between two moments, and how a person would say it."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from drag.config import DragConfig
from faces.expressions import EXPRESSIONS
from viz.stack_words import stack_topic, stack_words
from viz.state import LatentState, PointPair
from viz.state.history import Moment, PackedMask
from viz.state.points import Mask


def changes(before: Moment, after: Moment) -> frozenset[str]:
    """Name what differs: "seed", "edit", "points", "mask", "strength close_eyes" and so on.

    Arrays are compared by what they are, not by what is in them. A w that has only become known is no change.
    """
    return frozenset(_differences(before, after))


def _differences(before: Moment, after: Moment) -> Iterator[str]:
    if before.network.sha256 != after.network.sha256:
        yield "network"
    for name in _differing(before.latent, after.latent):
        yield f"latent {name}"
    old, new = before.picture, after.picture
    paths = [None if picture.edit is None else picture.edit.path for picture in (old, new)]
    if paths[0] is not paths[1]:
        yield "edit"
    elif old.edit is not None and new.edit is not None and old.edit.place != new.edit.place:
        yield "place"
    elif before.latent == after.latent and old.stack is not new.stack:
        yield stack_topic(old.stack, new.stack)
    elif before.latent == after.latent and old.w is not new.w and old.w is not None and new.w is not None:
        yield "w"
    if before.pairs != after.pairs:
        yield "points"
    if before.mask is not after.mask:
        yield "mask"
    for name in _differing(before.config, after.config):
        yield f"option {name}"
    for name in before.strengths.keys() | after.strengths.keys():
        if before.strengths.get(name, 1.0) != after.strengths.get(name, 1.0):
            yield f"strength {name}"
    if before.automatic_mask != after.automatic_mask:
        yield "automatic mask"
    if before.click != after.click:
        yield "face"


def _differing(before: LatentState | DragConfig, after: LatentState | DragConfig) -> Iterator[str]:
    """Name the fields in which two records differ."""
    if before is after:
        return
    for one in dataclasses.fields(before):
        if getattr(before, one.name) != getattr(after, one.name):
            yield one.name


# ----------------------------------------------------------------------------
# Words.


def words(before: Moment | None, after: Moment) -> str:
    """Say in a few words what led from one moment to the next; of several things, the greatest."""
    topics = frozenset() if before is None else changes(before, after)
    if before is None or "network" in topics:
        return f"Opened {after.network.title}"
    edit = after.picture.edit
    if "edit" in topics and edit is not None:
        steps = edit.outcome.steps if edit.outcome is not None else int(edit.path.steps[-1])
        return f"{edit.title}, {steps} step{'' if steps == 1 else 's'}"
    if any(topic.startswith("latent ") for topic in topics):
        return _latent(after.latent, topics)
    if "edit" in topics:
        return "Reset to the picture without edits"
    if "place" in topics and edit is not None:
        step = round(float(np.interp(edit.place, np.arange(len(edit.path)), edit.path.steps)))
        return f"{edit.title}: at step {step} of {edit.path.steps[-1]}"
    if any(topic.startswith("stack") for topic in topics):
        return stack_words(before.picture.stack, after.picture.stack)
    if "w" in topics:
        return "Another w"
    if "points" in topics:
        return _points(before.pairs, after.pairs)
    if "mask" in topics:
        return _mask(before.mask, after.mask)
    return _setting(before, after, topics)


def _latent(latent: LatentState, topics: frozenset[str]) -> str:
    """Say which other picture was chosen, or what of it."""
    changed = {topic.removeprefix("latent ") for topic in topics if topic.startswith("latent ")}
    if "given" in changed and latent.given is not None:
        kind = "Latent of" if latent.given.name.endswith((".npz", ".npy")) else "Face from"
        return f"{kind} {latent.given.name}"
    if {"seed", "east", "south", "given"} & changed:
        return f"{'Between seeds, at' if latent.east or latent.south else 'Seed'} {latent.seed}"
    if {"mix_seed", "mix_layers"} & changed:
        layers = len(latent.mix_layers)
        return f"Mixed with seed {latent.mix_seed}: {layers} layer{'' if layers == 1 else 's'}"
    if {"noise", "noise_seed"} & changed:
        return f"Noise {latent.noise}{f', seed {latent.noise_seed}' if latent.noise == 'random' else ''}"
    if "cutoff" in changed:
        return f"Truncation of {'all layers' if latent.cutoff is None else f'{latent.cutoff} layers'}"
    return f"Truncation psi {_value(latent.psi)}" if "psi" in changed else f"Class {latent.label}"


def _points(before: tuple[PointPair, ...], after: tuple[PointPair, ...]) -> str:
    """Say what was done to points: set, moved or deleted, and which."""
    if not after:
        return "All points deleted" if len(before) > 1 else "Point deleted"
    if len(after) > len(before):
        new = len(after) - len(before)
        if new > 1:
            return f"{new} points set"
        whole = after[-1].target is not None
        return f"Point {len(after)} set{' with its target' if whole else ''}"
    if len(after) < len(before):
        gone = len(before) - len(after)
        kept = next((i for i, pair in enumerate(after) if pair != before[i]), len(after))
        return f"Point {kept + 1} deleted" if gone == 1 else f"{gone} points deleted"
    moved = [index for index, pair in enumerate(after) if pair != before[index]]
    if len(moved) > 1:
        return f"{len(moved)} points moved"
    old, new_pair = before[moved[0]], after[moved[0]]
    if old.target is None and new_pair.target is not None:
        return f"Target of point {moved[0] + 1} set"
    what = "Target of point" if old.point == new_pair.point else "Point"
    return f"{what} {moved[0] + 1} moved"


def _mask(before: Mask | PackedMask | None, after: Mask | PackedMask | None) -> str:
    if after is None:
        return "Mask cleared"
    if before is None or isinstance(before, PackedMask) or isinstance(after, PackedMask):
        return "Mask painted"
    if before.shape == after.shape and np.array_equal(after, 1 - before):
        return "Mask inverted"
    return "Mask painted"


def _setting(before: Moment, after: Moment, topics: frozenset[str]) -> str:
    for topic in sorted(topics):
        kind, _, name = topic.partition(" ")
        if kind == "strength":
            title = EXPRESSIONS[name].title if name in EXPRESSIONS else name
            return f"{title}: strength {_value(after.strengths.get(name, 1.0))}"
        if kind == "option":
            return f"{name.replace('_', ' ').capitalize()} {_value(getattr(after.config, name))}"
    if "automatic mask" in topics:
        return f"Automatic mask {'on' if after.automatic_mask else 'off'}"
    return "Another face chosen"


def _value(value: object) -> str:
    """Write a value as the panels do."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
