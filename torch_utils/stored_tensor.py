"""A tensor that still lies in its file: what it is, and how to fetch it."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch

from torch_utils.errors import HostileFileError
from torch_utils.network_file import Region

_MOST_AXES = 8
SLACK = 16 << 20  # Bytes; small networks may be told of in more than their own size.


@dataclass(frozen=True)
class StoredTensor:
    """A tensor that has been checked against its file, but not read.

    Attributes:
        shape: its shape.
        dtype: of the numbers in the file.
        load: reads it: a contiguous tensor of its own.
        span: how many numbers of the file that takes; 0 if just its own.
    """

    shape: tuple[int, ...]
    dtype: torch.dtype
    load: Callable[[], torch.Tensor]
    span: int = 0


def is_shape(values: object, most: int = 2**48) -> bool:
    """Whether these are lengths of axes, or steps: whole numbers from 0, not too many, not too large."""
    return (
        isinstance(values, list | tuple)
        and len(values) <= _MOST_AXES
        and all(type(n) is int and 0 <= n < most for n in values)
    )


def numbers_in(region: Region, dtype: torch.dtype, start: int = 0, count: int | None = None) -> torch.Tensor:
    """Read a region as numbers [K], or `count` of them from `start`."""
    length = None if count is None else count * dtype.itemsize
    content = bytearray(region.read(start * dtype.itemsize, length))
    return torch.frombuffer(content, dtype=dtype) if content else torch.empty([0], dtype=dtype)


def check_total(tensors: Iterable[StoredTensor], file: Region) -> None:
    """See that the tensors of a network need no more than its file can hold.

    Tensors may lie upon each other: a small file could be made of a million views of one storage.

    Raises:
        HostileFileError: if they need much more.
    """
    total = sum(max(math.prod(tensor.shape), tensor.span) * tensor.dtype.itemsize for tensor in tensors)
    if total > 2 * file.size + SLACK:
        raise HostileFileError(
            f"{file.source}: claims tensors of {total} bytes, in a file of {file.size}; it was not opened"
        )
