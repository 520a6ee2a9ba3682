"""Files that want to run something, to claim something, or to cost something: name -> what is in them."""

import json
import os
import pickle
import struct
from pathlib import Path
from typing import Any

from safetensors.torch import save

from tests.torch_utils.network_pickles import (
    dumps,
)
from tests.training.hostile_archives import archives
from tests.training.hostile_pickles import SMALL, costly, running
from training import networks_stylegan2, networks_stylegan3

LAYERS: dict[str, Any] = {"num_layers": 4, "num_critical": 1, "margin_size": 2}


def own(header: Any, numbers: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + numbers


def safetensors() -> dict[str, bytes]:
    place = {"dtype": "F32", "shape": [10], "data_offsets": [0, 40]}
    files = {
        "header of 2^63 bytes": own(b"{", length=2**63),
        "header of 90 MB": own(b"{", length=90_000_000),
        "header of 3 MB": own(b'{"__metadata__":{"a":"' + b"x" * 3_000_000 + b'"}}'),
        "header of brackets": own(b'{"a":' + b"[],".join([b"["] * 300_000) + b"1"),
        "header nested": own(b'{"a":' + b"[" * 500_000),
        "header of a long number": own(b'{"a":' + b"9" * 1_000_000 + b"}"),
        "header of tensors": own(
            {f"t{i}": {**place, "shape": [0], "data_offsets": [0, 0]} for i in range(20_000)}
        ),
        "header that is a list": own(b"{}[]"),
        "metadata of numbers": own({"__metadata__": {"class_name": 3}}),
        "metadata that is a list": own({"__metadata__": ["class_name"]}),
        "offsets that overlap": own({"a": place, "b": place}, b"\0" * 40),
        "offsets with a gap": own({"a": {**place, "data_offsets": [40, 80]}}, b"\0" * 80),
        "offsets beyond the end": own(
            {"a": {**place, "data_offsets": [0, 4000], "shape": [1000]}}, b"\0" * 40
        ),
        "offsets that are negative": own({"a": {**place, "data_offsets": [-40, 0]}}, b"\0" * 40),
        "offsets backwards": own({"a": {**place, "data_offsets": [40, 0]}}, b"\0" * 40),
        "offsets that are true": own({"a": {**place, "data_offsets": [False, 40]}}, b"\0" * 40),
        "10 GB of shape": own({"a": {**place, "shape": [2_500_000_000]}}, b"\0" * 40),
        "10 GB of offsets": own(
            {"a": {**place, "shape": [2_500_000_000], "data_offsets": [0, 10**10]}}, b"\0" * 40
        ),
        "shape that is negative": own({"a": {**place, "shape": [-10]}}, b"\0" * 40),
        "shape of a million axes": own({"a": {**place, "shape": [1] * 300_000}}, b"\0" * 40),
        "shape of text": own({"a": {**place, "shape": "10"}}, b"\0" * 40),
        "dtype unknown": own({"a": {**place, "dtype": "F128"}}, b"\0" * 40),
        "dtype a list": own({"a": {**place, "dtype": ["F32"]}}, b"\0" * 40),
        "more than is told of": own({"a": place}, b"\0" * 41),
    }
    two = networks_stylegan2.Generator(**SMALL, channel_base=32, channel_max=4)
    three = networks_stylegan3.Generator(**SMALL, **LAYERS, channel_base=32, channel_max=4)
    wrong: dict[str, tuple[Any, dict[str, Any]]] = {
        "z_dim": (two, {"z_dim": 10**9}),
        "w_dim": (two, {"w_dim": 10**12}),
        "a z_dim of text": (two, {"z_dim": "8" * 100_000}),
        "a z_dim that is true": (two, {"z_dim": True}),
        "img_channels": (two, {"img_channels": 10**9}),
        "img_resolution": (two, {"img_resolution": 2**30}),
        "a negative resolution": (two, {"img_resolution": -8}),
        "channels": (two, {"channel_base": 10**15, "channel_max": 10**15}),
        "NaN channels": (three, {"channel_base": float("nan")}),
        "infinite cutoff": (three, {"first_cutoff": float("inf")}),
        "mapping layers": (two, {"mapping_kwargs": {"num_layers": 10**12}}),
        "mapping of a list": (two, {"mapping_kwargs": [1]}),
        "a clamp of text": (two, {"conv_clamp": "high"}),
        "a filter of a million taps": (two, {"resample_filter": [1] * 500_000}),
        "filter_size": (three, {"filter_size": 10**9}),
        "filter_size with radial filters": (three, {"filter_size": 64, "use_radial_filters": True}),
        "lrelu_upsampling": (three, {"lrelu_upsampling": 10**6}),
        "conv_kernel": (three, {"conv_kernel": 10**6}),
        "margin_size": (three, {"margin_size": 10**9}),
        "num_layers": (three, {"num_layers": 10**9}),
        "steep rates": (
            three,
            {"first_stopband": 1e4, "last_stopband_rel": 0.01, "use_radial_filters": True},
        ),
        "an unknown argument": (two, {"x" * 100_000: 1}),
        "a number of a million digits": (two, {"z_dim": Digits()}),
    }
    for name, (network_, change) in wrong.items():
        kwargs = json.dumps({**network_.init_kwargs, **change}, default=str).replace(
            '"DIGITS"', "9" * 1_000_000
        )
        files[f"arguments: {name}"] = in_own_form(network_, kwargs)
    files["arguments nested"] = in_own_form(two, '{"z_dim":' + "[" * 500_000)
    return files


class Digits:
    def __str__(self) -> str:
        return "DIGITS"


def in_own_form(network_: Any, init_kwargs: str) -> bytes:
    about = {"class_name": f"{type(network_).__module__}.Generator", "init_kwargs": init_kwargs}
    return save({name: value.contiguous() for name, value in network_.state_dict().items()}, about)


# ----------------------------------------------------------------------------


def write_all(folder: Path, canary: Path) -> list[str]:
    """Write every hostile file into a folder; give their names."""
    files = {
        **{f"runs: {name}": content for name, content in running(canary).items()},
        **{f"pickle: {name}": content for name, content in costly().items()},
        **{f"archive: {name}": content for name, content in archives().items()},
        **{f"safetensors: {name}": content for name, content in safetensors().items()},
    }
    for name, content in files.items():
        (folder / name.replace("/", " ")).write_bytes(content)
    # Files that are long, though there is hardly anything in them.
    for name, head in {
        "10 GB of zeros, announced": b"\x80\x04" + pickle.BINBYTES8 + struct.pack("<Q", 10**10 - 12),
        "10 GB of zeros as opcodes": b"\x80\x04",
        "10 GB behind a stream": dumps(0x1950A86A20F9469CFC6C, 2) + dumps(1001, 2),
        "10 GB behind a zip": b"PK\x03\x04",
        "10 GB behind a header": own({"a": {"dtype": "F32", "shape": [10], "data_offsets": [0, 40]}}),
        "10 GB as a tensor": big_tensor(),
    }.items():
        (folder / f"long: {name}").write_bytes(head)
        os.truncate(folder / f"long: {name}", 10**10)
    return sorted(path.name for path in folder.iterdir())


def big_tensor() -> bytes:
    """A file of our own form whose one tensor of 10 GB is really there, as far as its length tells."""
    network_ = networks_stylegan2.Generator(**SMALL, channel_base=32, channel_max=4)
    about = {
        "class_name": "training.networks_stylegan2.Generator",
        "init_kwargs": json.dumps(network_.init_kwargs),
    }
    header: dict[str, Any] = {"__metadata__": about}
    text = b""
    for _ in range(3):  # The header's length stands in itself.
        length = 10**10 - 8 - len(text) - (-len(text)) % 4
        header["synthesis.b4.const"] = {"dtype": "U8", "shape": [length], "data_offsets": [0, length]}
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 4)
    return own(text)
