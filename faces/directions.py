"""Directions of w as files that numpy reads too: .npz, nothing pickled.

numpy.load("smile.npz")["offset"]   [num_ws, w_dim]: added to any w of the same network, it does the edit
"""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write
from drag.request import FloatArray
from faces.stack import Layer

_MOST_BYTES = 16 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError, SyntaxError, MemoryError)


class DirectionError(EditorError):
    """What was to be a direction is none, or is one of another network."""


def save_direction(path: Path, layer: Layer, network_sha256: str) -> None:
    """Write by what an edit moves w at amount 1.

    Args:
        path: of an .npz.
        layer: an edit that has run.
        network_sha256: of the file of the network that it was made with.

    Raises:
        DirectionError: if the edit has moved nothing yet.
        FileError: if it cannot be written.
    """
    offset = layer.offset
    if offset is None:
        raise DirectionError(f"{layer.title}: it has not run on this picture yet: replay it first")
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            offset=np.asarray(offset, np.float32),
            title=np.array(layer.title),
            network=np.array(network_sha256),
        )


def load_direction(path: Path, shape: tuple[int, int], network_sha256: str) -> tuple[Layer, str]:
    """Read a direction as an edit that has not run.

    Args:
        path: of an .npz.
        shape: (num_ws, w_dim) of the network in use.
        network_sha256: of its file.

    Returns:
        The edit, and a remark where the direction was made with another network of the same shape; else "".

    Raises:
        DirectionError: in one line that says what was expected.
    """
    expected = (
        "a direction is an .npz with an array `offset`, as Save of an edit in the Stack panel writes it"
    )
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
                raise DirectionError(f"{path}: it is larger than any direction (16 MB); {expected}")
        with np.load(path, allow_pickle=False) as arrays:
            offset = np.array(arrays["offset"], np.float32)
            title = str(arrays["title"]) if "title" in arrays else path.stem
            network = str(arrays["network"]) if "network" in arrays else ""
    except OSError as error:
        raise DirectionError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from error
    except _DAMAGE as error:
        raise DirectionError(f"{path}: it is damaged or none; {expected}") from error
    if offset.shape != shape or not np.isfinite(offset).all():
        found = " × ".join(map(str, offset.shape))
        raise DirectionError(
            f"{path}: its offset is {found}; this network needs {shape[0]} × {shape[1]} finite numbers"
        )
    another = bool(network) and network != network_sha256
    remark = f"{path.name} was made with another network: what it does here is a matter of luck."
    return Layer(title[:80] or path.stem, pending=_read_only(offset)), remark if another else ""


def _read_only(array: FloatArray) -> FloatArray:
    array.flags.writeable = False
    return array
