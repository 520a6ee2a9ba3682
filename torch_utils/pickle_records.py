"""What the pickle machine builds in place of objects, and how plain data is taken out of it."""

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from torch_utils.errors import CheckpointError

_NUMPY_SCALARS = ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")
_NUMPY_ARRAYS = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")
_DICTS = ("collections.OrderedDict", "dnnlib.util.EasyDict")

# The names that plain data and arrays need.
RECORD_NAMES = frozenset(
    {*_NUMPY_SCALARS, *_NUMPY_ARRAYS, *_DICTS, "numpy.ndarray", "numpy.dtype", "_codecs.encode"}
)

_MOST_VALUES = 10_000  # More than any network's arguments have; a file can refer to a list a million times.


@dataclass(frozen=True)
class Name:
    """Something that the file wants imported: nothing but its name."""

    module: str
    name: str

    def __str__(self) -> str:
        """Give the dotted name."""
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class Call:
    """An object that the file wants made.

    Attributes:
        function: what to call, or the class to make one of.
        args: its arguments.
        state: what is to become its __dict__ (or its __setstate__'s argument), or None.
        items: what is to be set on it as on a dict.
        elements: what is to be added to it as to a list or a set.
    """

    function: Name
    args: Any
    state: Any = None
    items: dict[Any, Any] = field(default_factory=dict)
    elements: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class PersistentId:
    """A reference to something that is kept outside the pickle."""

    value: Any


class NotPlainError(CheckpointError):
    """A value is not made of numbers, texts, lists and dicts alone."""


def mapping_of(value: Any) -> dict[Any, Any]:
    """Take a dict's items, also from an OrderedDict or EasyDict.

    Raises:
        NotPlainError: if the value is no dict.
    """
    if isinstance(value, dict):
        return value
    if isinstance(value, Call) and str(value.function) in _DICTS:
        return value.items
    raise NotPlainError(f"a dict was expected, {type(value).__name__} was found")


def bytes_of(value: Any) -> bytes:
    """Take bytes, also from protocol 2, which has none and writes them as Latin-1 text to be encoded.

    Raises:
        NotPlainError: if the value is no bytes.
    """
    if isinstance(value, Call) and str(value.function) == "_codecs.encode" and value.args[1:] == ("latin1",):
        try:
            return str(value.args[0]).encode("latin1")
        except UnicodeEncodeError as error:
            raise NotPlainError("text that is not Latin-1 was found where bytes were expected") from error
    if isinstance(value, bytes):
        return value
    raise NotPlainError(f"bytes were expected, {type(value).__name__} was found")


def plain(value: Any) -> Any:
    """Copy a value that is made of None, bool, int, float, str, lists, tuples (as lists) and dicts alone.

    Raises:
        NotPlainError: if there is anything else in it, or unreasonably much.
    """
    return _Copier().copy(value)


class _Copier:
    """Copies nested data and counts it, because a file can nest and repeat it without end."""

    def __init__(self) -> None:
        self.left = _MOST_VALUES

    def copy(self, value: Any, depth: int = 0) -> Any:
        self.left -= 1
        if self.left < 0 or depth > 20:
            raise NotPlainError("the arguments are nested without end")
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, list | tuple):
            return [self.copy(element, depth + 1) for element in value]
        if isinstance(value, Call) and str(value.function) in _NUMPY_SCALARS:
            return array_of(value).item()
        return {str(key): self.copy(element, depth + 1) for key, element in mapping_of(value).items()}


# ----------------------------------------------------------------------------
# NumPy's numbers and arrays.


def array_of(value: Any) -> np.ndarray:
    """Rebuild a NumPy array, or a NumPy number as an array without axes.

    Raises:
        CheckpointError: if it is none, or its bytes do not fill its shape.
    """
    try:
        if isinstance(value, Call) and str(value.function) in _NUMPY_SCALARS:
            return np.asarray(_scalar(value))
        if not (isinstance(value, Call) and str(value.function) in _NUMPY_ARRAYS):
            raise TypeError(type(value))
        _, shape, dtype, fortran, content = value.state
        flat = np.frombuffer(bytes_of(content), _dtype(dtype))
        if flat.size != int(np.prod([int(n) for n in shape], dtype=object)):
            raise ValueError(f"{flat.size} numbers do not fill the shape {shape}")
        return flat.reshape(shape, order="F" if fortran else "C")
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"not a well-formed array ({error})") from error


def _scalar(value: Call) -> Any:
    dtype, content = value.args
    return np.frombuffer(bytes_of(content), _dtype(dtype), count=1)[0].item()


def _dtype(value: Any) -> np.dtype:
    """Rebuild a dtype of plain numbers: floats, integers, bool."""
    if not (isinstance(value, Call) and str(value.function) == "numpy.dtype"):
        raise TypeError(type(value))
    name, order = str(value.args[0]), value.state[1] if value.state else "="
    if not re.fullmatch("f[248]|[iu][1248]|b1", name) or order not in ("<", ">", "=", "|"):
        raise TypeError(f"numbers of type {name}")
    return np.dtype(name if order == "|" else order + name)
