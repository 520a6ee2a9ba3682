"""Files of torch.save, and archives, that claim or cost something: name -> what is in the file."""

import io
import math
import pickle
import struct
import tarfile
import zipfile

import torch

from tests.torch_utils.network_pickles import (
    Global,
    Raw,
    dumps,
    persistent,
    stream,
    zipped,
)
from tests.training.hostile_pickles import SMALL, generator, view
from training import networks_stylegan2


def archives() -> dict[str, bytes]:
    plain = dumps({"G_ema": generator()}, 2)
    weight = view(
        Raw(dumps(("storage", Global("torch", "FloatStorage"), "0", "cpu", 10, None), 2)[2:-1] + b"Q"),
        0,
        (10,),
        (1,),
    )
    claim = view(
        Raw(dumps(("storage", Global("torch", "FloatStorage"), "0", "cpu", 10**12, None), 2)[2:-1] + b"Q"),
        0,
        (10**12,),
        (1,),
    )
    with_claim = {"G_ema": generator(_parameters={"weight": claim})}
    bombed = io.BytesIO()
    with zipfile.ZipFile(bombed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("archive/data.pkl", plain)
        with file.open("archive/data/0", "w") as entry:
            for _ in range(64):
                entry.write(b"\0" * (1 << 20))
    inner = zipped(dumps({"G_ema": generator(_parameters={"weight": weight})}, 2), {"0": b"\0" * 40})
    # Every entry of the directory is the same piece of the file.
    kernel = zipped(plain, {"0": b"\0" * 65_536})
    at = kernel.rfind(b"PK\x05\x06")
    length, start = struct.unpack_from("<II", kernel, at + 12)
    directory = kernel[start : start + length]
    last = directory[directory.rfind(b"PK\x01\x02") :]
    many = directory + b"".join(
        last[:46] + last[46:].replace(b"/0", b"/" + bytes([97 + i % 26])) for i in range(9000)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 9002, 9002, len(many), start, 0)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as folder:
        for i in range(50):
            about = tarfile.TarInfo(f"../../{i}")
            about.size = 1000
            folder.addfile(about, io.BytesIO(b"\0" * 1000))
    huge = b"PK\x03\x04" + b"\0" * 60
    end64 = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 0, 0, 0, 0, 1, 1, 2**40, 0)
    return {
        "zip bomb": bombed.getvalue(),
        "zip in a zip": zipped(inner, {}),
        "zip of entries upon each other": kernel[:start] + many + end,
        "zip with a claim": zipped(dumps(with_claim, 2), {"0": b"\0" * 40}),
        "zip without its storage": zipped(dumps(with_claim, 2), {}),
        "zip with a directory of 4 GB": huge
        + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, 2**32 - 1, 4, 0),
        "zip with a 64-bit directory": huge + end64 + struct.pack("<4sIQI", b"PK\x06\x07", 0, 64, 1) + end,
        "zip without an end": inner[:-30],
        "zip of another kind": zipped(plain, {}, folder="a/b"),
        "zip of a big-endian machine": zipped(plain, {}, byteorder=b"big"),
        "stream with a claim": stream(with_claim, {"0": (10**12, b"")}),
        "stream with other storages": stream({"G_ema": generator()}, {"0": (10, b"\0" * 40)}),
        "tar bomb": tar.getvalue(),
        "zip of aliased storages": aliased_storages(),
        "zip of whole numbers": aliased_storages(kind="LongStorage", width=8, small=True),
    }


def aliased_storages(kind: str = "FloatStorage", width: int = 4, small: bool = False) -> bytes:
    """A network whose arguments and shapes agree, all of it made of one storage of 9 MB."""
    kwargs = (
        {**SMALL, "channel_max": 8} if small else {**SMALL, "z_dim": 512, "w_dim": 512, "img_resolution": 128}
    )
    with torch.device("meta"):
        shapes = {k: tuple(v.shape) for k, v in networks_stylegan2.Generator(**kwargs).state_dict().items()}
    count = max(math.prod(shape) for shape in shapes.values())
    description = ("storage", Global("torch", kind), "0", "cpu", count, None)
    whole = Raw(dumps(description, 2)[2:-1] + pickle.BINPERSID)
    tensors = {
        name: view(whole, 0, shape, tuple(math.prod(shape[i + 1 :]) for i in range(len(shape))))
        for name, shape in shapes.items()
    }
    own_ = {"_init_args": (), "_init_kwargs": kwargs, "_parameters": tensors}
    return zipped(dumps({"G_ema": persistent("Generator", own_)}, 2), {"0": b"\0" * (count * width)})
