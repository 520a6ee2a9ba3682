"""What the safetensors library writes is read to the bit, without a memory map."""

import json
import struct

import pytest
import torch
from safetensors.torch import save

from torch_utils.errors import CheckpointError
from torch_utils.network_file import Region
from torch_utils.safe_tensors import is_safetensors, parse_json, read_safetensors

DTYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16]
DTYPES += [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool]


def region(content: bytes) -> Region:
    return Region.of_bytes(content, "network")


def test_every_dtype_and_shape_comes_out_as_it_went_in():
    tensors = {str(dtype): (torch.randn([2, 3]) * 50).abs().to(dtype) for dtype in DTYPES}
    tensors |= {
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros([0, 4]),
        "long": torch.randn([1, 2, 3, 4, 5]),
    }
    file = region(save(tensors, {"title": "Ein Gesicht ü"}))
    assert is_safetensors(file)
    metadata, found = read_safetensors(file)
    assert metadata == {"title": "Ein Gesicht ü"}
    assert found.keys() == tensors.keys()
    for name, value in tensors.items():
        loaded = found[name].load()
        assert loaded.dtype == value.dtype == found[name].dtype and found[name].shape == value.shape
        assert torch.equal(loaded, value)


def test_nothing_is_read_before_it_is_asked_for():
    content = save({"a": torch.ones([1000]), "b": torch.ones([10])})
    reads: list[int] = []

    def fetch(start: int, count: int) -> bytes:
        reads.append(count)
        return content[start : start + count]

    _, found = read_safetensors(Region(fetch, len(content), "network"))
    assert sum(reads) < 300
    found["b"].load()
    assert reads[-1] == 40


def test_a_file_without_metadata_or_tensors():
    assert read_safetensors(region(save({}))) == ({}, {})
    assert not is_safetensors(region(b"{}"))


@pytest.mark.parametrize(
    "change", [{"shape": [2]}, {"data_offsets": [0, 4]}, {"dtype": "F64"}, {"dtype": None}]
)
def test_claims_that_do_not_agree(change):
    header = json.dumps({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12], **change}}).encode()
    with pytest.raises(CheckpointError, match="network"):
        read_safetensors(region(struct.pack("<Q", len(header)) + header + b"\0" * 12))


@pytest.mark.parametrize(
    "text", ["", "[1]", "{", '{"a": 1}}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}", b"\xff\xfe"]
)
def test_what_is_no_object_of_json(text):
    with pytest.raises(CheckpointError, match="the arguments"):
        parse_json(text, "the arguments")
