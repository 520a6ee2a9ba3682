"""Any readable file gives its generator, and gives it whole."""

from typing import Any

import pytest
import torch
from click.testing import CliRunner

from tests.torch_utils.network_pickles import dumps, network, snapshot
from tests.training.published import difference
from tests.training.small_generators import CHANNELS, KINDS, SMALL, make, picture
from training import networks_stylegan2
from training.checkpoint import UnknownNetworkError, load_generator, save_generator
from training.convert import main as convert


@pytest.fixture(params=KINDS)
def generator(request):
    return make(request.param)


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
    with pytest.raises(UnknownNetworkError, match="not known by name"):
        load_generator(path)


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


def test_tensors_that_share_their_memory_are_written(tmp_path):
    generator = make("skip")
    shared = generator.get_buffer("synthesis.b8.resample_filter")
    generator.get_submodule("synthesis.b16").register_buffer("resample_filter", shared)
    save_generator(tmp_path / "network", generator)
    assert torch.equal(picture(load_generator(tmp_path / "network")), picture(generator))


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
