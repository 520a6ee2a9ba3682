"""A small writer of pickles that can say anything: NVIDIA's forms without its modules, and hostile files."""

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

PERSISTENT = ("torch_utils.persistence", "_reconstruct_persistent_obj")
TENSORFLOW = ("dnnlib.tflib.network", "Network")


class Global(NamedTuple):
    """A name that the pickle asks to be imported."""

    module: str
    name: str


class Request:
    """A call that the pickle asks for, and what is to be set on its result."""

    def __init__(self, function: Any, args: Any, state: Any = None, items: Any = None) -> None:
        self.function, self.args, self.state, self.items = function, args, state, items


class Raw(bytes):
    """Opcodes, to be written as they are."""


def dumps(value: Any, protocol: int = 4) -> bytes:
    """Write a pickle of protocol 2 to 4."""
    out = io.BytesIO()
    out.write(pickle.PROTO + bytes([protocol]))
    _write(out, value, protocol)
    out.write(pickle.STOP)
    return out.getvalue()


def _write(out: io.BytesIO, value: Any, protocol: int) -> None:
    def each(values: Any) -> None:
        for one in values:
            _write(out, one, protocol)

    if isinstance(value, Raw):
        out.write(value)
    elif isinstance(value, Global):
        if protocol < 4:
            out.write(pickle.GLOBAL + f"{value.module}\n{value.name}\n".encode())
        else:
            each([value.module, value.name])
            out.write(pickle.STACK_GLOBAL)
    elif isinstance(value, Request):
        each([value.function, value.args])
        out.write(pickle.REDUCE)
        if value.items is not None:
            out.write(pickle.MARK)
            each([part for pair in value.items.items() for part in pair])
            out.write(pickle.SETITEMS)
        if value.state is not None:
            _write(out, value.state, protocol)
            out.write(pickle.BUILD)
    elif value is None or isinstance(value, bool):
        out.write({None: pickle.NONE, True: pickle.NEWTRUE, False: pickle.NEWFALSE}[value])
    elif isinstance(value, int):
        content = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
        out.write(pickle.LONG1 + bytes([len(content)]) + content)
    elif isinstance(value, float):
        out.write(pickle.BINFLOAT + struct.pack(">d", value))
    elif isinstance(value, str):
        content = value.encode()
        out.write(pickle.BINUNICODE + struct.pack("<I", len(content)) + content)
    elif isinstance(value, bytes):
        out.write(pickle.BINBYTES + struct.pack("<I", len(value)) + value)
    elif isinstance(value, tuple):
        out.write(pickle.MARK)
        each(value)
        out.write(pickle.TUPLE)
    elif isinstance(value, list):
        out.write(pickle.EMPTY_LIST + pickle.MARK)
        each(value)
        out.write(pickle.APPENDS)
    elif isinstance(value, OrderedDict):
        _write(out, Request(Global("collections", "OrderedDict"), (), items=dict(value)), protocol)
    elif isinstance(value, dict):
        out.write(pickle.EMPTY_DICT + pickle.MARK)
        each([part for pair in value.items() for part in pair])
        out.write(pickle.SETITEMS)
    elif isinstance(value, set):
        _write(out, Request(Global("builtins", "set"), (list(value),)), protocol)
    elif isinstance(value, np.ndarray):
        _write(out, _array(value), protocol)
    elif isinstance(value, torch.Tensor):
        _write(out, tensor(value), protocol)
    else:
        raise TypeError(type(value))


# ----------------------------------------------------------------------------
# Tensors, arrays, networks.


def storage(numbers: torch.Tensor, announced: int | None = None, keys: Any = ("0",)) -> Request:
    """A storage in PyTorch's form from before zip files; `announced` may differ from what there is."""
    kinds = {torch.float32: "FloatStorage", torch.float16: "HalfStorage", torch.int64: "LongStorage"}
    count = numbers.numel() if announced is None else announced
    description = ("storage", Global("torch", kinds[numbers.dtype]), "0", "cpu", count, None)
    identifier = dumps(description, 2)[2:-1] + pickle.BINPERSID
    content = b"".join(
        [
            dumps(0x1950A86A20F9469CFC6C, 2),
            dumps(1001, 2),
            dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2}}, 2),
            dumps(Raw(identifier), 2),
            dumps(list(keys), 2),
            struct.pack("<q", count),
            numbers.contiguous().numpy().tobytes(),
        ]
    )
    return Request(Global("torch.storage", "_load_from_bytes"), (content,))


def tensor(
    value: torch.Tensor, size: Any = None, stride: Any = None, offset: int = 0, announced: int | None = None
) -> Request:
    """A tensor, or a claim of one."""
    value = value.detach()
    size = tuple(value.shape) if size is None else size
    stride = tuple(value.contiguous().stride()) if stride is None else stride
    args: Any = (storage(value.reshape(-1), announced), offset, size, stride, False, OrderedDict())
    return Request(Global("torch._utils", "_rebuild_tensor_v2"), args)


def _array(value: np.ndarray) -> Request:
    dtype = Request(
        Global("numpy", "dtype"),
        (value.dtype.str[1:], False, True),
        (3, "<", None, None, None, -1, -1, 0),
    )
    start = (Global("numpy", "ndarray"), (0,), b"b")
    state = (1, tuple(value.shape), dtype, False, value.tobytes())
    return Request(Global("numpy.core.multiarray", "_reconstruct"), start, state)


def persistent(class_name: str, state: dict[str, Any], source: str = "", version: int = 6) -> Request:
    """One of NVIDIA's persistent objects."""
    about = {
        "type": "class",
        "version": version,
        "module_src": source,
        "class_name": class_name,
        "state": state,
    }
    return Request(Global(*PERSISTENT), (about,))


def network(
    module: nn.Module, init_kwargs: dict[str, Any], source: str = "", tensor_form: Any = tensor
) -> Request:
    """A module of ours as NVIDIA's code would have written it, with its plain attributes."""
    own = module.__dict__
    parameters = OrderedDict(
        (
            name,
            Request(Global("torch._utils", "_rebuild_parameter"), (tensor_form(value), False, OrderedDict())),
        )
        for name, value in own["_parameters"].items()
        if value is not None
    )
    buffers = OrderedDict(
        (name, None if value is None else tensor_form(value)) for name, value in own["_buffers"].items()
    )
    parts = OrderedDict(
        (name, network(part, {}, source, tensor_form))
        for name, part in own["_modules"].items()
        if part is not None
    )
    plain = {k: v for k, v in own.items() if v is None or isinstance(v, bool | int | float | str)}
    state: dict[str, Any] = {
        **plain,
        "_parameters": parameters,
        "_buffers": buffers,
        "_non_persistent_buffers_set": set(),
        "_modules": parts,
        "_init_args": (),
        "_init_kwargs": Request(Global("dnnlib.util", "EasyDict"), (), items=init_kwargs),
    }
    return persistent(type(module).__name__, state, source)


def snapshot(generator: Any, source: str = "", tensor_form: Any = tensor, **others: Any) -> dict[str, Any]:
    """The dict that a network pickle holds."""
    own = network(generator, generator.init_kwargs, source, tensor_form)
    return {"G": own, "D": None, "G_ema": own, "training_set_kwargs": {}, "augment_pipe": None, **others}


# ----------------------------------------------------------------------------
# Files of torch.save.


def reference(key: str, count: int) -> Raw:
    """A reference to a storage of floats that the file holds elsewhere."""
    description = ("storage", Global("torch", "FloatStorage"), key, "cpu", count, None)
    return Raw(dumps(description, 2)[2:-1] + pickle.BINPERSID)


def zipped(
    content: bytes, storages: dict[str, bytes], folder: str = "archive", byteorder: bytes = b"little"
) -> bytes:
    """A zip file as torch.save writes it, without the alignment."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(f"{folder}/data.pkl", content)
        file.writestr(f"{folder}/byteorder", byteorder)
        for key, numbers in storages.items():
            file.writestr(f"{folder}/data/{key}", numbers)
    return out.getvalue()


def stream(root: Any, storages: dict[str, tuple[int, bytes]]) -> bytes:
    """A file of torch.save from before zip files; a storage's length may differ from what there is."""
    heads = [0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}, root]
    parts = [dumps(one, 2) for one in [*heads, list(storages)]]
    return b"".join(parts + [struct.pack("<q", count) + numbers for count, numbers in storages.values()])
