"""Latents as files that numpy reads too: .npz with w, z and seed, or .npy with w alone. Nothing is unpickled.

    numpy.load("latent.npz")["w"]

A file's claims are checked before memory is spent on them.
"""

import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from dnnlib.files import atomic_write
from dnnlib.latents import SEEDS, FloatArray, GivenLatent, LatentError

_MOST_NUMBERS = 1 << 20  # No generator takes more: 18 layers of 512 are 9216.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile, zlib and numpy's reader of headers say of bytes that make no sense.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, tokenize.TokenError, ValueError, SyntaxError, EOFError, TypeError,
    NotImplementedError, RecursionError, RuntimeError, MemoryError, OverflowError,
)  # fmt: skip
_WANTED = "a latent is an .npz with w or z, or an .npy with w"


def save_latent(path: Path, w: FloatArray, z: FloatArray | None = None, seed: int | None = None) -> None:
    """Write a latent: .npy holds w alone, any other suffix makes an .npz with w and, where known, z and seed.

    Raises:
        FileError: if it cannot be written.
    """
    arrays: dict[str, np.ndarray] = {"w": np.asarray(w, np.float32)}
    if z is not None:
        arrays["z"] = np.asarray(z, np.float32)
    if seed is not None:
        arrays["seed"] = np.array(seed, np.int64)
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        if path.suffix == ".npy":
            np.save(file, arrays["w"], allow_pickle=False)
        else:
            np.savez(file, allow_pickle=False, **arrays)


def load_latent(path: Path) -> GivenLatent:
    """Read a latent; arrays of one picture more ([1, num_ws, w_dim], as projectors write them) are taken too.

    Raises:
        LatentError: if it is no latent, in one line that says what was expected.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            arrays = _members(file, name) if zipfile.is_zipfile(file) else {"w": _array(file, name, "w")}
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LatentError(f"{path}: cannot be read ({reason})") from error
    except _DAMAGE as error:
        raise LatentError(f"{name}: it is damaged or no numpy file; {_WANTED}") from error
    w, z = arrays.get("w"), arrays.get("z")
    if w is None and z is None:
        raise LatentError(f"{name}: it holds neither w nor z; {_WANTED}")
    return GivenLatent(
        name,
        None if w is None else _numbers(w, name, "w", (1, 2)),
        None if z is None else _numbers(z, name, "z", (1,)),
        _seed(arrays.get("seed")),
    )


def _members(file: IO[bytes], name: str) -> dict[str, np.ndarray]:
    """Read the arrays of an .npz that mean something here; others are let be."""
    file.seek(0)
    found = {}
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        for key in ("w", "z", "seed"):
            if f"{key}.npy" in names:
                if archive.getinfo(f"{key}.npy").compress_type not in _PACKED:
                    raise LatentError(f"{name}: {key} is packed as numpy never does; {_WANTED}")
                with archive.open(f"{key}.npy") as member:
                    found[key] = _array(member, name, key)
    if not found and "offset.npy" in names:
        raise LatentError(f"{name}: it is the direction of an edit, not a latent; open it in the Stack panel")
    return found


def _array(file: IO[bytes], name: str, key: str) -> np.ndarray:
    """Read one array, after a look at what its header claims."""
    if file.seekable():
        file.seek(0)
    version = npy.read_magic(file)
    read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, in_columns, kind = read_header(file)
    if kind.kind not in "fiu":
        raise LatentError(f"{name}: {key} holds {kind}; expected numbers")
    count = math.prod(shape)
    if count > _MOST_NUMBERS:
        raise LatentError(f"{name}: {key} claims to be {list(shape)}; a latent is [num_ws, w_dim] at most")
    data = file.read(count * kind.itemsize)
    if len(data) != count * kind.itemsize:
        raise LatentError(f"{name}: it ends in the middle of {key}; get it again")
    values = np.frombuffer(data, kind)
    return values.reshape(shape[::-1]).T if in_columns else values.reshape(shape)


def _numbers(values: np.ndarray, name: str, key: str, ranks: tuple[int, ...]) -> FloatArray:
    """Bring an array to float32 [num_ws, w_dim] or [dim]."""
    shape = list(values.shape)
    while values.ndim > 1 and len(values) == 1:
        values = values[0]
    if values.ndim not in ranks or values.size == 0:
        raise LatentError(f"{name}: {key} is {shape}; expected one latent, not several; {_WANTED}")
    with np.errstate(over="ignore"):
        numbers = np.array(values, np.float32)
    if not np.isfinite(numbers).all():
        raise LatentError(f"{name}: {key} holds something that is not a number; save it again")
    numbers.setflags(write=False)
    return numbers


def _seed(value: np.ndarray | None) -> int | None:
    if value is None or value.size != 1 or value.dtype.kind not in "iu":
        return None
    seed = int(value.reshape(())[()])
    return seed if 0 <= seed < SEEDS else None
