"""Writes pickles that name whatever is to be called where they are read, without having any of it here.

Python's own pickler imports what it writes the name of. This one writes what it is told: the records of
pickle_records.py, plain data and tensors, in protocol 4. What the machine of pickle_machine.py reads of it
are the same records again.
"""

import pickle  # Only for the names of opcodes, and for tensors, which PyTorch writes itself.
import struct
from typing import Any, BinaryIO

import torch

from torch_utils.pickle_records import Call, Name

Value = Any  # None, bool, int, float, str, bytes, Tensor, Name, Call, and lists, tuples and dicts of them.


class PickleWriter:
    """Writes one pickle to a file. A record that occurs twice is written once and referred to.

    Args:
        file: where to.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._memo: dict[int, tuple[int, Call]] = {}

    def write(self, value: Value) -> None:
        """Write the pickle.

        Raises:
            TypeError: if there is anything in it that is neither a record, nor plain, nor a tensor.
        """
        self._put(pickle.PROTO + b"\x04")
        self._value(value)
        self._put(pickle.STOP)

    def _put(self, content: bytes) -> None:
        self._file.write(content)

    def _value(self, value: Value) -> None:
        match value:
            case None:
                self._put(pickle.NONE)
            case bool():
                self._put(pickle.NEWTRUE if value else pickle.NEWFALSE)
            case int():
                content = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
                self._put(pickle.LONG1 + bytes([len(content)]) + content)
            case float():
                self._put(pickle.BINFLOAT + struct.pack(">d", value))
            case str():
                content = value.encode()
                self._put(pickle.BINUNICODE + struct.pack("<I", len(content)) + content)
            case bytes():
                self._put(pickle.BINBYTES8 + struct.pack("<Q", len(value)) + value)
            case tuple():
                self._put(pickle.MARK)
                for element in value:
                    self._value(element)
                self._put(pickle.TUPLE)
            case list():
                self._put(pickle.EMPTY_LIST + pickle.MARK)
                for element in value:
                    self._value(element)
                self._put(pickle.APPENDS)
            case dict():
                self._put(pickle.EMPTY_DICT)
                self._items(value)
            case Name():
                self._value(value.module)
                self._value(value.name)
                self._put(pickle.STACK_GLOBAL)
            case Call():
                self._call(value)
            case torch.Tensor():
                self._value(_tensor(value))
            case _:
                raise TypeError(type(value).__name__)

    def _call(self, value: Call) -> None:
        if id(value) in self._memo:
            self._put(pickle.LONG_BINGET + struct.pack("<I", self._memo[id(value)][0]))
            return
        self._value(value.function)
        self._value(value.args)
        self._put(pickle.REDUCE)
        number = len(self._memo)
        self._memo[id(value)] = number, value  # Kept, so that its id stays its own.
        self._put(pickle.LONG_BINPUT + struct.pack("<I", number))
        if value.items:
            self._items(value.items)
        if value.state is not None:
            self._value(value.state)
            self._put(pickle.BUILD)

    def _items(self, items: dict[str, Value]) -> None:
        self._put(pickle.MARK)
        for name, value in items.items():
            self._value(name)
            self._value(value)
        self._put(pickle.SETITEMS)


def _tensor(value: torch.Tensor) -> Call:
    """A tensor as PyTorch's own pickles hold it: a view of a storage in the form from before zip files."""
    # A copy of its own: PyTorch writes the whole storage behind a view.
    value = value.detach().cpu().clone(memory_format=torch.contiguous_format)
    _, (typed_storage, *view) = value.__reduce_ex__(2)
    _, content = typed_storage.__reduce__()
    storage = Call(Name("torch.storage", "_load_from_bytes"), content)
    offset, size, stride = view[:3]
    hooks = Call(Name("collections", "OrderedDict"), ())
    args = (storage, offset, tuple(size), stride, False, hooks)
    return Call(Name("torch._utils", "_rebuild_tensor_v2"), args)
