"""Twenty thousand damaged files: each is read or refused in words, and none ends the program or hangs it."""

import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save

from tests.torch_utils.network_pickles import (
    TENSORFLOW,
    Global,
    Request,
    dumps,
    reference,
    snapshot,
    stream,
    zipped,
)
from torch_utils.errors import CheckpointError
from training import networks_stylegan2, networks_stylegan3
from training.checkpoint import load_generator

TINY: dict[str, Any] = {"z_dim": 1, "c_dim": 0, "w_dim": 1, "img_resolution": 4, "img_channels": 1}
SECONDS = 1.0

# Numbers that lengths and counts go wrong with, and operations that mean much in a few bytes.
ODD = [b"\0" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\xff" * 8, b"\0" * 8]
PIECES = [bytes([code]) for code in b".0(12tqrhjcR}b]aeu\x80\x81\x85\x88\x8a\x8c\x8e\x93\x94\x95\x96QNKJMGXB"]
PIECES += [b"cos\nsystem\n", b"\x8c\x02os\x8c\x06system\x93", b"9" * 400, b"[" * 300]
PIECES += [b'"', b"{", b"PK\x01\x02", b"NaN"]


def stylegan2(**more: Any) -> Any:
    kwargs = {**TINY, "channel_base": 4, "channel_max": 1, "mapping_kwargs": {"num_layers": 1}, **more}
    return networks_stylegan2.Generator(**kwargs)


def tensorflow() -> bytes:
    """A network of 4 px in the TensorFlow form."""
    generator = stylegan2()
    state = {key: value.numpy() for key, value in generator.state_dict().items()}
    layers = {"conv1": "Conv", "torgb": "ToRGB"}
    arrays = {
        "dlatent_avg": state["mapping.w_avg"],
        "mapping/Dense0/weight": state["mapping.fc0.weight"].T,
        "mapping/Dense0/bias": state["mapping.fc0.bias"],
        "synthesis/4x4/Const/const": state["synthesis.b4.const"][None],
        "synthesis/noise0": state["synthesis.b4.conv1.noise_const"][None, None],
        "synthesis/4x4/Conv/noise_strength": state["synthesis.b4.conv1.noise_strength"],
    }
    for ours, theirs in layers.items():
        arrays[f"synthesis/4x4/{theirs}/weight"] = state[f"synthesis.b4.{ours}.weight"].transpose(2, 3, 1, 0)
        arrays[f"synthesis/4x4/{theirs}/bias"] = state[f"synthesis.b4.{ours}.bias"]
        arrays[f"synthesis/4x4/{theirs}/mod_weight"] = state[f"synthesis.b4.{ours}.affine.weight"].T
        arrays[f"synthesis/4x4/{theirs}/mod_bias"] = state[f"synthesis.b4.{ours}.affine.bias"]
    about: dict[str, Any] = {
        "version": 4,
        "name": "Gs",
        "static_kwargs": {
            **{"latent_size": 1, "dlatent_size": 1, "resolution": 4, "num_channels": 1, "fmap_base": 2},
            **{"fmap_max": 1, "mapping_layers": 1},
        },
        "components": {},
        "variables": [(name, np.array(value, dtype=np.float32)) for name, value in arrays.items()],
    }
    return dumps((None, None, Request(Global(*TENSORFLOW), (), about)), 3)


def torch_forms() -> tuple[bytes, bytes]:
    """A whole network as torch.save writes it: zip file and stream."""
    generator = stylegan2()
    numbers: dict[str, torch.Tensor] = {}

    def kept(value: torch.Tensor) -> Request:
        key = str(len(numbers))
        numbers[key] = value.detach().contiguous()
        shape, stride = tuple(value.shape), tuple(value.contiguous().stride())
        args: Any = (reference(key, value.numel()), 0, shape, stride, False)
        return Request(Global("torch._utils", "_rebuild_tensor_v2"), args)

    root = snapshot(generator, tensor_form=kept)
    storages = {key: value.numpy().tobytes() for key, value in numbers.items()}
    counted = {key: (numbers[key].numel(), content) for key, content in storages.items()}
    return zipped(dumps(root, 2), storages), stream(root, counted)


def valid_files() -> dict[str, bytes]:
    torch.manual_seed(0)
    two = stylegan2(c_dim=1)
    kwargs = {**TINY, "channel_base": 4, "channel_max": 1, "num_layers": 2, "num_critical": 1}
    kwargs |= {"margin_size": 1, "first_cutoff": 1.0}
    three = networks_stylegan3.Generator(**kwargs)
    about = {"class_name": "training.networks_stylegan3.Generator", "init_kwargs": json.dumps(kwargs)}
    zip_form, stream_form = torch_forms()
    return {
        "pickle 2": dumps(snapshot(two), 2),
        "pickle 4": dumps(snapshot(three), 4),
        "tensorflow": tensorflow(),
        "safetensors": save({name: value.contiguous() for name, value in three.state_dict().items()}, about),
        "zip": zip_form,
        "stream": stream_form,
    }


def mutated(content: bytes, dice: random.Random) -> bytes:
    """Damage a file in one to four places."""
    out = bytearray(content)
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        if not out:
            break
        # The beginning, with its head or header, gets more than its share.
        at = dice.randrange(len(out)) if dice.random() < 0.7 else dice.randrange(min(len(out), 400))
        match dice.randrange(8):
            case 0:
                out[at] = dice.randrange(256)
            case 1:
                out[at] ^= 1 << dice.randrange(8)
            case 2:
                piece = dice.choice(ODD)
                out[at : at + len(piece)] = piece
            case 3:
                out[at:at] = dice.choice(PIECES)
            case 4:
                del out[at : at + dice.choice([1, 2, 8, 100])]
            case 5:
                start = dice.randrange(len(out))
                out[at:at] = out[start : start + dice.choice([2, 20, 500])]
            case 6:
                piece = dice.choice(PIECES)
                out[at : at + len(piece)] = piece
            case _:
                del out[max(at, 9) :]
    return bytes(out)


def fuzz(folder: Path, seeds: range) -> Counter[str]:
    """Load damaged files; count what each came to."""
    files = valid_files()
    came_to: Counter[str] = Counter()
    for name, content in files.items():
        (folder / name).write_bytes(content)
        load_generator(folder / name)  # The file itself is sound.
    for seed in seeds:
        dice = random.Random(seed)
        name = dice.choice(sorted(files))
        # Files of their own: to write one over and over waits for the disk each time.
        path = folder / str(seed)
        path.write_bytes(mutated(files[name], dice))
        began = time.process_time()
        try:
            load_generator(path)
            outcome = "read"
        except CheckpointError as error:
            outcome = "refused"
            assert "\n" not in str(error) and len(str(error)) < 900, (seed, name)
        except BaseException as error:
            raise AssertionError(f"seed {seed}, {name}: {type(error).__name__}: {error}") from error
        assert time.process_time() - began < SECONDS, (seed, name)
        path.unlink()
        came_to[f"{name} {outcome}"] += 1
    return came_to


@pytest.mark.parametrize("part", range(4))
def test_damaged_files_are_read_or_refused(tmp_path, part):
    came_to = fuzz(tmp_path, range(part * 5000, part * 5000 + 5000))
    assert came_to.total() == 5000
    assert len(came_to) == 12 and min(came_to.values()) > 10  # Every form was read, and refused, often.
