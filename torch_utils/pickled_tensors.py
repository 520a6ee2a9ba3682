"""Tensors out of pickle records: PyTorch's storages in their form from before zip files.

A tensor there is a request to rebuild a view of a storage, and a storage is a request to load some bytes,
which are a file in a file: five small pickles and the numbers. All of it is read here, by the same machine
that calls nothing, and checked against what is really there.
"""

import math
from typing import Any

import torch

from torch_utils.errors import CheckpointError, HostileFileError
from torch_utils.pickle_machine import PickleMachine
from torch_utils.pickle_records import Call, Name, PersistentId, bytes_of

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
_PARAMETER = "torch._utils._rebuild_parameter"
_TENSOR = "torch._utils._rebuild_tensor_v2"
_STORAGE = "torch.storage._load_from_bytes"

# The names that tensors in a pickle need.
TENSOR_NAMES = frozenset({_PARAMETER, _TENSOR, _STORAGE})


class TensorReader:
    """Turns requests for tensors into tensors; what shares a storage in the file is read once.

    Args:
        source: the file's name, for messages.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._storages: dict[int, tuple[Call, torch.Tensor]] = {}

    def tensor(self, value: Any, name: str) -> torch.Tensor:
        """Read the tensor or parameter that a record asks for.

        Args:
            value: the record.
            name: what the tensor is called, for messages.

        Returns:
            A tensor of its own, contiguous, of the dtype in the file.

        Raises:
            CheckpointError: if the record is none for a tensor, or damaged.
            HostileFileError: if it claims more than its storage holds.
        """
        if isinstance(value, Call) and str(value.function) == _PARAMETER:
            value = value.args[0] if value.args else None
        if not (isinstance(value, Call) and str(value.function) == _TENSOR and len(value.args) >= 4):
            raise CheckpointError(f"{self._source}: {name} is not a tensor")
        storage, offset, size, stride = value.args[:4]
        numbers = self._storage(storage, name)
        if not _are_lengths([offset]) or not _are_lengths(size) or not _are_lengths(stride):
            raise CheckpointError(f"{self._source}: {name} has a damaged shape")
        if len(size) != len(stride):
            raise CheckpointError(f"{self._source}: {name} has a damaged shape")
        reach = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) + 1
        count = math.prod(size)
        if count > len(numbers) or (count > 0 and reach > len(numbers)):
            raise HostileFileError(
                f"{self._source}: {name} claims shape {list(size)}, but its storage holds {len(numbers)}"
            )
        return torch.as_strided(numbers, size, stride, offset).clone(memory_format=torch.contiguous_format)

    def _storage(self, value: Any, name: str) -> torch.Tensor:
        if id(value) in self._storages:
            return self._storages[id(value)][1]
        if not (isinstance(value, Call) and str(value.function) == _STORAGE and len(value.args) == 1):
            raise CheckpointError(f"{self._source}: {name} has no storage")
        content = bytes_of(value.args[0])
        numbers = _read_storage(content, f"{self._source}: storage of {name}")
        self._storages[id(value)] = value, numbers  # The record is kept too, so that its id stays its own.
        return numbers


def _are_lengths(values: Any) -> bool:
    return isinstance(values, list | tuple) and all(type(n) is int and 0 <= n < 2**48 for n in values)


def _read_storage(content: bytes, source: str) -> torch.Tensor:
    """Read one storage from the file in the file.

    Returns:
        All its numbers, [K].

    Raises:
        CheckpointError: if it is damaged or of another form.
    """
    machine = PickleMachine(content, source, _DTYPES, persistent=True)
    if machine.run() != _MAGIC or machine.run() != _PROTOCOL:
        raise CheckpointError(f"{source}: not in PyTorch's form from before zip files")
    system = machine.run()
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise CheckpointError(f"{source}: written on a machine with another byte order")
    dtype, key, count = _described(machine.run(), source)
    if machine.run() != [key]:
        raise CheckpointError(f"{source}: holds other storages than it describes")
    announced = int.from_bytes(machine.take(8), "little", signed=True)
    if announced != count or not 0 <= count <= len(content):
        raise CheckpointError(f"{source}: describes {count} numbers and announces {announced}")
    numbers = machine.take(count * dtype.itemsize)
    if count == 0:
        return torch.empty([0], dtype=dtype)
    return torch.frombuffer(bytearray(numbers), dtype=dtype)


def _described(record: Any, source: str) -> tuple[torch.dtype, Any, int]:
    """Take dtype, key and length out of a storage's description."""
    value = record.value if isinstance(record, PersistentId) else None
    if not (isinstance(value, tuple) and len(value) == 6 and value[0] == "storage" and value[5] is None):
        raise CheckpointError(f"{source}: damaged description")
    _, kind, key, _, count, _ = value
    if not isinstance(kind, Name) or type(count) is not int:
        raise CheckpointError(f"{source}: damaged description")
    return _DTYPES[str(kind)], key, count
