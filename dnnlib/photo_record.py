"""What has to be remembered of a photograph, so that its face can be edited and put back another day."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dnnlib.latents import GivenLatent

# Larger files are remembered by path and hash alone.
MOST_KEPT = 64 << 20


@dataclass(frozen=True, eq=False)
class PhotoRecord:
    """A face of a photograph that was brought into a network.

    Attributes:
        path: of the photograph.
        sha256: of its file.
        network: SHA-256 of the network's file.
        given: what the network draws the face from; its w is there.
        quad: [4, 2], the corners of the face's square in the photograph, px, as faces.align has them.
        landmarks: [68, 2], the face's, px of the photograph.
        content: the photograph's file itself; None where it is larger than `MOST_KEPT`.
        tuned: the file of what tuning has changed of the network; None where it has changed nothing.
        tuned_note: why that file is not to be had, in one line; empty if it is.
        meant: [S, S], where edits were meant to move something; None: everywhere.
    """

    path: Path
    sha256: str
    network: str
    given: GivenLatent
    quad: NDArray[np.float64]
    landmarks: NDArray[np.float32]
    content: bytes | None = None
    tuned: Path | None = None
    tuned_note: str = ""
    meant: NDArray[np.float32] | None = None
