"""Moments of work, for the tests of what keeps them."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from dnnlib.latents import GivenLatent, Latent
from drag.config import DragConfig
from drag.path import EditPath
from faces.stack import Layer, Part
from viz.answers import NetworkInfo, Report
from viz.history_words import changes
from viz.state import JobKind, Outcome, PointPair
from viz.state.history import Moment, PackedMask
from viz.state.picture import Edit, PictureState

_SHUT = np.zeros((8, 16), np.float32), np.ones((8, 16), np.float32)
_STACKS = (
    (),
    (
        Layer("Smile + Pucker", (Part("smile", 0.5), Part("pucker")), -0.25, False),
        Layer("Close eyes", (Part("close_eyes"),), start=_SHUT[0], end=_SHUT[1]),
        Layer("Drag", amount=0.5, pending=np.full((8, 16), 0.25, np.float32)),
    ),
)
INFO = NetworkInfo(Path("a.safetensors"), "A", "a0" * 32, 64, 64, 8, 16, 4)
OTHER = dataclasses.replace(INFO, path=Path("b.pkl"), title="B", sha256="b1" * 32)


def w_of(value: float) -> Any:
    return np.full((8, 16), value, np.float32)


def path_of(*values: float) -> EditPath:
    """The way of an edit with one handle, whose w takes these values."""
    handles = [np.array([[index, np.nan if index == 1 else 3.5]]) for index in range(len(values))]
    return EditPath.of([*range(len(values))], [w_of(value) for value in values], handles, np.array([[9, 9]]))


_OUTCOME = Outcome(
    JobKind.ADJUST, "Close eyes", "reached", "There.", 2, 0.5, Report("lids", 9, 0, 0.5, 0.9, None, 1)
)
_EDITS = [
    Edit(JobKind.ADJUST, "Close eyes", path, place, _OUTCOME)
    for path in (path_of(0, 1, 2), path_of(0, 5))
    for place in (0.0, 0.5, 1.0)
]
_LATENTS = [
    Latent(),
    Latent(seed=7, psi=0.5, east=0.25, mix_seed=3, mix_layers=(1, 5), noise="random", noise_seed=4),
    Latent(given=GivenLatent("w.npz", w=w_of(9), seed=2)),
]


def moments() -> Any:
    """Any moment of a small picture, out of a few values of everything, so that some are equal."""
    soft = np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64)
    masks = [None, soft, *(np.full((64, 64), value, np.float32) for value in (0.25, 1))]
    ws = [None, w_of(3), w_of(4)]
    pairs = [(), (PointPair((1, 2)),), (PointPair((1, 2.5), (3, 4)), PointPair((5, 6), (7, 8)))]
    return st.builds(
        Moment,
        network=st.sampled_from([INFO, OTHER]),
        latent=st.sampled_from(_LATENTS),
        picture=st.builds(
            PictureState,
            st.sampled_from(ws),
            st.sampled_from(ws),
            st.sampled_from([None, *_EDITS]),
            st.sampled_from(_STACKS),
        ),
        pairs=st.sampled_from(pairs),
        mask=st.sampled_from(masks),
        config=st.builds(DragConfig, max_steps=st.sampled_from([10, 20])),
        strengths=st.builds(lambda value: {"close_eyes": value}, st.sampled_from([0.5, 1.0])),
        automatic_mask=st.booleans(),
        click=st.sampled_from([None, (3.0, 4.5)]),
        edits=st.integers(0, 2),
    )


def unpacked(mask: Any) -> Any:
    return mask.mask() if isinstance(mask, PackedMask) else mask


def same(one: Moment, other: Moment) -> bool:
    """Whether two moments are the same to a person: nothing has changed but how a mask is stored."""
    masks = unpacked(one.mask), unpacked(other.mask)
    alike = masks[0] is masks[1] or (masks[0] is not None and masks[1] is not None and np.array_equal(*masks))
    return alike and not changes(dataclasses.replace(one, mask=None), dataclasses.replace(other, mask=None))
