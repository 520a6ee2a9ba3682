"""Any readable file gives its generator; any other a clear line, and nothing half-written."""

import json
import os
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file, save_file

from tests.torch_utils.network_pickles import Global, Request, dumps, network, persistent, snapshot
from tests.training.published import GOLDEN, IMAGE, Published, difference, needs_golden
from torch_utils.safe_pickle import TensorFlowNetwork
from torch_utils.stored_tensor import StoredTensor
from training import networks_stylegan2, networks_stylegan3
from training.checkpoint import (
    CheckpointError,
    HostileFileError,
    UnknownNetworkError,
    load_generator,
    save_generator,
)
from training.convert import main as convert
from training.tensorflow_form import translate_arguments, translate_variables

SMALL: dict[str, Any] = {"z_dim": 8, "c_dim": 0, "w_dim": 12, "img_resolution": 16, "img_channels": 3}
CHANNELS: dict[str, Any] = {"channel_base": 64, "channel_max": 8}
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "skip": (networks_stylegan2, {**CHANNELS, "mapping_kwargs": {"num_layers": 2}}),
    "conditional": (networks_stylegan2, {**CHANNELS, "c_dim": 3, "conv_clamp": 0.5}),
    "resnet": (networks_stylegan2, {**CHANNELS, "architecture": "resnet"}),
    "orig": (networks_stylegan2, {**CHANNELS, "architecture": "orig", "use_noise": False}),
    "nested": (networks_stylegan2, {"synthesis_kwargs": {**CHANNELS, "conv_clamp": 0.5}}),
    "narrow": (networks_stylegan2, {"synthesis_kwargs": CHANNELS, "square": False}),
    "stylegan3": (networks_stylegan3, {**CHANNELS, "num_layers": 6, "margin_size": 4}),
}


def make(kind):
    torch.manual_seed(0)
    module, kwargs = KINDS[kind]
    generator = module.Generator(**{**SMALL, **kwargs})
    for name, value in generator.named_parameters():
        if name.endswith("noise_strength"):
            torch.nn.init.constant_(value, 0.3)
    generator.mapping.w_avg.normal_()
    return generator.eval().requires_grad_(False)


@pytest.fixture(params=KINDS)
def generator(request):
    return make(request.param)


def picture(generator):
    z = torch.randn([1, 8], generator=torch.Generator().manual_seed(1))
    return generator(z, truncation_psi=0.7)


# ----------------------------------------------------------------------------
# There and back.


def test_own_form_gives_the_same_pictures(generator, tmp_path):
    path = tmp_path / "network"  # The name says nothing.
    generator.metadata = {"detector": "bundled", "title": "Ein Gesicht"}
    save_generator(path, generator)
    found = load_generator(path)
    assert type(found) is type(generator)
    assert torch.equal(picture(found), picture(generator))
    assert found.metadata == generator.metadata
    assert len(found.source_sha256) == 64
    assert not found.training and not any(p.requires_grad for p in found.parameters())
    assert found.init_kwargs == generator.init_kwargs


@pytest.mark.parametrize("protocol", [2, 4])
def test_pickles_give_the_same_pictures(generator, tmp_path, protocol):
    path = tmp_path / "stylegan3-or-not.bin"
    path.write_bytes(dumps(snapshot(generator), protocol))
    for key in ("G_ema", "G"):
        found = load_generator(path, key)
        assert type(found) is type(generator)
        assert torch.equal(picture(found), picture(generator))
        assert found.metadata == {}


def test_what_a_file_leaves_open_is_taken_from_its_modules(tmp_path):
    """ada's files that say nothing of conv_clamp mean none; those of the stylegan3 repository mean 256."""
    path = tmp_path / "network.pkl"
    for clamp, halves in ((None, 0), (256, 2)):
        generator = make("skip")
        generator.synthesis = networks_stylegan2.SynthesisNetwork(
            12, 16, 3, **CHANNELS, conv_clamp=clamp, num_fp16_res=halves
        ).eval()
        path.write_bytes(dumps(snapshot(generator)))
        found = load_generator(path)
        assert found.get_submodule("synthesis.b8.conv0").conv_clamp == clamp
        uses: list[Any] = [found.get_submodule(f"synthesis.b{r}").use_fp16 for r in (4, 8, 16)]
        assert uses.count(True) == halves


def test_arguments_without_names_are_known_by_their_place(tmp_path):
    generator = make("skip")
    path = tmp_path / "network.pkl"
    kwargs = {name: value for name, value in generator.init_kwargs.items() if name not in SMALL}
    own = network(generator, kwargs)
    own.args[0]["state"]["_init_args"] = tuple(SMALL.values())
    path.write_bytes(dumps({"G_ema": own}))
    assert torch.equal(picture(load_generator(path)), picture(generator))
    own.args[0]["state"]["_init_args"] = (*SMALL.values(), {})
    path.write_bytes(dumps({"G_ema": own}))
    refused(path, "not known by name", UnknownNetworkError)


def test_half_floats_on_file_are_floats_in_memory(tmp_path):
    generator = make("skip")
    save_generator(tmp_path / "full", generator)
    save_generator(tmp_path / "half", generator, {"title": "half"}, half=True)
    found = load_generator(tmp_path / "half")
    assert (tmp_path / "half").stat().st_size < 0.6 * (tmp_path / "full").stat().st_size + 4000
    assert {value.dtype for value in found.state_dict().values()} == {torch.float32}
    assert difference(picture(found), picture(generator)) < 0.02


def test_loading_leaves_the_random_state_alone(tmp_path):
    save_generator(tmp_path / "network", make("stylegan3"))
    torch.manual_seed(5)
    expected = torch.randn(3)
    torch.manual_seed(5)
    load_generator(tmp_path / "network")
    assert torch.equal(torch.randn(3), expected)


def test_loaded_weights_are_not_shared_with_the_file(tmp_path):
    generator = make("skip")
    save_generator(tmp_path / "network", generator)
    with torch.no_grad():
        next(load_generator(tmp_path / "network").parameters()).zero_()
    assert torch.equal(picture(load_generator(tmp_path / "network")), picture(generator))


# ----------------------------------------------------------------------------
# The TensorFlow form.


@needs_golden
def test_tensorflow_pickle():
    published = Published.load("tf_stylegan2_32")
    found = load_generator(GOLDEN / "pkl" / "tf_stylegan2_32.pkl")
    assert found.init_kwargs == published.about["init_kwargs"]
    state = found.state_dict()
    for key, expected in published.state().items():
        assert torch.equal(state[key], expected), key
    img = found.synthesis(published.tensor("wplus"))
    assert difference(img, published.arrays["img_const_wplus"]) <= IMAGE


@needs_golden
@pytest.mark.parametrize("name", ["out.safetensors", "out.pkl"])
def test_tensorflow_pickles_are_converted(tmp_path, name):
    source, target = GOLDEN / "pkl" / "tf_stylegan2_32.pkl", tmp_path / name
    done = CliRunner().invoke(convert, [str(source), str(target)])
    assert done.exit_code == 0, done.output
    first, last = load_generator(source).state_dict(), load_generator(target).state_dict()
    assert list(first) == list(last)
    assert all(torch.equal(first[key], last[key]) for key in first)


def test_tensors_that_share_their_memory_are_written(tmp_path):
    generator = make("skip")
    shared = generator.get_buffer("synthesis.b8.resample_filter")
    generator.get_submodule("synthesis.b16").register_buffer("resample_filter", shared)
    save_generator(tmp_path / "network", generator)
    assert torch.equal(picture(load_generator(tmp_path / "network")), picture(generator))


def test_tensorflow_names():
    static = {"resolution": 8, "fmap_base": 16, "architecture": "resnet", "label_size": 2, "label_fmaps": 5}
    weight = np.random.RandomState(0).randn(3, 3, 2, 4)
    variables = {
        "lod": np.zeros([]),
        "dlatent_avg": np.zeros(4),
        "mapping/Dense1/weight": np.ones([2, 3]),
        "mapping/LabelEmbed/bias": np.ones([5]),
        "synthesis/4x4/Const/const": np.ones([1, 6, 4, 4]),
        "synthesis/noise0": np.zeros([1, 1, 4, 4]),
        "synthesis/noise1": np.ones([1, 1, 8, 8]),
        "synthesis/noise2": np.full([1, 1, 8, 8], 2.0),
        "synthesis/8x8/Conv0_up/weight": weight,
        "synthesis/8x8/Conv1/weight": weight,
        "synthesis/8x8/Conv1/mod_bias": np.zeros([2]),
        "synthesis/8x8/Skip/weight": np.ones([1, 1, 2, 4]),
    }
    network = TensorFlowNetwork("Gs", static, in_a_file(variables))
    kwargs = translate_arguments(network)
    assert (kwargs["channel_base"], kwargs["conv_clamp"], kwargs["num_fp16_res"]) == (32, None, 0)
    assert kwargs["mapping_kwargs"]["embed_features"] == 5
    translated = translate_variables(network, kwargs)
    state = {key: stored.load() for key, stored in translated.items()}
    assert {key: tuple(value.shape) for key, value in state.items()} == {
        key: stored.shape for key, stored in translated.items()
    }
    assert state["mapping.fc1.weight"].shape == (3, 2)
    assert state["synthesis.b8.conv1.affine.bias"].tolist() == [1, 1]
    assert state["synthesis.b8.conv0.noise_const"].tolist()[0][0] == 1
    assert state["synthesis.b8.conv1.noise_const"].tolist()[0][0] == 2
    straight = torch.from_numpy(weight).float().permute(3, 2, 0, 1)
    assert torch.equal(state["synthesis.b8.conv1.weight"], straight)
    assert torch.equal(state["synthesis.b8.conv0.weight"], straight.flip(2, 3))
    assert "synthesis.b8.skip.resample_filter" in state and "synthesis.b8.resample_filter" in state
    with pytest.raises(UnknownNetworkError, match="LabelConcat"):
        translate_variables(
            TensorFlowNetwork("Gs", static, in_a_file({"mapping/LabelConcat/weight": np.ones([2, 2])})),
            kwargs,
        )


def in_a_file(arrays):
    """Arrays as the reader hands them out."""
    tensors = {name: torch.from_numpy(value) for name, value in arrays.items()}
    return {
        name: StoredTensor(tuple(value.shape), value.dtype, partial(torch.clone, value))
        for name, value in tensors.items()
    }


# ----------------------------------------------------------------------------
# Bad files: each a clear line.


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


# ----------------------------------------------------------------------------
# The command.


def test_convert(tmp_path):
    generator = make("stylegan3")
    (tmp_path / "in.pkl").write_bytes(dumps(snapshot(generator)))
    out = tmp_path / "out.safetensors"
    done = CliRunner().invoke(convert, [str(tmp_path / "in.pkl"), str(out), "--detector", "bundled"])
    assert done.exit_code == 0 and "16 px" in done.output
    found = load_generator(out)
    assert torch.equal(picture(found), picture(generator)) and found.metadata == {"detector": "bundled"}


def test_convert_says_what_is_wrong(tmp_path):
    done = CliRunner().invoke(convert, [str(tmp_path / "in.pkl"), str(tmp_path / "out")])
    assert done.exit_code == 1 and "no such file" in done.output and "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []
