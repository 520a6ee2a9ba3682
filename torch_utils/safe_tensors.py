""".safetensors read without a memory map (see network_file.py), each claim checked before memory is taken.

The format: the length of a header (8 bytes, little-endian), the header as JSON, then the numbers. The header
names each tensor's dtype, shape and place; places follow one another without gaps or overlaps to the end.
"""

import json
import math
from functools import partial
from typing import Any

import torch

from torch_utils.errors import CheckpointError
from torch_utils.network_file import Region
from torch_utils.stored_tensor import StoredTensor, is_shape, numbers_in

_MOST_HEADER = 2 << 20  # Bytes. The largest network's header has 30 KB.
_MOST_TENSORS = 10_000
_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def is_safetensors(file: Region) -> bool:
    """Whether a file begins as .safetensors do."""
    if file.size < 9:
        return False
    head = file.read(0, 9)
    return head[8:] == b"{" and int.from_bytes(head[:8], "little") < 100_000_000


def read_safetensors(file: Region) -> tuple[dict[str, str], dict[str, StoredTensor]]:
    """Read what the file says of itself, and where its tensors are.

    Raises:
        CheckpointError: if it is damaged, cut off, or claims what is not there.
    """
    length = int.from_bytes(file.read(0, 8), "little")
    if length > _MOST_HEADER:
        raise CheckpointError(
            f"{file.source}: its header claims {length} bytes; expected {_MOST_HEADER} at most"
        )
    header = parse_json(file.read(8, length), f"{file.source}: its header")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise CheckpointError(f"{file.source}: its metadata is not made of texts")
    if len(header) > _MOST_TENSORS:
        raise CheckpointError(f"{file.source}: holds {len(header)} tensors; no network has so many")
    numbers = file.part(8 + length, file.size - 8 - length)
    placed = [(name, *_place(about, file.source)) for name, about in header.items()]
    position = 0
    tensors = {}
    for name, dtype, shape, begin, end in sorted(placed, key=lambda one: one[3:]):
        if begin != position or end - begin != math.prod(shape) * dtype.itemsize:
            raise CheckpointError(f"{file.source}: its tensors do not follow one another; download it again")
        position = end
        load = partial(_load, numbers.part(begin, end - begin, name[:200]), dtype, shape)
        tensors[name] = StoredTensor(shape, dtype, load)
    if position != numbers.size:
        raise CheckpointError(
            f"{file.source}: cut off or damaged: its tensors take {position} of {numbers.size} bytes; "
            "download or copy it again"
        )
    return metadata, {name: tensors[name] for name in header}


def parse_json(content: bytes | str, what: str) -> dict[str, Any]:
    """Parse an object of JSON.

    Raises:
        CheckpointError: if it is none; `what` it should be goes into the message.
    """
    try:
        found = json.loads(content)
    except RecursionError as error:
        raise CheckpointError(f"{what} is nested without end") from error
    except ValueError as error:
        raise CheckpointError(f"{what} is not JSON ({str(error)[:100]})") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{what} is not an object of JSON")
    return found


def _place(about: Any, source: str) -> tuple[torch.dtype, tuple[int, ...], int, int]:
    """Take dtype, shape, begin and end out of what the header says of a tensor."""
    about = about if isinstance(about, dict) else {}
    kind, shape, place = about.get("dtype"), about.get("shape"), about.get("data_offsets")
    if not (
        isinstance(kind, str) and kind in _DTYPES and is_shape(shape) and is_shape(place) and len(place) == 2
    ):
        raise CheckpointError(f"{source}: its header is damaged; download or copy it again")
    return _DTYPES[kind], tuple(shape), place[0], place[1]


def _load(region: Region, dtype: torch.dtype, shape: tuple[int, ...]) -> torch.Tensor:
    return numbers_in(region, dtype).reshape(shape)
