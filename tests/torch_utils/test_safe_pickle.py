"""Network pickles are read as data, and nothing that they say is done."""

import dataclasses
import pickle
import struct
import sys
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.torch_utils.network_pickles import (
    PERSISTENT,
    TENSORFLOW,
    Global,
    Raw,
    Request,
    dumps,
    persistent,
    storage,
    tensor,
)
from torch_utils.errors import CheckpointError, HostileFileError, UnknownNetworkError
from torch_utils.network_file import Region, open_network_file
from torch_utils.pickle_machine import PickleMachine
from torch_utils.safe_pickle import PickledNetwork, read_pickled_network


@pytest.fixture
def read(tmp_path):
    def read(content, key="G_ema") -> Any:
        path = tmp_path / "network.pkl"
        path.write_bytes(content)
        with open_network_file(path) as file:
            return loaded(read_pickled_network(file, key))

    return read


def loaded(network) -> Any:
    """The network with its tensors in memory."""
    kind = "state" if isinstance(network, PickledNetwork) else "variables"
    tensors = {name: stored.load() for name, stored in getattr(network, kind).items()}
    return dataclasses.replace(network, **{kind: tensors})


def module(**state):
    return persistent("Layer", {"_parameters": {}, "_buffers": {}, "_modules": {}, **state})


def generator(**state):
    return persistent("Generator", {"_init_args": (), "_init_kwargs": {"z_dim": 4}, **state})


# ----------------------------------------------------------------------------
# What is there is found.


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_persistence_form(read, protocol):
    weight = torch.arange(6.0).reshape(2, 3)
    inner = module(_parameters={"weight": weight}, conv_clamp=256, up=None, padding=(1, 2))
    root = {"G_ema": generator(_modules={"inner": inner, "none": None}, _buffers={"mean": weight[0].half()})}
    found = read(dumps(root, protocol))
    assert type(found).__name__ == "PickledNetwork"
    assert (found.class_name, found.init_args, found.init_kwargs) == ("Generator", (), {"z_dim": 4})
    assert list(found.state) == ["mean", "inner.weight"]
    assert torch.equal(found.state["inner.weight"], weight)
    assert found.state["mean"].dtype == torch.float16
    assert found.attributes == {"inner.conv_clamp": 256, "inner.up": None}


def test_tensors_that_python_and_pytorch_wrote_themselves(read):
    weight = torch.randn([4, 5])[:, 1:4].t()
    tensors = {"a": weight, "b": torch.nn.Parameter(weight), "c": torch.tensor(3.5), "d": torch.zeros([0])}
    for protocol in (2, 3, 4, 5):
        written = pickle.dumps(tensors, protocol=protocol)[2:-1]
        written = written[9:] if protocol >= 4 else written  # Without the frame's header.
        found = read(dumps({"G_ema": generator(_buffers=Raw(written))}))
        for name, value in tensors.items():
            assert torch.equal(found.state[name], value)
            assert found.state[name].is_contiguous()


def test_arguments_may_hold_numpy_numbers(read):
    written = pickle.dumps({"beta": np.float64(0.5), "n": np.int32(3)}, protocol=3)[2:-1]
    found = read(dumps({"G_ema": generator(_init_kwargs=Raw(written))}, 3))
    assert found.init_kwargs == {"beta": 0.5, "n": 3}


def test_shared_networks_and_other_keys(read):
    root = {"G": generator(), "D": module(), "G_ema": generator(), "augment_pipe": None}
    assert read(dumps(root), "D").class_name == "Layer"
    with pytest.raises(CheckpointError, match="has no network G_best; there are: G, D, G_ema"):
        read(dumps(root), "G_best")


def test_hidden_buffers_are_not_part_of_the_state(read):
    buffers = {"a": torch.ones([2]), "b": torch.ones([2])}
    found = read(dumps({"G_ema": generator(_buffers=buffers, _non_persistent_buffers_set={"b"})}))
    assert list(found.state) == ["a"]


def tensorflow(version=4, **state):
    about = {
        "version": version,
        "name": "G",
        "static_kwargs": {"resolution": 8},
        "components": {},
        "variables": [("lod", np.zeros([], np.float32))],
        "build_module_src": "raise SystemExit",
        **state,
    }
    return Request(Global(*TENSORFLOW), (), about)


def test_tensorflow_form(read):
    inner = tensorflow(variables=[("w", np.arange(4, dtype=np.float32).reshape(2, 2))])
    found = read(dumps((None, None, tensorflow(components={"synthesis": inner})), 3))
    assert type(found).__name__ == "TensorFlowNetwork"
    assert found.static_kwargs == {"resolution": 8}
    assert found.variables["synthesis/w"].tolist() == [[0, 1], [2, 3]]
    with pytest.raises(UnknownNetworkError, match="version 3; expected 4"):
        read(dumps((None, None, tensorflow(version=3))))


# ----------------------------------------------------------------------------
# Hostile files: nothing runs, and the error names what was asked for.


class Evil:
    """What a real pickler writes for an object that wants to run something when it is read."""

    def __init__(self, request):
        self.request = request

    def __reduce__(self):
        return self.request


def hostile(canary):
    """Name of the thing asked for -> a pickle that asks for it."""
    command = f"touch {canary}"
    python = f"open({str(canary)!r}, 'w').close()"
    call = Request(Global("os", "system"), (command,))
    getattr_chain = Request(
        Request(Global("builtins", "getattr"), (Global("os", "path"), "system")), (command,)
    )
    about = {"type": "class", "version": 6, "class_name": "Generator", "module_src": python}
    return {
        "os.system": dumps(call),
        "posix.system": dumps({"G_ema": Request(Global("posix", "system"), (command,))}, 2),
        "builtins.eval": dumps({"G_ema": Request(Global("builtins", "eval"), (python,))}, 3),
        "builtins.exec": dumps({"G_ema": generator(x=Request(Global("builtins", "exec"), (python,)))}),
        "builtins.getattr": dumps(getattr_chain),
        "importlib.import_module": dumps(Request(Global("importlib", "import_module"), ("this",))),
        "antigravity.geohash": dumps(Global("antigravity", "geohash")),
        "subprocess.Popen": dumps({"G_ema": module(x=Request(Global("subprocess", "Popen"), ([command],)))}),
        "torch_utils.persistence.exec": dumps(Request(Global("torch_utils.persistence", "exec"), (about,))),
        "torch.load": dumps({"G_ema": generator(_buffers={"x": Request(Global("torch", "load"), ("/x",))})}),
        "torch.hub.load": dumps(Request(Global("torch", "hub.load"), ("a", "b"))),
        "training.checkpoint.load_generator": dumps(Global("training.checkpoint", "load_generator")),
        "nt.system": dumps(Raw(b"(U" + b"\x00" + b"int\nsystem\n"), 2)[:2] + b"(int\nsystem\n.",
        "codecs.decode": dumps({"G_ema": Request(Global("codecs", "decode"), (b"x", "zip"))}),
    }


@pytest.mark.parametrize("name", hostile("x"))
def test_hostile_files_are_refused_by_name(read, tmp_path, name):
    canary = tmp_path / "canary"
    modules = set(sys.modules)
    with pytest.raises(HostileFileError) as caught:
        read(hostile(canary)[name])
    assert f"asks for {name}, which no network needs" in str(caught.value)
    assert "network.pkl" in str(caught.value)
    assert not canary.exists()
    assert not {"this", "antigravity"} & (set(sys.modules) - modules)


def test_the_canary_would_have_sung(tmp_path):
    """The same file, read by Python's own unpickler, does what it says."""
    canary = tmp_path / "canary"
    pickle.loads(hostile(canary)["os.system"])  # noqa: S301
    assert canary.exists()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_what_a_real_pickler_wrote_is_refused_too(read, tmp_path, protocol):
    import os

    canary = tmp_path / "canary"
    with pytest.raises(HostileFileError, match=r"posix\.system|nt\.system"):
        read(pickle.dumps({"G_ema": Evil((os.system, (f"touch {canary}",)))}, protocol=protocol))
    assert not canary.exists()


def test_allowed_names_called_with_odd_arguments_stay_records(read, tmp_path):
    """An allowed name in a hostile place is not called either."""
    load = Global("torch.storage", "_load_from_bytes")
    evil = dumps(Request(Global("os", "system"), (f"touch {tmp_path / 'canary'}",)))
    weight = Request(Global("torch._utils", "_rebuild_tensor_v2"), (Request(load, (evil,)), 0, (1,), (1,)))
    with pytest.raises(HostileFileError, match=r"storage of weight: asks for os\.system"):
        read(dumps({"G_ema": generator(_parameters={"weight": weight})}))
    with pytest.raises(CheckpointError, match="not a tensor"):
        read(dumps({"G_ema": generator(_parameters={"weight": Request(Global("builtins", "set"), ([],))})}))
    assert not (tmp_path / "canary").exists()


def test_source_text_is_skipped(read, tmp_path):
    canary = tmp_path / "canary"
    source = f"open({str(canary)!r}, 'w').close()"
    found = read(dumps({"G_ema": persistent("Generator", {"_init_kwargs": {}}, source)}))
    assert found.class_name == "Generator" and not canary.exists()
    assert source not in repr(found)


def test_setstate_and_calls_of_results_are_refused(read):
    with pytest.raises(HostileFileError, match="changes a dict"):
        read(dumps({"G_ema": Raw(b"}}b")}))
    with pytest.raises(HostileFileError, match="calls something without a name"):
        read(dumps(Request(Request(Global("builtins", "set"), ()), ())))
    with pytest.raises(HostileFileError, match="refers to objects outside"):
        read(dumps(Raw(b"N" + pickle.BINPERSID)))
    for opcode in (pickle.EXT1 + b"\x01", pickle.PERSID + b"x\n", pickle.NEXT_BUFFER, b"\xff"):
        with pytest.raises(HostileFileError, match="asks for pickle operation"):
            read(dumps(Raw(opcode)))


def test_claims_of_more_than_there_is(read):
    ten = torch.zeros([10])
    claims = {
        "size": tensor(ten, size=(10**12,), stride=(1,)),
        "stride 0": tensor(ten, size=(2**30, 2**30), stride=(0, 0)),
        "offset": tensor(ten, size=(5,), stride=(1,), offset=6),
        "negative": tensor(ten, size=(-5,), stride=(1,)),
        "many axes": tensor(ten, size=(2,) * 30, stride=(0,) * 30),
        "count": tensor(ten, announced=10**15),
        "keys": Request(
            Global("torch._utils", "_rebuild_tensor_v2"), (storage(ten, keys=("0", "1")), 0, (10,), (1,))
        ),
    }
    for weight in claims.values():
        with pytest.raises(CheckpointError):
            read(dumps({"G_ema": generator(_parameters={"weight": weight})}))
    for opcode in (pickle.BINBYTES8, pickle.BINUNICODE8, pickle.BYTEARRAY8):
        with pytest.raises(CheckpointError, match="cut off"):
            read(dumps(Raw(opcode + struct.pack("<Q", 2**62))))
    with pytest.raises(CheckpointError):
        read(dumps(Raw(b"N" + pickle.LONG_BINPUT + struct.pack("<I", 2**32 - 1) + b"0")))


def doubled(start, pair, count):
    """Opcodes of something that holds the thing before it twice, `count` times over."""
    steps = [pickle.BINGET + bytes([i]) + pickle.BINGET + bytes([i]) for i in range(count)]
    memo = [pickle.BINPUT + bytes([i + 1]) for i in range(count)]
    return start + b"q\x00" + b"".join(pair(step) + put for step, put in zip(steps, memo, strict=True))


def test_structures_without_end(read):
    lists = doubled(b"]", lambda two: b"](" + two + b"e", 60)
    with pytest.raises(CheckpointError, match="without end"):
        read(dumps({"G_ema": generator(_init_kwargs={"a": Raw(b"(" + lists + b"t")})}))
    # Keys are plain: to hash a tuple that holds another twice, and so on, would take for ever.
    tuples = doubled(b")", lambda two: two + pickle.TUPLE2, 100)
    with pytest.raises(CheckpointError, match="damaged"):
        read(dumps(Raw(tuples + b"}h" + bytes([100]) + b"Ns")))
    # A dict of modules in which both are the module that holds the dict.
    inside = dumps({"_modules": {"a": Raw(b"h\x00"), "b": Raw(b"h\x00")}, "_init_kwargs": {}})[2:-1]
    about = dumps({"type": "class", "version": 6, "class_name": "Generator"})[2:-1]
    name = dumps(Global(*PERSISTENT))[2:-1]
    state = b"h\x01(" + dumps("state")[2:-1] + inside + b"u0"
    loop = name + about + b"q\x01\x85Rq\x00" + state
    with pytest.raises(CheckpointError, match="modules without end"):
        read(dumps({"G_ema": Raw(loop)}))


# ----------------------------------------------------------------------------
# Damaged and foreign files.


def test_every_truncation_is_a_clear_error(read):
    whole = dumps({"G_ema": generator(_parameters={"weight": torch.ones([3])})})
    for length in range(1, len(whole)):
        with pytest.raises(CheckpointError):
            read(whole[:length])


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_changed_bytes_are_read_or_refused(data):
    weights = {"weight": torch.ones([3]), "bias": torch.zeros([2])}
    content = bytearray(dumps({"G_ema": generator(_parameters=weights)}, data.draw(st.integers(2, 4))))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refuse(bytes(content))


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    _read_or_refuse(b"\x80\x04" + content)


def _read_or_refuse(content):
    try:
        loaded(read_pickled_network(Region.of_bytes(content, "network.pkl")))
    except CheckpointError:
        pass


def test_other_pickles_are_named(read):
    with pytest.raises(UnknownNetworkError, match="not of networks"):
        read(dumps([1, 2, 3]))
    with pytest.raises(UnknownNetworkError, match="is not a network"):
        read(dumps({"G_ema": Request(Global("collections", "OrderedDict"), ())}))
    with pytest.raises(UnknownNetworkError, match="version 7"):
        read(dumps({"G_ema": Request(Global(*PERSISTENT), ({"type": "class", "version": 7, "state": {}},))}))


def test_pickles_may_follow_each_other():
    machine = PickleMachine(Region.of_bytes(dumps(1) + dumps("two"), "source"), ())
    assert machine.run() == 1 and machine.run() == "two"
