"""What torch.save writes is read as data too: whole networks, in its zip files and in its older stream."""

import pickle
import struct
from typing import Any

import pytest
import torch

from tests.torch_utils.network_pickles import Global, Request, dumps, persistent, reference, stream, zipped
from torch_utils.errors import CheckpointError, HostileFileError, UnknownNetworkError
from torch_utils.network_file import Region
from torch_utils.pickled_tensors import TENSOR_NAMES, TensorReader, is_stream, read_stream
from torch_utils.safe_pickle import read_pickled_network
from torch_utils.torch_zip import is_zip, read_torch_zip

NAMES = TENSOR_NAMES | {"collections.OrderedDict"}
NUMBERS = torch.arange(6.0)


def region(content: bytes) -> Region:
    return Region.of_bytes(content, "model.pt")


def network(key: str = "0", count: int = 6, size: Any = (2, 3), stride: Any = (3, 1)) -> dict[str, Any]:
    args: Any = (reference(key, count), 0, size, stride, False, {})
    weight = Request(Global("torch._utils", "_rebuild_tensor_v2"), args)
    state = {"_init_args": (), "_init_kwargs": {"z_dim": 4}, "_parameters": {"weight": weight}}
    return {"G_ema": persistent("Generator", state)}


@pytest.mark.parametrize("zip_form", [True, False])
def test_files_that_torch_wrote(tmp_path, zip_form):
    """Shared storages, views and parameters come out as they went in."""
    weight = torch.randn([4, 5])
    tensors = {"a": weight[:, 1:4].t(), "b": torch.nn.Parameter(weight), "c": torch.tensor(3.5).half()}
    torch.save(tensors, tmp_path / "model.pt", _use_new_zipfile_serialization=zip_form)
    file = region((tmp_path / "model.pt").read_bytes())
    assert (is_zip(file), is_stream(file)) == (zip_form, not zip_form)
    root, storages = read_torch_zip(file, NAMES) if zip_form else read_stream(file, NAMES)
    reader = TensorReader(file, storages)
    for name, value in tensors.items():
        stored = reader.tensor(root[name], name)
        assert stored.shape == value.shape and torch.equal(stored.load(), value)


def test_a_whole_network_is_read_from_either_form():
    numbers = NUMBERS.numpy().tobytes()
    for content in (zipped(dumps(network(), 2), {"0": numbers}), stream(network(), {"0": (6, numbers)})):
        found: Any = read_pickled_network(region(content))
        assert (found.class_name, found.init_kwargs) == ("Generator", {"z_dim": 4})
        assert torch.equal(found.state["weight"].load(), NUMBERS.reshape(2, 3))


def test_a_single_network_needs_no_key():
    found: Any = read_pickled_network(
        region(stream(network()["G_ema"], {"0": (6, NUMBERS.numpy().tobytes())}))
    )
    assert list(found.state) == ["weight"]


def test_tensors_without_a_network_are_named():
    content = zipped(dumps({"synthesis.b4.const": reference("0", 1)}, 2), {"0": b"\0" * 4})
    with pytest.raises(UnknownNetworkError, match="holds tensors alone"):
        read_pickled_network(region(content))


def test_compressed_entries_are_refused(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "model.pt", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", dumps(network(), 2))
        file.writestr("archive/data/0", b"\0" * 24)
    with pytest.raises(HostileFileError, match="compressed or encrypted"):
        read_pickled_network(region((tmp_path / "model.pt").read_bytes()))


def test_storages_are_as_long_as_they_claim():
    for claim in (network(count=7), network(key="1"), network(count=10**12, size=(10**12,), stride=(1,))):
        with pytest.raises(CheckpointError):
            read_pickled_network(region(zipped(dumps(claim, 2), {"0": b"\0" * 24})))
        with pytest.raises(CheckpointError):
            read_pickled_network(region(stream(claim, {"0": (6, b"\0" * 24)})))


def test_references_do_not_lead_out_of_the_file():
    """A key is a name among the entries, and no path of the disk."""
    for key in ("../../etc/passwd", "/etc/passwd", "../data.pkl"):
        with pytest.raises(HostileFileError, match="not there"):
            read_pickled_network(region(zipped(dumps(network(key=key), 2), {"0": b"\0" * 24})))


def test_damaged_zip_files_are_named():
    whole = zipped(dumps(network(), 2), {"0": b"\0" * 24})
    end = whole.rfind(b"PK\x05\x06")
    for content in (
        whole[:-4],
        whole[: len(whole) // 2],
        whole[: end + 16] + struct.pack("<I", 7) + whole[end + 20 :],
        whole.replace(b"PK\x01\x02", b"PK\x01\x03"),
        whole.replace(b"archive/data.pkl", b"archive/data.pki"),
    ):
        with pytest.raises(CheckpointError, match=r"model\.pt"):
            read_pickled_network(region(content))


def test_persistent_ids_of_another_kind_are_refused():
    for odd in (
        ("module", 1),
        "storage",
        ("storage",) * 6,
        ("storage", Global("torch", "FloatStorage"), 3, "cpu", 1),
    ):
        content = dumps({"a": 1}, 2)[:-1] + b"0" + dumps(odd, 2)[2:-1] + pickle.BINPERSID + b"."
        with pytest.raises(CheckpointError):
            read_torch_zip(region(zipped(content, {})), NAMES)
