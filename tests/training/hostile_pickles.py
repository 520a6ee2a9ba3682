"""Pickles that want to run, claim or cost something: name -> what is in the file."""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch

from tests.torch_utils.network_pickles import (
    PERSISTENT,
    TENSORFLOW,
    Global,
    Raw,
    Request,
    dumps,
    persistent,
    storage,
    stream,
    tensor,
    zipped,
)

SMALL: dict[str, Any] = {"z_dim": 4, "c_dim": 0, "w_dim": 4, "img_resolution": 8, "img_channels": 3}
TEN = torch.zeros([10])


def generator(**state: Any) -> Request:
    return persistent("Generator", {"_init_args": (), "_init_kwargs": {"z_dim": 4}, **state})


def network(**state: Any) -> bytes:
    return dumps({"G_ema": generator(**state)})


def with_weight(weight: Any) -> bytes:
    return network(_parameters={"weight": weight})


def bomb(start: bytes = b"]", depth: int = 40) -> Raw:
    """A list that holds the one before it twice, and so on: 2^40 lists for whoever walks through it."""
    out = start + b"q\x00"
    for i in range(depth):
        out += b"](h" + bytes([i]) + b"h" + bytes([i]) + b"eq" + bytes([i + 1])
    return Raw(b"(" + out + b"t")


def view(weights: Any, offset: Any, size: Any, stride: Any) -> Request:
    args: Any = (weights, offset, size, stride, False, OrderedDict())
    return Request(Global("torch._utils", "_rebuild_tensor_v2"), args)


# ----------------------------------------------------------------------------
# Pickles that want to run something.


def running(canary: Path) -> dict[str, bytes]:
    command, python = f"touch {canary}", f"open({str(canary)!r}, 'w').close()"
    system = Request(Global("os", "system"), (command,))
    chain: Any = Global("builtins", "getattr")
    nested: Any = system
    for _ in range(100):
        chain = Request(Global("builtins", "getattr"), (chain, "__self__"))
        nested = Request(Global("collections", "OrderedDict"), (nested,))
    about = {"type": "class", "version": 6, "class_name": "Generator", "module_src": python}
    return {
        "os.system": dumps(system),
        "os.system in an old pickle": f"cos\nsystem\n(S'{command}'\ntR.".encode(),
        "os.system in source text": dumps({"G_ema": persistent("Generator", {"_init_kwargs": {}}, python)}),
        "os.system as a state": network(x=Request(Global("builtins", "set"), ([],), state=system)),
        "os.system in a storage": with_weight(
            view(Request(Global("torch.storage", "_load_from_bytes"), (dumps(system),)), 0, (1,), (1,))
        ),
        "builtins.eval": dumps({"G_ema": Request(Global("builtins", "eval"), (python,))}, 3),
        "builtins.exec in a network": network(x=Request(Global("builtins", "exec"), (python,))),
        "nested reduces": dumps({"G_ema": nested}),
        "getattr chain": dumps({"G_ema": Request(chain, ())}),
        "setstate of a dict": dumps({"G_ema": Raw(b"}}b")}),
        "setstate of a class": dumps({"G_ema": Raw(dumps(Global(*PERSISTENT))[2:-1] + b"}b")}),
        "setstate with slots": network(
            x=Request(Global("builtins", "set"), ([],), state=(None, {"x": system}))
        ),
        "call of a call": dumps(Request(Request(Global("builtins", "set"), ()), ())),
        "old instance": b"\x80\x02(ios\nsystem\n.",
        "old object": b"\x80\x02(cos\nsystem\n" + dumps(command)[2:-1] + b"o.",
        "extension code": b"\x80\x02\x82\x01.",
        "persistent id": dumps(Raw(b"NQ")),
        "another persistence": dumps(Request(Global("torch_utils.persistence", "exec"), (about,))),
        "torch zip": zipped(dumps({"G_ema": generator(x=system)}, 2), {}),
        "torch stream": stream({"G_ema": generator(x=system)}, {}),
        "torch stream in its head": dumps(0x1950A86A20F9469CFC6C, 2) + dumps(system, 2),
    }


# ----------------------------------------------------------------------------
# Pickles that claim or cost something.


def costly() -> dict[str, bytes]:
    one = torch.zeros([1 << 18])
    loop = dumps({"type": "class", "version": 6, "class_name": "Generator"})[2:-1]
    state = dumps({"_modules": {"a": Raw(b"h\x00"), "b": Raw(b"h\x00")}, "_init_kwargs": {}})[2:-1]
    endless = (
        dumps(Global(*PERSISTENT))[2:-1]
        + loop
        + b"q\x01\x85Rq\x00h\x01("
        + dumps("state")[2:-1]
        + state
        + b"u0"
    )
    shared = {f"m{i}": Raw(b"h\x01") for i in range(4000)}
    first = dumps(persistent("Layer", {"_parameters": {"weight": tensor(one)}, "_modules": {}}))[2:-1]
    aliased = dumps({"G_ema": generator(_modules={"m": Raw(first + b"q\x01"), **shared})})
    about = {"type": "class", "class_name": "Generator", "state": {}}
    tf_state: dict[str, Any] = {
        "name": "Gs",
        "static_kwargs": {},
        "components": {},
        "variables": [],
        "version": 4,
    }
    prime = 2**61 - 1

    def tensorflow(**change: Any) -> bytes:
        return dumps((None, None, Request(Global(*TENSORFLOW), (), {**tf_state, **change})))

    def array(shape: Any, dtype: str = "f4", content: Any = b"\0" * 16) -> Request:
        kind = Request(Global("numpy", "dtype"), (dtype, False, True), (3, "<", None, None, None, -1, -1, 0))
        start = (Global("numpy", "ndarray"), (0,), b"b")
        return Request(
            Global("numpy.core.multiarray", "_reconstruct"), start, (1, shape, kind, False, content)
        )

    def names(count: int) -> dict[str, Any]:
        return {f"n{i}": None for i in range(count)}

    return {
        "memo bomb in arguments": network(_init_kwargs={"a": bomb()}),
        "memo bomb as arguments": network(_init_kwargs=bomb()),
        "memo bomb as type": dumps({"G_ema": Request(Global(*PERSISTENT), ({**about, "type": bomb()},))}),
        "memo bomb as version": dumps(
            {"G_ema": Request(Global(*PERSISTENT), ({**about, "version": bomb()},))}
        ),
        "memo bomb as class": dumps(
            {"G_ema": Request(Global(*PERSISTENT), ({**about, "version": 6, "class_name": bomb()},))}
        ),
        "memo bomb as a key": dumps(Raw(bytes(bomb()) + b"q\xff}h\xffNs")),
        "memo bomb as hidden names": network(_buffers={"x": TEN}, _non_persistent_buffers_set=bomb()),
        "memo bomb as a shape": with_weight(view(storage(TEN), 0, bomb(), (1,))),
        "memo bomb as a storage": with_weight(view(bomb(), 0, (1,), (1,))),
        "memo bomb as the stream's number": with_weight(
            view(Request(Global("torch.storage", "_load_from_bytes"), (dumps(bomb(), 2),)), 0, (1,), (1,))
        ),
        "memo bomb as metadata": dumps({"G_ema": generator(), "metadata": {"a": bomb()}}),
        "memo bomb as tensorflow name": tensorflow(name=bomb()),
        "memo bomb as tensorflow version": tensorflow(version=bomb()),
        "memo bomb as tensorflow arguments": tensorflow(static_kwargs={"resolution": bomb()}),
        "memo bomb as variables": tensorflow(variables=bomb()),
        "memo bomb as a variable's name": tensorflow(variables=[(bomb(), 1)]),
        "a million variables": tensorflow(variables=[("lod", 1.0)] * 60_000),
        "10 GB of size": with_weight(tensor(TEN, size=(2_500_000_000,), stride=(1,))),
        "10 GB of stride 0": with_weight(tensor(TEN, size=(50_000, 50_000), stride=(0, 0))),
        "10 GB announced": with_weight(tensor(TEN, announced=2_500_000_000)),
        "10 GB of bytes": dumps(Raw(pickle.BINBYTES8 + struct.pack("<Q", 10**10))),
        "10 GB of text": dumps(Raw(pickle.BINUNICODE8 + struct.pack("<Q", 10**10))),
        "10 GB of a number": dumps(Raw(pickle.LONG4 + struct.pack("<i", 2**31 - 1))),
        "10 GB of memo": dumps(Raw(b"Nr" + struct.pack("<I", 2**32 - 1) + b"0")),
        "10 GB in an array": tensorflow(variables=[("dlatent_avg", array((2_500_000_000,)))]),
        "array of objects": tensorflow(variables=[("dlatent_avg", array((2,), "O8"))]),
        "array of a wide type": tensorflow(variables=[("dlatent_avg", array((1,), "V1000000000"))]),
        "array of negative length": tensorflow(variables=[("dlatent_avg", array((-4,)))]),
        "array of a million axes": tensorflow(variables=[("dlatent_avg", array((2**40,) * 100_000))]),
        "negative size": with_weight(tensor(TEN, size=(-5,), stride=(1,))),
        "negative stride": with_weight(tensor(TEN, size=(5,), stride=(-1,))),
        "negative offset": with_weight(tensor(TEN, size=(5,), stride=(1,), offset=-1)),
        "negative count": with_weight(tensor(TEN, announced=-10)),
        "a million axes": with_weight(tensor(TEN, size=(2**47,) * 100_000, stride=(1,) * 100_000)),
        "100 axes": with_weight(tensor(TEN, size=(1,) * 100, stride=(1,) * 100)),
        "nothing, far away": with_weight(tensor(TEN, size=(0,), stride=(2**47,), offset=2**47)),
        "wrong kind of storage": with_weight(
            view(
                Request(
                    Global("torch.storage", "_load_from_bytes"), (stream_of_kind("ComplexFloatStorage"),)
                ),
                0,
                (1,),
                (1,),
            )
        ),
        "aliased modules": aliased,
        "storages of long streams": many_storages(long_stream(), 1500, protocol=4),
        "storages of long texts": many_storages(b"\x7f" * 1_000_000, 1500, protocol=2),
        "storages of long bytes": many_storages(b"\x7f" * 1_000_000, 1500, protocol=4),
        "storages in thousands": many_storages(storage(TEN).args[0], 50_000, protocol=4),
        "modules without end": dumps({"G_ema": Raw(endless)}),
        "names without end": dumps(
            {"G_ema": generator(_modules={"m": persistent("L", {"_modules": {}, **names(50_000)}), **{}})}
        ),
        "hidden names times names": network(
            _buffers=names(50_000), _non_persistent_buffers_set=[f"x{i}" for i in range(50_000)]
        ),
        "hidden names in every module": shared_state(
            {"_non_persistent_buffers_set": [f"x{i}" for i in range(50_000)]}, 4000
        ),
        "attributes in every module": shared_state({f"x{i}": None for i in range(15_000)}, 4000, "y" * 900),
        "keys of one hash": b"\x80\x04}("
        + b"".join(_long(k * prime) + b"N" for k in range(1, 60_000))
        + b"u.",
        "a million lists": b"\x80\x04" + b"]0" * 1_000_000 + b".",
        "a million dicts at once": b"\x80\x04(" + b"}" * 2_000_000 + b"t.",
        "a million calls": b"\x80\x04cbuiltins\nset\nq\x00(" + b"h\x00)R" * 500_000 + b"t.",
        "a million marks": b"\x80\x04" + b"(" * 2_000_000 + b".",
        "deep lists": b"\x80\x04" + b"]" * 240_000 + b"a" * 239_999 + b".",
        "deep tuples": b"\x80\x04)" + b"\x85" * 400_000 + b".",
        "deep calls": b"\x80\x04cbuiltins\nset\nq\x00"
        + b"h\x00" * 100_000
        + b")R"
        + b"\x85R" * 99_999
        + b".",
        "deep dicts": b"\x80\x04" + b"}K\x01" * 120_000 + b"}" + b"s" * 120_000 + b".",
        "deep arguments": network(_init_kwargs={"a": Raw(b"]" * 100_000 + b"a" * 99_999)}),
        "deep type": dumps(
            {"G_ema": Request(Global(*PERSISTENT), ({**about, "type": Raw(b"]" * 90_000 + b"a" * 89_999)},))}
        ),
        "many short texts": b"\x80\x04(" + (b"X\xa0\x0f\0\0" + b"\xf0\x9f\x98\x80" * 1000) * 10_000 + b"t.",
    }


def shared_state(state: dict[str, Any], count: int, name: str = "m") -> bytes:
    """A network of so many modules that have all the same in them."""
    first = Raw(dumps(persistent("Layer", state))[2:-1] + b"q\x01")
    parts = {f"{name}{i}": Raw(b"h\x01") for i in range(count)}
    return dumps({"G_ema": generator(_modules={name: first, **parts})})


def many_storages(content: bytes, count: int, protocol: int) -> bytes:
    """So many tensors, each with a storage of its own, and behind all of them the same bytes."""
    once: Any = content
    if protocol == 2:
        once = Request(Global("_codecs", "encode"), (content.decode("latin1"), "latin1"))
    first = dumps(once, protocol)[2:-1] + b"r" + struct.pack("<I", 900_000)
    load = Global("torch.storage", "_load_from_bytes")
    again = Raw(b"j" + struct.pack("<I", 900_000))
    tensors = {f"w{i}": view(Request(load, (again,)), 0, (10,), (1,)) for i in range(count)}
    tensors = {"w": view(Request(load, (Raw(first),)), 0, (10,), (1,)), **tensors}
    return dumps({"G_ema": generator(_parameters=tensors)}, protocol)


def long_stream() -> bytes:
    """A storage whose description of the machine that wrote it is a book."""
    system: dict[str, Any] = {"little_endian": True, **{f"n{i}": None for i in range(50_000)}}
    identifier = dumps(("storage", Global("torch", "FloatStorage"), "0", "cpu", 10, None), 2)[2:-1]
    heads = [0x1950A86A20F9469CFC6C, 1001, system, Raw(identifier + pickle.BINPERSID), ["0"]]
    return b"".join(dumps(one, 2) for one in heads) + struct.pack("<q", 10) + b"\0" * 40


def _long(value: int) -> bytes:
    return pickle.LONG1 + b"\x0a" + value.to_bytes(10, "little", signed=True)


def stream_of_kind(kind: str) -> bytes:
    description = ("storage", Global("torch", kind), "0", "cpu", 1, None)
    heads = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}]
    identifier = Raw(dumps(description, 2)[2:-1] + pickle.BINPERSID)
    return b"".join(dumps(one, 2) for one in [*heads, identifier, ["0"]]) + struct.pack("<q", 1) + b"\0" * 8
