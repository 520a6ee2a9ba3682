"""How a project stands in its file: `project.json` in these records, arrays beside it as .npy files.

The JSON names an array by its place in the zip. Paths of edits, networks and arrays that several moments
share stand once. Fields that a later program has added are left out by an older one; a change that an older
one would misread raises VERSION, and is then said.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from dnnlib.latents import Latent
from drag.config import DragConfig
from drag.request import FloatArray
from viz.state.jobs import JobKind, Outcome

FORMAT = "drag-auto project"
VERSION = 1

Text = Annotated[str, Meta(max_length=4096)]
Count = Annotated[int, Meta(ge=0, le=2**31)]
Size = Annotated[int, Meta(ge=1, le=16384)]
Corner = tuple[float, float]
Steps = np.ndarray[tuple[int, ...], np.dtype[np.int32]]


class Head(Struct, frozen=True):
    """What is read first: whether the rest can be."""

    format: Text
    version: int


class NetworkForm(Struct, frozen=True):
    """A checkpoint: where it was, and what it was. `beside` is its path from the project's folder."""

    path: Text
    title: Text
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    width: Size
    height: Size
    num_ws: Annotated[int, Meta(ge=1, le=256)]
    w_dim: Size
    num_blocks: Annotated[int, Meta(ge=1, le=256)]
    c_dim: Annotated[int, Meta(ge=0, le=100_000)] = 0
    beside: Text = ""


class PathForm(Struct, frozen=True):
    """The way of an edit: arrays as in drag.path.EditPath."""

    steps: Steps
    ws: FloatArray
    points: FloatArray
    targets: FloatArray


class EditForm(Struct, frozen=True):
    """An edit; `path` counts the project's paths."""

    kind: JobKind
    title: Text
    path: Count
    place: float
    outcome: Outcome | None = None


class PairForm(Struct, frozen=True):
    """A handle point and its target, (x, y) px."""

    point: tuple[float, float]
    target: tuple[float, float] | None = None


class PartForm(Struct, frozen=True):
    """An expression of an edit of the stack, by its key."""

    expression: Text
    strength: float = 1.0


class LayerForm(Struct, frozen=True):
    """An edit of the stack: arrays as in faces.stack.Layer."""

    title: Text
    parts: Annotated[tuple[PartForm, ...], Meta(max_length=100)] = ()
    amount: float = 1.0
    on: bool = True
    start: FloatArray | None = None
    end: FloatArray | None = None
    pending: FloatArray | None = None


class MomentForm(Struct, frozen=True):
    """A moment; `network` counts the project's networks."""

    network: Count
    latent: Latent
    w: FloatArray | None = None
    own_w: FloatArray | None = None
    edit: EditForm | None = None
    pairs: Annotated[tuple[PairForm, ...], Meta(max_length=10_000)] = ()
    mask: FloatArray | None = None
    config: DragConfig = DragConfig()
    strengths: dict[Text, float] = {}
    automatic_mask: bool = True
    click: tuple[float, float] | None = None
    edits: Count = 0
    stack: Annotated[tuple[LayerForm, ...], Meta(max_length=1000)] = ()


class EntryForm(Struct, frozen=True):
    """An entry of the history."""

    words: Text
    moment: MomentForm
    topics: tuple[Text, ...] = ()


class PhotoForm(Struct, frozen=True):
    """The photograph whose face was brought in: dnnlib.photo_record.PhotoRecord.

    Attributes:
        inside: whether its file is in the zip, as `photograph`.
        tuned: name or path of the file of what tuning has changed; empty: nothing.
    """

    path: Text
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    network: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    name: Text
    w: FloatArray
    quad: tuple[Corner, Corner, Corner, Corner]
    landmarks: FloatArray
    inside: bool = False
    tuned: Text = ""
    tuned_sha256: Annotated[str, Meta(max_length=64)] = ""
    meant: FloatArray | None = None
    beside: Text = ""


class ProjectForm(Struct, frozen=True):
    """The whole.

    Attributes:
        at: which entry of the history is the present.
        closed: of an autosave, that its window was closed in good order.
    """

    format: Text
    version: int
    networks: Annotated[tuple[NetworkForm, ...], Meta(max_length=1000)]
    paths: Annotated[tuple[PathForm, ...], Meta(max_length=10_000)]
    entries: Annotated[tuple[EntryForm, ...], Meta(min_length=1, max_length=10_000)]
    at: Count
    closed: bool = False
    photo: PhotoForm | None = None
