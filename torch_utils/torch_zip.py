"""The zip files of `torch.save`, read without unpacking anything.

PyTorch stores its entries as they are, so that each is a part of the file; one that is compressed is none of
PyTorch's, and is refused, and with it every zip bomb. The records are those of PKWARE's APPNOTE: the
end record (4.3.16), its 64-bit forms (4.3.14, 4.3.15) and the central directory (4.3.12).
"""

import struct
from typing import Any

from torch_utils.errors import CheckpointError, HostileFileError
from torch_utils.network_file import Region
from torch_utils.pickle_machine import PickleMachine
from torch_utils.pickled_tensors import STORAGE_NAMES, Storage, describe

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCATOR64, _END64 = b"PK\x06\x07", b"PK\x06\x06"
_MOST_DIRECTORY = 4 << 20  # Bytes. That of a full-size file has 100 KB.
_MOST_ENTRIES = 20_000


def is_zip(file: Region) -> bool:
    """Whether a file begins as a zip file does."""
    return file.read(0, min(4, file.size)) == _LOCAL


def read_torch_zip(file: Region, allowed: frozenset[str]) -> tuple[Any, dict[str, Storage]]:
    """Read what `torch.save` wrote.

    Args:
        file: the file.
        allowed: the dotted names that may occur in what was saved.

    Returns:
        The records of what was saved, and the storages by their keys.

    Raises:
        CheckpointError: if it is damaged or another zip file.
        HostileFileError: if its entries are compressed or lie upon each other.
    """
    entries = _entries(file)
    pickles = [name for name in entries if name.endswith("/data.pkl") and name.count("/") == 1]
    if len(pickles) != 1:
        raise CheckpointError(f"{file.source}: a zip file, but none of PyTorch's (it has no data.pkl)")
    folder = pickles[0].removesuffix("data.pkl")
    order = entries.get(f"{folder}byteorder")
    if order is not None and order.read(0, min(order.size, 10)) != b"little":
        raise CheckpointError(f"{file.source}: written on a machine with another byte order")
    machine = PickleMachine(entries[pickles[0]], allowed | STORAGE_NAMES, persistent=True)
    root = machine.run()
    storages = {}
    for record in machine.persistent_ids:
        key, (dtype, count) = describe(record, file.source)
        region = entries.get(f"{folder}data/{key}")
        if region is None or region.size != count * dtype.itemsize:
            raise HostileFileError(f"{file.source}: claims a storage of {count} numbers that is not there")
        storages[key] = Storage(dtype, count, region)
    return root, storages


def _entries(file: Region) -> dict[str, Region]:
    """The entries of a zip file, by their names."""
    try:
        start, length = _directory(file)
        if length > _MOST_DIRECTORY:
            raise HostileFileError(
                f"{file.source}: its directory has {length} bytes; the file was not opened"
            )
        directory = file.read(start, length)
        entries: dict[str, Region] = {}
        position = total = 0
        while position < length:
            name, size, begin, position = _entry(directory, position, file.source)
            head = file.read(begin, 30)
            if head[:4] != _LOCAL:
                raise CheckpointError(f"{file.source}: damaged zip file (entry {name[:100]!r} is not there)")
            begin += 30 + sum(struct.unpack_from("<HH", head, 26))
            entries[name] = file.part(begin, size)
            total += size
            if total > file.size or len(entries) > _MOST_ENTRIES:
                raise HostileFileError(
                    f"{file.source}: its entries lie upon each other; the file was not opened"
                )
        return entries
    except (struct.error, ValueError) as error:
        raise CheckpointError(f"{file.source}: damaged zip file; download or copy it again") from error


def _directory(file: Region) -> tuple[int, int]:
    """Place and length of the central directory."""
    tail_start = max(0, file.size - 22 - 0xFFFF)
    tail = file.read(tail_start)
    at = tail.rfind(_END)
    if at < 0:
        raise CheckpointError(
            f"{file.source}: cut off: the end of the zip file is missing; download it again"
        )
    length, start = struct.unpack_from("<II", tail, at + 12)
    if at >= 20 and tail[at - 20 : at - 16] == _LOCATOR64:
        (end64,) = struct.unpack_from("<Q", tail, at - 12)
        record = file.read(end64, 56)
        if record[:4] != _END64:
            raise ValueError("no 64-bit end record")
        length, start = struct.unpack_from("<QQ", record, 40)
    return start, length


def _entry(directory: bytes, position: int, source: str) -> tuple[str, int, int, int]:
    """Name, size and place of one entry, and where the next begins in the directory."""
    if directory[position : position + 4] != _CENTRAL:
        raise ValueError("no entry")
    flags, method = struct.unpack_from("<HH", directory, position + 8)
    packed, size, name_length, extra_length, comment_length = struct.unpack_from(
        "<IIHHH", directory, position + 20
    )
    (begin,) = struct.unpack_from("<I", directory, position + 42)
    name_start = position + 46
    extra_start = name_start + name_length
    name = directory[name_start:extra_start].decode("utf-8")
    extra = directory[extra_start : extra_start + extra_length]
    wide = [value == 0xFFFFFFFF for value in (size, packed, begin)]
    if any(wide):
        numbers = iter(_wide_numbers(extra))
        size, packed, begin = (
            next(numbers, value) if is_wide else value
            for value, is_wide in zip((size, packed, begin), wide, strict=True)
        )
    if method != 0 or flags & 1 or packed != size:
        raise HostileFileError(
            f"{source}: has compressed or encrypted entries, which torch.save does not write; "
            "the file was not opened"
        )
    return name, size, begin, extra_start + extra_length + comment_length


def _wide_numbers(extra: bytes) -> list[int]:
    """The 64-bit numbers among an entry's extra fields."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        if kind == 1:
            content = extra[position + 4 : position + 4 + length // 8 * 8]
            return list(struct.unpack(f"<{len(content) // 8}Q", content))
        position += 4 + length
    return []
