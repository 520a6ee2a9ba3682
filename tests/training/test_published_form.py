"""A .pkl of ours is read by us to the bit, and makes the generator of whichever tool opens it."""

import io
import pickle
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner

from tests.training.small_generators import KINDS, make, picture
from torch_utils.network_file import Region
from torch_utils.pickle_machine import PickleMachine
from torch_utils.pickle_records import Call, Name
from torch_utils.pickle_writer import PickleWriter
from training import networks_stylegan2, published_loader
from training.checkpoint import UnknownNetworkError, load_generator, save_generator
from training.convert import main as convert
from training.published_form import save_published


@pytest.fixture(params=KINDS)
def generator(request) -> Any:
    return make(request.param)


def test_our_own_reader_reads_it_to_the_bit(generator, tmp_path):
    path = tmp_path / "network.pkl"
    save_published(path, generator, {"detector": "bundled", "title": "Ein Gesicht"})
    for key in ("G_ema", "G"):
        found = load_generator(path, key)
        assert type(found) is type(generator)
        assert found.metadata == {"detector": "bundled", "title": "Ein Gesicht"}
        assert list(found.state_dict()) == list(generator.state_dict())
        for name, value in generator.state_dict().items():
            assert torch.equal(found.state_dict()[name], value), name
        assert torch.equal(picture(found), picture(generator))
    with pytest.raises(UnknownNetworkError, match="D is a NoDiscriminator"):
        load_generator(path, "D")


def test_there_and_back_by_the_command(generator, tmp_path):
    start, middle, end = (tmp_path / name for name in ("a.safetensors", "b.pkl", "c.safetensors"))
    save_generator(start, generator, {"title": "x"})
    for source, target in ((start, middle), (middle, end)):
        done = CliRunner().invoke(convert, [str(source), str(target)])
        assert done.exit_code == 0, done.output
    first, last = load_generator(start), load_generator(end)
    assert first.metadata == last.metadata
    for name, value in first.state_dict().items():
        assert torch.equal(last.state_dict()[name], value), name
    for block in ("synthesis.b16", "synthesis.b16.conv1"):
        if type(first).__module__.endswith("stylegan2"):
            for attribute in ("use_fp16", "conv_clamp"):
                values = [getattr(one.get_submodule(block), attribute, None) for one in (first, last)]
                assert values[0] == values[1]


def test_half_floats_are_not_for_the_published_tools(tmp_path):
    save_generator(tmp_path / "a.safetensors", make("skip"))
    done = CliRunner().invoke(convert, [str(tmp_path / "a.safetensors"), str(tmp_path / "b.pkl"), "--half"])
    assert done.exit_code == 1 and "--half is for .safetensors" in done.output
    assert not (tmp_path / "b.pkl").exists()


# ----------------------------------------------------------------------------
# Under Python's own unpickler, as in a published tool.


@pytest.fixture
def tool(monkeypatch):
    """Stand-ins for what the published tools have: persistence, and a dict with attributes."""

    def reconstruct(about: dict[str, Any]) -> Any:
        assert about["type"] == "class" and about["version"] == 6
        module = types.ModuleType("imported_module_of_a_file")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        exec(about["module_src"], module.__dict__)  # noqa: S102 - what the published tools do with any file.
        kind = module.__dict__[about["class_name"]]
        made = kind.__new__(kind)
        made.__setstate__(about["state"])
        return made

    persistence: Any = types.ModuleType("torch_utils.persistence")
    persistence._reconstruct_persistent_obj = reconstruct
    util: Any = types.ModuleType("dnnlib.util")
    util.EasyDict = type("EasyDict", (dict,), {"__module__": "dnnlib.util"})
    monkeypatch.setitem(sys.modules, "torch_utils.persistence", persistence)
    monkeypatch.setitem(sys.modules, "dnnlib.util", util)


def opened(path: Path) -> dict[str, Any]:
    return pickle.loads(path.read_bytes())  # noqa: S301


def test_a_tool_makes_its_own_generator_of_it(generator, tmp_path, tool):
    path = tmp_path / "network.pkl"
    save_published(path, generator)
    torch.manual_seed(3)
    expected = torch.randn(2)
    torch.manual_seed(3)
    data = opened(path)
    assert torch.equal(torch.randn(2), expected)  # To open a file changes no random numbers.
    assert set(data) >= {"G", "D", "G_ema", "training_set_kwargs", "augment_pipe"}
    found = data["G_ema"]
    assert data["G"] is found
    # Here the tool is this project: its generators are found where the published ones have theirs.
    assert type(generator) in type(found).__mro__
    assert not found.training and not any(p.requires_grad for p in found.parameters())
    assert torch.equal(picture(found), picture(generator))
    assert isinstance(data["D"], torch.nn.Module)
    with pytest.raises(RuntimeError, match="generator only"):
        data["D"](torch.zeros(1))


class Nested(networks_stylegan2.Generator):
    """Takes arguments as stylegan2-ada-pytorch does, and makes square pictures alone."""

    def __init__(
        self, z_dim: int, c_dim: int, w_dim: int, img_resolution: int, img_channels: int,
        mapping_kwargs: Any = None, synthesis_kwargs: Any = None,
    ) -> None:  # fmt: skip
        assert synthesis_kwargs["channel_base"] == 64
        super().__init__(z_dim, c_dim, w_dim, img_resolution, img_channels, mapping_kwargs, synthesis_kwargs)


@pytest.fixture
def ada(monkeypatch, tool):
    """A tool that keeps its generator where stylegan2-ada-pytorch does."""
    monkeypatch.setitem(sys.modules, "training.networks_stylegan2", None)
    module: Any = types.ModuleType("training.networks")
    module.Generator = Nested
    monkeypatch.setitem(sys.modules, "training.networks", module)


@pytest.mark.parametrize("kind", ["skip", "nested", "resnet"])
def test_arguments_are_put_as_the_tool_takes_them(kind, tmp_path, ada):
    generator = make(kind)
    save_published(tmp_path / "network.pkl", generator)
    found = opened(tmp_path / "network.pkl")["G_ema"]
    assert isinstance(found, Nested)
    assert torch.equal(picture(found), picture(generator))


def test_a_tool_that_cannot_draw_it_says_so(tmp_path, ada):
    save_published(tmp_path / "network.pkl", make("narrow"))
    with pytest.raises(ImportError, match="half as wide as high"):
        opened(tmp_path / "network.pkl")
    with pytest.raises(KeyError):
        published_loader.generator_of_this_tool("stylegan4", True)


# ----------------------------------------------------------------------------
# The writer.


def test_what_is_written_is_read_again():
    value = {
        "plain": [None, True, False, 0, -1, 2**40, -(2**70), 1.5, "ä", b"\0\xff", (), [], {}],
        "call": Call(Name("builtins", "set"), ([1, 2],)),
    }
    out = io.BytesIO()
    PickleWriter(out).write({**value, "again": value["call"]})
    found = PickleMachine(Region.of_bytes(out.getvalue(), "x"), {"builtins.set"}).run()
    assert found["plain"] == value["plain"]
    assert found["call"] is found["again"] and found["call"].args == ([1, 2],)
    with pytest.raises(TypeError, match="object"):
        PickleWriter(io.BytesIO()).write(object())


def test_tensors_are_written_without_what_lies_beside_them():
    out = io.BytesIO()
    whole = torch.arange(1_000_000.0)
    PickleWriter(out).write({"a": whole[10:16].reshape(2, 3).t(), "b": torch.nn.Parameter(torch.tensor(2.0))})
    assert len(out.getvalue()) < 3000
    found = pickle.loads(out.getvalue())  # noqa: S301
    assert found["a"].tolist() == [[10, 13], [11, 14], [12, 15]] and float(found["b"]) == 2
