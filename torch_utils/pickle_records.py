"""What the pickle machine builds in place of objects, and how plain data is taken out of it."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from torch_utils.errors import CheckpointError
from torch_utils.network_file import Region
from torch_utils.stored_tensor import StoredTensor, is_shape

_NUMPY_SCALARS = ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")
_NUMPY_ARRAYS = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")
_DICTS = ("collections.OrderedDict", "dnnlib.util.EasyDict")

# The names that plain data and arrays need.
RECORD_NAMES = frozenset(
    {*_NUMPY_SCALARS, *_NUMPY_ARRAYS, *_DICTS, "numpy.ndarray", "numpy.dtype", "_codecs.encode"}
)

_TORCH = {
    **{"f2": torch.float16, "f4": torch.float32, "f8": torch.float64, "b1": torch.bool, "u1": torch.uint8},
    **{"i1": torch.int8, "i2": torch.int16, "i4": torch.int32, "i8": torch.int64},
}

_LONGEST_ENCODED = 32 << 20  # Bytes. The largest tensor of a published network takes 19 MB in this form.
_MOST_VALUES = 10_000  # More than any network's arguments have; a file can refer to a list a million times.


@dataclass(frozen=True)
class Name:
    """Something that the file wants imported: nothing but its name."""

    module: str
    name: str

    def __str__(self) -> str:
        """Give the dotted name."""
        return f"{self.module}.{self.name}"


@dataclass(eq=False, slots=True)
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


@dataclass(frozen=True, eq=False)
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
    if isinstance(value, Call) and str(value.function) == "_codecs.encode" and len(value.args) == 2:
        text, encoding = value.args
        if isinstance(text, Region) and text.size <= _LONGEST_ENCODED:
            text = text.read().decode("utf-8")
        if isinstance(text, str) and encoding == "latin1":
            try:
                return text.encode("latin1")
            except UnicodeEncodeError as error:
                raise NotPlainError("text that is not Latin-1 was found where bytes were expected") from error
    if isinstance(value, Region):
        return value.read()
    if isinstance(value, bytes):
        return value
    raise NotPlainError(f"bytes were expected, {type(value).__name__} was found")


def region_of(value: Any, source: str) -> Region:
    """Take bytes as a region, without reading them where they still lie in the file.

    Raises:
        NotPlainError: if the value is no bytes.
    """
    if isinstance(value, Region):
        return Region(value.read, value.size, source)
    return Region.of_bytes(bytes_of(value), source)


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
            return _scalar(value)
        return {str(key): self.copy(element, depth + 1) for key, element in mapping_of(value).items()}


# ----------------------------------------------------------------------------
# NumPy's numbers and arrays.


def array_of(value: Any) -> StoredTensor:
    """Tell of a NumPy array, or of a NumPy number as an array without axes.

    Raises:
        NotPlainError: if it is none, or its bytes do not fill its shape.
    """
    try:
        if isinstance(value, Call) and str(value.function) in _NUMPY_SCALARS:
            return _stored(np.asarray(_scalar(value)))
        if not (isinstance(value, Call) and str(value.function) in _NUMPY_ARRAYS):
            raise TypeError(type(value).__name__)
        _, shape, dtype, fortran, content = value.state
        if not is_shape(shape):
            raise ValueError("a damaged shape")
        region = region_of(content, "an array")
        kind, count = _dtype(dtype), math.prod(shape)
        if region.size != count * kind.itemsize:
            raise ValueError(f"{region.size} bytes do not fill the shape {list(shape)}")
        order: Any = "F" if fortran else "C"
        own = kind.newbyteorder("=")
        return StoredTensor(
            tuple(shape),
            _TORCH[own.str[1:]],
            lambda: torch.from_numpy(
                np.frombuffer(region.read(), kind).reshape(shape, order=order).astype(own)
            ),
        )
    except (TypeError, ValueError) as error:
        raise NotPlainError(f"not a well-formed array: {error}") from error


def _stored(array: np.ndarray) -> StoredTensor:
    value = torch.from_numpy(array)
    return StoredTensor(tuple(value.shape), value.dtype, lambda: value)


def _scalar(value: Call) -> Any:
    dtype, content = value.args
    return np.frombuffer(bytes_of(content), _dtype(dtype), count=1)[0].item()


def _dtype(value: Any) -> np.dtype:
    """Rebuild a dtype of plain numbers: floats, integers, bool."""
    if not (isinstance(value, Call) and str(value.function) == "numpy.dtype"):
        raise TypeError(type(value).__name__)
    name, order = value.args[0], value.state[1] if value.state else "="
    if not (isinstance(name, str) and name in _TORCH) or order not in ("<", ">", "=", "|"):
        raise TypeError(f"numbers of type {name[:20] if isinstance(name, str) else type(name).__name__}")
    return np.dtype(name if order == "|" else order + name)
