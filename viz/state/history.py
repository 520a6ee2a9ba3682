"""What undo brings back: moments of the work, each with the words for what led to it."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dnnlib.photo_record import PhotoRecord
from drag.config import DragConfig
from drag.request import FloatArray
from viz.answers import NetworkInfo
from viz.state.latent import LatentState
from viz.state.picture import PictureState
from viz.state.points import Mask, PointPair


@dataclass(frozen=True, eq=False)
class PackedMask:
    """A mask in little memory: deflated, without loss."""

    shape: tuple[int, int]
    data: bytes

    @classmethod
    def of(cls, mask: Mask) -> "PackedMask":
        """Pack a mask [H, W] float32."""
        height, width = mask.shape
        return cls((height, width), zlib.compress(np.ascontiguousarray(mask, np.float32).tobytes(), 1))

    def mask(self) -> Mask:
        """Unpack it: [H, W] float32, read-only."""
        return np.frombuffer(zlib.decompress(self.data), np.float32).reshape(self.shape)


@dataclass(frozen=True, eq=False)
class Moment:
    """The work as it was: all that a person has made, and nothing of the window.

    Attributes:
        network: which was in use.
        mask: as it is where it is near, packed where it is not; None: everything may move.
        strengths: of the expressions, by their keys.
        click: (x, y) px on the face that is meant.
        edits: how many edits the picture has behind it since its seed.
    """

    network: NetworkInfo
    latent: LatentState
    picture: PictureState
    pairs: tuple[PointPair, ...] = ()
    mask: Mask | PackedMask | None = None
    config: DragConfig = field(default_factory=DragConfig.swift)
    strengths: Mapping[str, float] = field(default_factory=dict)
    automatic_mask: bool = True
    click: tuple[float, float] | None = None
    edits: int = 0

    def arrays(self) -> tuple[FloatArray, ...]:
        """List the arrays of w that it holds; two moments may share some."""
        found = [self.picture.w, self.picture.own_w]
        if self.picture.edit is not None:
            path = self.picture.edit.path
            found += [path.ws, path.points, path.targets]
        found += [array for layer in self.picture.stack for array in layer.arrays()]
        return tuple(array for array in found if array is not None)


@dataclass(frozen=True, eq=False)
class Entry:
    """A moment, and in words what led to it.

    Attributes:
        topics: what that has changed: further changes of the same, while the mouse button or key is still
            down, belong to this entry.
        open: whether it still is.
    """

    words: str
    moment: Moment
    topics: frozenset[str] = frozenset()
    open: bool = False


@dataclass(frozen=True, eq=False)
class History:
    """All that can be undone, oldest first, and where in it we are. What comes after can be redone.

    `photo` is what is remembered of the photograph whose face was brought in last.
    """

    entries: tuple[Entry, ...] = ()
    at: int = -1
    photo: PhotoRecord | None = None

    @property
    def here(self) -> Entry | None:
        """The entry of the present; None before anything was done."""
        return self.entries[self.at] if self.entries else None

    @property
    def can_undo(self) -> bool:
        """Whether there is something before."""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is something after."""
        return self.at + 1 < len(self.entries)


@dataclass(frozen=True, eq=False)
class Arrival:
    """Work whose network is still being loaded, by the command of `epoch`; it is shown once that is there.

    `missing` says why that network is not where it was, in one line: somebody has to find it. `opens` says
    that it takes the place of the project there is; `project` is its file, if it has one. Until then Save
    saves what is shown, where that belongs.
    """

    epoch: int
    history: History
    missing: str = ""
    opens: bool = False
    project: Path | None = None
