"""A file that is no network ends in one clear line, and leaves nothing half-written."""

import json
import os

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.torch_utils.network_pickles import Global, Request, dumps, persistent, snapshot
from tests.training.small_generators import SMALL, make
from training.checkpoint import (
    CheckpointError,
    HostileFileError,
    UnknownNetworkError,
    load_generator,
    save_generator,
)


def saved(path, generator=None, change=lambda state, about: None):
    """Save a generator in our own form, with something changed."""
    save_generator(path, generator or make("skip"))
    state = load_file(path)
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    about = header["__metadata__"]
    change(state, about)
    save_file(state, path, about)
    return path


def refused(path, says, kind=CheckpointError, **kwargs):
    with pytest.raises(kind) as caught:
        load_generator(path, **kwargs)
    message = str(caught.value)
    assert says in message and path.name in message and "\n" not in message
    return message


def test_missing_empty_and_folder(tmp_path):
    refused(tmp_path / "missing.pkl", "no such file")
    (tmp_path / "empty.pkl").touch()
    refused(tmp_path / "empty.pkl", "the file is empty")
    refused(tmp_path, "is a folder")


def test_unreadable(tmp_path):
    path = tmp_path / "locked.pkl"
    path.write_bytes(b"\x80\x04N.")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    refused(path, "cannot be read")


@pytest.mark.parametrize(
    "content",
    [b"x", b"\x80", b"hello, world\n" * 50, b"\x89PNG\r\n\x1a\n" + b"\0" * 99, b"GIF89a", b"\0" * 500],
)
def test_other_files(tmp_path, content):
    path = tmp_path / "face.pkl"
    path.write_bytes(content)
    refused(path, "")


def test_files_of_tensors_alone_are_named(tmp_path):
    state = make("skip").state_dict()
    for zipped in (True, False):
        torch.save(state, tmp_path / "model.pt", _use_new_zipfile_serialization=zipped)
        refused(tmp_path / "model.pt", "holds tensors alone", UnknownNetworkError)
        torch.save({"g_ema": state}, tmp_path / "model.pt", _use_new_zipfile_serialization=zipped)
        refused(tmp_path / "model.pt", "has no network G_ema; there are: g_ema")


def test_truncated_files(tmp_path):
    generator = make("skip")
    save_generator(tmp_path / "own", generator)
    (tmp_path / "pickle").write_bytes(dumps(snapshot(generator)))
    for name in ("own", "pickle"):
        content = (tmp_path / name).read_bytes()
        for share in (0.0005, 0.01, 0.3, 0.999):
            path = tmp_path / f"cut {share}"
            path.write_bytes(content[: max(9, int(len(content) * share))])
            refused(path, "")


@pytest.mark.parametrize("form", [0, 2])
def test_hostile_pickles_run_nothing(tmp_path, form):
    canary = tmp_path / "canary"
    if form == 0:
        content = f"cos\nsystem\n(S'touch {canary}'\ntR.".encode()
    else:
        content = dumps({"G_ema": Request(Global("os", "system"), (f"touch {canary}",))}, form)
    path = tmp_path / "network.pkl"
    path.write_bytes(content)
    refused(path, "asks for os.system", HostileFileError)
    assert not canary.exists()


def test_source_text_in_a_network_is_not_run(tmp_path):
    canary = tmp_path / "canary"
    path = tmp_path / "network.pkl"
    source = f"open({str(canary)!r}, 'w').close()\nraise SystemExit"
    path.write_bytes(dumps(snapshot(make("skip"), source)))
    load_generator(path)
    assert not canary.exists()


def test_unknown_classes(tmp_path):
    path = tmp_path / "network"
    other = persistent("Segmenter", {"_init_args": (), "_init_kwargs": {}})
    path.write_bytes(dumps({"G_ema": other}))
    refused(path, "is a Segmenter; expected a Generator", UnknownNetworkError)
    path.write_bytes(dumps({"G_ema": persistent("Generator", {})}))
    refused(path, "neither StyleGAN2 nor StyleGAN3", UnknownNetworkError)
    saved(path, change=lambda state, about: about.update(class_name="os.system"))
    refused(path, "holds a os.system", UnknownNetworkError)
    saved(path, change=lambda state, about: about.pop("class_name"))
    refused(path, "does not say which network", UnknownNetworkError)
    save_file({"x": torch.zeros(1)}, path)
    refused(path, "does not say which network", UnknownNetworkError)


def test_missing_key(tmp_path):
    path = tmp_path / "network"
    path.write_bytes(dumps(snapshot(make("skip"))))
    refused(path, "has no network D", key="D")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(tmp_path, value):
    def poison(state, about):
        state["synthesis.b8.conv0.weight"][0, 0, 0, 0] = value

    refused(saved(tmp_path / "network", change=poison), "synthesis.b8.conv0.weight holds NaN")
    generator = make("skip")
    generator.mapping.w_avg[0] = value
    (tmp_path / "pickle").write_bytes(dumps(snapshot(generator)))
    refused(tmp_path / "pickle", "mapping.w_avg holds NaN")


def test_tensors_that_do_not_fit(tmp_path):
    path = tmp_path / "network"
    saved(path, change=lambda state, about: state.pop("mapping.w_avg"))
    refused(path, "lacks the tensor mapping.w_avg [12]")
    saved(path, change=lambda state, about: state.update({"mapping.w_avg": torch.zeros(13)}))
    refused(path, "mapping.w_avg has shape [13]; expected [12]")
    saved(path, change=lambda state, about: state.update(extra=torch.zeros(1)))
    refused(path, "holds a tensor extra")


@pytest.mark.parametrize(
    "kwargs",
    [
        "no JSON",
        "[1]",
        "{}",
        json.dumps({**SMALL, "img_resolution": 10**9}),
        json.dumps({**SMALL, "img_resolution": "big"}),
        json.dumps({**SMALL, "channel_base": 10**15, "channel_max": 10**15}),
        json.dumps({**SMALL, "w_dim": 10**12}),
        json.dumps({**SMALL, "mapping_kwargs": {"num_layers": 10**12}}),
        json.dumps({**SMALL, "mapping_kwargs": 5}),
        json.dumps({**SMALL, "colour": "red"}),
        "[" * 100_000,
    ],
)
def test_arguments_that_make_no_network(tmp_path, kwargs):
    refused(saved(tmp_path / "network", change=lambda _, about: about.update(init_kwargs=kwargs)), "")


def test_nothing_half_written(tmp_path):
    generator = make("skip")
    with torch.no_grad():
        next(generator.parameters()).fill_(1e6)
    with pytest.raises(CheckpointError, match="too large for half floats"):
        save_generator(tmp_path / "network", generator, half=True)
    with pytest.raises(CheckpointError, match="not texts"):
        save_generator(tmp_path / "network", generator, {"psnr": 30.1})  # type: ignore[dict-item]
    assert list(tmp_path.iterdir()) == []
