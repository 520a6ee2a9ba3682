"""Tensors out of pickle records, and PyTorch's forms of storages.

A tensor is a request to rebuild a view of a storage. In a network pickle the storage is a request to load
some bytes, a file in the file: PyTorch's form from before zip files, called the stream here. In a file of
`torch.save` it is a reference, to the rest of the stream or to an entry of a zip file. All is read by the
machine that calls nothing, and checked against what is really there; the numbers stay where they are until
somebody loads them.
"""

import math
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, NamedTuple

import torch

from torch_utils.errors import CheckpointError, HostileFileError
from torch_utils.network_file import Region
from torch_utils.pickle_machine import PickleMachine
from torch_utils.pickle_records import Call, Name, PersistentId, region_of
from torch_utils.stored_tensor import SLACK, StoredTensor, is_shape, numbers_in

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_DTYPES = {
    "torch.DoubleStorage": torch.float64,
    "torch.FloatStorage": torch.float32,
    "torch.HalfStorage": torch.float16,
    "torch.BFloat16Storage": torch.bfloat16,
    "torch.LongStorage": torch.int64,
    "torch.IntStorage": torch.int32,
    "torch.ShortStorage": torch.int16,
    "torch.CharStorage": torch.int8,
    "torch.ByteStorage": torch.uint8,
    "torch.BoolStorage": torch.bool,
}
_MOST_STEPS = 200  # Of a storage's own pickles: PyTorch writes 51.
_PARAMETER = "torch._utils._rebuild_parameter"
_TENSOR = "torch._utils._rebuild_tensor_v2"
_STORAGE = "torch.storage._load_from_bytes"

# The names that tensors in a pickle need, and those that storages need.
TENSOR_NAMES = frozenset({_PARAMETER, _TENSOR, _STORAGE})
STORAGE_NAMES = frozenset(_DTYPES)


class Storage(NamedTuple):
    """Numbers that still lie in the file."""

    dtype: torch.dtype
    length: int
    region: Region


# ----------------------------------------------------------------------------
# Storages.


def is_stream(file: Region) -> bool:
    """Whether a file is PyTorch's form from before zip files: it begins with a number as long as this one."""
    head = file.read(0, min(14, file.size))
    return head[:1] == b"\x80" and head[2:] == b"\x8a\x0a" + _MAGIC.to_bytes(10, "little", signed=True)


def read_stream(file: Region, allowed: Collection[str], **limit: int) -> tuple[Any, dict[Any, Storage]]:
    """Read PyTorch's form from before zip files: four small pickles, the list of storages, the storages.

    Args:
        file: the file, or the file in a file.
        allowed: the dotted names that may occur in what was saved.
        limit: most_steps of the machine that reads it.

    Returns:
        The records of what was saved, and the storages by their keys.

    Raises:
        CheckpointError: if it is damaged or of another form.
    """
    machine = PickleMachine(file, {*allowed, *STORAGE_NAMES}, persistent=True, **limit)
    head = [machine.run(), machine.run()]
    if not all(type(number) is int for number in head) or head != [_MAGIC, _PROTOCOL]:
        raise CheckpointError(f"{file.source}: not in PyTorch's form from before zip files")
    system = machine.run()
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise CheckpointError(f"{file.source}: written on a machine with another byte order")
    root = machine.run()
    described = dict(describe(record, file.source) for record in machine.persistent_ids)
    keys = machine.run()
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise CheckpointError(f"{file.source}: its list of storages is damaged")
    if len(keys) != len(described) or set(keys) != set(described):
        raise CheckpointError(f"{file.source}: holds other storages than it describes")
    storages = {}
    for key in keys:
        dtype, count = described[key]
        announced = int.from_bytes(machine.take(8), "little", signed=True)
        if announced != count:
            raise CheckpointError(f"{file.source}: describes {count} numbers and announces {announced}")
        storages[key] = Storage(dtype, count, machine.take_region(count * dtype.itemsize))
    return root, storages


def describe(record: PersistentId, source: str) -> tuple[str, tuple[torch.dtype, int]]:
    """Take key, dtype and length out of a reference to a storage.

    Raises:
        CheckpointError: if it is damaged.
    """
    value = record.value
    if isinstance(value, tuple) and len(value) in (5, 6) and value[5:] in ((), (None,)):
        what, kind, key, _, count = value[:5]
        plain = isinstance(what, str) and what == "storage" and isinstance(key, str) and type(count) is int
        if plain and isinstance(kind, Name) and str(kind) in _DTYPES and 0 <= count < 2**48:
            return key, (_DTYPES[str(kind)], count)
    raise CheckpointError(f"{source}: damaged description of a storage")


# ----------------------------------------------------------------------------
# Tensors.


class TensorReader:
    """Turns requests for tensors into tensors that can be loaded.

    Args:
        file: the file.
        storages: those that references mean, by their keys.
    """

    def __init__(self, file: Region, storages: Mapping[str, Storage]) -> None:
        self._source = file.source
        self._storages = storages
        self._content_left = 2 * file.size + SLACK
        self._inner: dict[int, tuple[Call, Storage]] = {}

    def tensor(self, value: Any, name: str) -> StoredTensor:
        """Check the tensor or parameter that a record asks for.

        Args:
            value: the record.
            name: what the tensor is called, for messages.

        Raises:
            CheckpointError: if the record is none for a tensor, or damaged.
            HostileFileError: if it claims more than its storage holds.
        """
        if isinstance(value, Call) and str(value.function) == _PARAMETER:
            value = value.args[0] if value.args else None
        if not (isinstance(value, Call) and str(value.function) == _TENSOR and len(value.args) >= 4):
            raise CheckpointError(f"{self._source}: {name} is not a tensor")
        record, offset, size, stride = value.args[:4]
        storage = self._storage(record, name)
        if not is_shape([offset]) or not is_shape(size) or not is_shape(stride) or len(size) != len(stride):
            raise CheckpointError(f"{self._source}: {name} has a damaged shape")
        count = math.prod(size)
        span = 1 + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) if count > 0 else 0
        if count > storage.length or offset + span > storage.length:
            raise HostileFileError(
                f"{self._source}: {name} claims shape {list(size)}, but its storage holds {storage.length}"
            )
        load = partial(_load, storage, tuple(size), tuple(stride), offset, span)
        return StoredTensor(tuple(size), storage.dtype, load, span)

    def _storage(self, value: Any, name: str) -> Storage:
        if isinstance(value, PersistentId):
            key, described = describe(value, self._source)
            storage = self._storages.get(key)
            if storage is None or (storage.dtype, storage.length) != described:
                raise CheckpointError(f"{self._source}: {name} refers to a storage that is not there")
            return storage
        if id(value) in self._inner:
            return self._inner[id(value)][1]
        if not (isinstance(value, Call) and str(value.function) == _STORAGE and len(value.args) == 1):
            raise CheckpointError(f"{self._source}: {name} has no storage")
        source = f"{self._source}: storage of {name}"
        content = region_of(value.args[0], source)
        # One text may stand behind a thousand storages, and each of protocol 2 is copied to be read.
        self._content_left -= content.size
        if self._content_left < 0:
            raise HostileFileError(
                f"{self._source}: its storages lie upon each other; the file was not opened"
            )
        record, storages = read_stream(content, (), most_steps=_MOST_STEPS)
        if not isinstance(record, PersistentId) or len(storages) != 1:
            raise CheckpointError(f"{source}: holds something else")
        (found,) = storages.values()
        self._inner[id(value)] = value, found  # The record is kept too, so that its id stays its own.
        return found


def _load(
    storage: Storage, size: tuple[int, ...], stride: tuple[int, ...], offset: int, span: int
) -> torch.Tensor:
    numbers = numbers_in(storage.region, storage.dtype, offset, span)
    if span == 0:
        return numbers.reshape(size)
    return torch.as_strided(numbers, size, stride).clone(memory_format=torch.contiguous_format)
