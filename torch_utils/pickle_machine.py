"""A pickle reader that calls nothing: requests become records, and a name outside a list is an error.

A pickle is a program for a small stack machine. Python's own unpickler imports what the program names and
calls it. This one runs the same program and builds, in place of every import, a `Name`, and in place of every
call, a `Call` that says what was asked for and with what. Whoever wants the file's data looks through these
records for it. So nothing that a file says can run, be imported, or reach an object of ours. Only the opcodes
that Python 3 writes (protocols 2 to 5) are known.

What a program may cost is limited too, in steps here, in memory in pickle_input.py: longer pieces (tensors,
source text) stay in the file, as a `Region`.
"""

import pickle  # Only for the names of opcodes: nothing here loads with it.
import re
import struct
from collections.abc import Callable, Collection
from typing import Any

from torch_utils.errors import CheckpointError, HostileFileError
from torch_utils.network_file import Region
from torch_utils.pickle_input import PickleInput
from torch_utils.pickle_records import Call, Name, PersistentId

# A full-size file (G, D, G_ema and the augmentation, 1024 px) takes 38 thousand steps.
_MOST_STEPS = 250_000
_NAME = re.compile(r"[\w.]{1,200}")


class PickleMachine(PickleInput):
    """Runs the pickles in a file, or in a part of one, one after the other.

    Args:
        data: the file.
        allowed: the dotted names that may occur.
        persistent: whether persistent ids may occur; they are handed back as `PersistentId`.
        most_steps: how many operations there may be, in all pickles together.

    Attributes:
        position: where the next pickle begins.
        source: the file's name, for messages.
        persistent_ids: those that have occurred so far.
    """

    def __init__(
        self,
        data: Region,
        allowed: Collection[str],
        persistent: bool = False,
        most_steps: int = _MOST_STEPS,
    ) -> None:
        super().__init__(data)
        self.persistent_ids: list[PersistentId] = []
        self._allowed = allowed
        self._persistent = persistent
        self._most_steps = self._steps_left = most_steps
        self._stack: list[Any] = []
        self._marks: list[list[Any]] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> Any:
        """Run the program at `position` to its end, and leave `position` behind it.

        Returns:
            None, bool, int, float, str, bytes, list, tuple, dict, set, Region (a long text or byte string),
            Name, Call or PersistentId, nested.

        Raises:
            CheckpointError: if the program is cut off or is none.
            HostileFileError: if it names what is not allowed, uses a forbidden opcode, or has no end.
        """
        self._stack, self._marks, self._memo = [], [], {}
        try:
            while True:
                opcode = self.take(1)
                if opcode == pickle.STOP:
                    return self._stack.pop()
                step = _STEPS.get(opcode)
                if step is None:
                    raise HostileFileError(
                        f"{self.source}: asks for pickle operation {opcode!r} at byte {self.position - 1}, "
                        "which no network file uses; the file was not opened"
                    )
                self._steps_left -= 1
                if self._steps_left < 0:
                    raise HostileFileError(
                        f"{self.source}: has more than {self._most_steps} pickle operations, "
                        "which no network file has; the file was not opened"
                    )
                step(self)
        except (IndexError, KeyError, TypeError, ValueError, struct.error) as error:
            raise CheckpointError(
                f"{self.source}: damaged at byte {self.position} (not a well-formed pickle)"
            ) from error

    # ------------------------------------------------------------------------
    # Stack and marks.

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _drop(self, value: Any) -> None:
        del value

    def _mark(self) -> None:
        self._marks.append(self._stack)
        self._stack = []

    def _pop_mark(self) -> list[Any]:
        taken = self._stack
        self._stack = self._marks.pop()
        return taken

    def _tuple(self, count: int) -> None:
        taken = tuple(self._stack[len(self._stack) - count :])
        if len(taken) != count:
            raise IndexError(count)
        del self._stack[len(self._stack) - count :]
        self._push(taken)

    def _push_marked(self, kind: type) -> None:
        self._push(kind(self._pop_mark()))

    def _pop_pairs(self) -> dict[Any, Any]:
        flat = self._pop_mark()
        if len(flat) % 2:
            raise ValueError(len(flat))
        return {_key(key): value for key, value in zip(flat[::2], flat[1::2], strict=True)}

    # ------------------------------------------------------------------------
    # What the program builds.

    def _set_items(self, items: dict[Any, Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, Call):
            target = target.items
        if not isinstance(target, dict):
            raise TypeError(type(target))
        target.update(items)

    def _set_item(self) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._set_items({_key(key): value})

    def _extend(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, Call):
            target = target.elements
        if not isinstance(target, list):
            raise TypeError(type(target))
        target.extend(values)

    def _name(self, module: Any, name: Any) -> None:
        if not (isinstance(module, str) and isinstance(name, str)):
            raise TypeError(type(module))
        found = Name(module, name)
        if not _NAME.fullmatch(str(found)):
            raise ValueError("a name that is none")
        if str(found) not in self._allowed:
            raise HostileFileError(
                f"{self.source}: asks for {found}, which no network needs; the file was not opened"
            )
        self._push(found)

    def _stack_name(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._name(module, name)

    def _old_instance(self) -> None:
        self._name(self.line(), self.line())
        raise ValueError("an instance of an old-style class")

    def _call(self, args: Any, function: Any) -> None:
        if not isinstance(function, Name):
            raise HostileFileError(f"{self.source}: calls something without a name; the file was not opened")
        self._push(Call(function, args))

    def _reduce(self) -> None:
        self._call(self._stack.pop(), self._stack.pop())

    def _new_with_keywords(self) -> None:
        keywords, args, function = self._stack.pop(), self._stack.pop(), self._stack.pop()
        if keywords:
            raise ValueError("keywords")
        self._call(args, function)

    def _build(self) -> None:
        state, target = self._stack.pop(), self._stack[-1]
        if not isinstance(target, Call):
            raise HostileFileError(
                f"{self.source}: changes a {type(target).__name__}; the file was not opened"
            )
        target.state = state

    def _persistent_id(self) -> None:
        if not self._persistent:
            raise HostileFileError(
                f"{self.source}: refers to objects outside itself, which no network file does; "
                "the file was not opened"
            )
        found = PersistentId(self._stack.pop())
        self.persistent_ids.append(found)
        self._push(found)

    def _remember(self, key: int) -> None:
        self._memo[key] = self._stack[-1]


def _key(key: Any) -> Any:
    """Keys are plain: hashing nested tuples from a file could take for ever.

    Large numbers would too, for a file can choose them so that all have one hash.
    """
    if not isinstance(key, str | int | float | bytes | None) or (type(key) is int and abs(key) >= 2**60):
        raise TypeError(type(key))
    return key


# A set is kept as a list, for the same reason.
_STEPS: dict[bytes, Callable[[PickleMachine], None]] = {
    pickle.PROTO: lambda m: m.number("<B"),
    pickle.FRAME: lambda m: m.number("<Q"),
    pickle.MARK: PickleMachine._mark,
    pickle.POP: lambda m: m._drop(m._stack.pop()),
    pickle.POP_MARK: lambda m: m._drop(m._pop_mark()),
    # Constants.
    pickle.NONE: lambda m: m._push(None),
    pickle.NEWTRUE: lambda m: m._push(True),
    pickle.NEWFALSE: lambda m: m._push(False),
    pickle.BININT: lambda m: m._push(m.number("<i")),
    pickle.BININT1: lambda m: m._push(m.number("<B")),
    pickle.BININT2: lambda m: m._push(m.number("<H")),
    pickle.LONG1: lambda m: m._push(m.integer(m.number("<B"))),
    pickle.LONG4: lambda m: m._push(m.integer(m.number("<i"))),
    pickle.BINFLOAT: lambda m: m._push(m.number(">d")),
    # Bytes and text.
    pickle.SHORT_BINBYTES: lambda m: m._push(m.content("<B")),
    pickle.BINBYTES: lambda m: m._push(m.content("<I")),
    pickle.BINBYTES8: lambda m: m._push(m.content("<Q")),
    pickle.BYTEARRAY8: lambda m: m._push(m.content("<Q")),
    pickle.SHORT_BINUNICODE: lambda m: m._push(m.text("<B")),
    pickle.BINUNICODE: lambda m: m._push(m.text("<I")),
    pickle.BINUNICODE8: lambda m: m._push(m.text("<Q")),
    # Containers.
    pickle.EMPTY_TUPLE: lambda m: m._push(()),
    pickle.TUPLE1: lambda m: m._tuple(1),
    pickle.TUPLE2: lambda m: m._tuple(2),
    pickle.TUPLE3: lambda m: m._tuple(3),
    pickle.TUPLE: lambda m: m._push_marked(tuple),
    pickle.EMPTY_LIST: lambda m: m._push([]),
    pickle.LIST: lambda m: m._push_marked(list),
    pickle.APPEND: lambda m: m._extend([m._stack.pop()]),
    pickle.APPENDS: lambda m: m._extend(m._pop_mark()),
    pickle.EMPTY_DICT: lambda m: m._push({}),
    pickle.DICT: lambda m: m._push(m._pop_pairs()),
    pickle.SETITEM: PickleMachine._set_item,
    pickle.SETITEMS: lambda m: m._set_items(m._pop_pairs()),
    pickle.EMPTY_SET: lambda m: m._push([]),
    pickle.ADDITEMS: lambda m: m._extend(m._pop_mark()),
    pickle.FROZENSET: lambda m: m._push_marked(list),
    # The memo.
    pickle.BINGET: lambda m: m._push(m._memo[m.number("<B")]),
    pickle.LONG_BINGET: lambda m: m._push(m._memo[m.number("<I")]),
    pickle.BINPUT: lambda m: m._remember(m.number("<B")),
    pickle.LONG_BINPUT: lambda m: m._remember(m.number("<I")),
    pickle.MEMOIZE: lambda m: m._remember(len(m._memo)),
    # Names and calls, which stay records.
    pickle.GLOBAL: lambda m: m._name(m.line(), m.line()),
    pickle.STACK_GLOBAL: PickleMachine._stack_name,
    pickle.INST: PickleMachine._old_instance,
    pickle.REDUCE: PickleMachine._reduce,
    pickle.NEWOBJ: PickleMachine._reduce,
    pickle.NEWOBJ_EX: PickleMachine._new_with_keywords,
    pickle.BUILD: PickleMachine._build,
    pickle.BINPERSID: PickleMachine._persistent_id,
}
