"""A tuned generator is kept as its difference, and comes back on its own original alone."""

import copy
from typing import Any

import pytest
import torch

from torch_utils.errors import CheckpointError
from training.checkpoint import load_generator, save_generator
from training.networks_stylegan2 import Generator
from training.tuned import load_tuned, save_tuned, with_weights

SMALL: dict[str, Any] = {
    "z_dim": 6,
    "c_dim": 0,
    "w_dim": 6,
    "img_resolution": 16,
    "img_channels": 3,
    "channel_base": 128,
    "channel_max": 16,
    "mapping_kwargs": {"num_layers": 1},
}


@pytest.fixture
def original(tmp_path):
    torch.manual_seed(0)
    save_generator(tmp_path / "original.safetensors", Generator(**SMALL), {"title": "Small"})
    return load_generator(tmp_path / "original.safetensors")


def changed(original, size=1e-2):
    names = ["synthesis.b8.conv0.weight", "synthesis.b16.torgb.bias"]
    state = original.state_dict()
    return with_weights(
        original, {name: state[name] + size * torch.randn_like(state[name]) for name in names}
    )


def test_what_was_tuned_comes_back_and_the_file_holds_the_difference_alone(original, tmp_path):
    tuned, pivot = changed(original), torch.randn(original.num_ws, 6)
    path = tmp_path / "tuned.safetensors"
    save_tuned(path, original, tuned, pivot, {"photo": "me.jpg"})
    again, w, about = load_tuned(path, original)
    assert w is not None and torch.equal(w, pivot)
    assert about["photo"] == "me.jpg"
    for name, value in again.state_dict().items():
        assert torch.allclose(value, tuned.state_dict()[name], atol=1e-5)
    with torch.no_grad():
        before, after = tuned.synthesis(pivot[None]), again.synthesis(pivot[None])
    assert float((before - after).abs().max()) < 1 / 255
    whole = (tmp_path / "original.safetensors").stat().st_size
    assert path.stat().st_size < 0.5 * whole
    assert not any(value.requires_grad for value in again.parameters())


def test_differences_that_half_floats_cannot_hold_take_whole_ones(original, tmp_path):
    tuned = changed(original, size=3e5)
    save_tuned(tmp_path / "far.safetensors", original, tuned)
    again, _, _ = load_tuned(tmp_path / "far.safetensors", original)
    for name, value in again.state_dict().items():
        assert torch.allclose(value, tuned.state_dict()[name], rtol=1e-5, atol=1e-5)


def test_another_original_is_refused_and_both_are_named(original, tmp_path):
    save_tuned(tmp_path / "tuned.safetensors", original, changed(original))
    other = copy.deepcopy(original)
    other.source_sha256 = "cd" * 32
    with pytest.raises(CheckpointError, match=rf"Small.*{original.source_sha256[:12]}.*cdcdcdcdcdcd"):
        load_tuned(tmp_path / "tuned.safetensors", other)


def test_the_original_is_never_written_over(original, tmp_path):
    path = tmp_path / "original.safetensors"
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match="is no tuned generator"):
        save_tuned(path, original, changed(original))
    assert path.read_bytes() == before
    mine = tmp_path / "tuned.safetensors"
    save_tuned(mine, original, changed(original))
    save_tuned(mine, original, changed(original))  # An older one of this kind is replaced.
    assert sorted(p.name for p in tmp_path.iterdir()) == ["original.safetensors", "tuned.safetensors"]


def test_bad_files_and_bad_weights_end_in_one_line(original, tmp_path):
    for name, content in (("empty", b""), ("photo.jpg", b"\xff\xd8\xff\xe0")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CheckpointError, match=name) as caught:
            load_tuned(tmp_path / name, original)
        assert "\n" not in str(caught.value)
    with pytest.raises(CheckpointError, match="no such file"):
        load_tuned(tmp_path / "missing", original)
    broken = with_weights(original, {"synthesis.b8.conv0.bias": torch.full([16], float("nan"))})
    with pytest.raises(CheckpointError, match="NaN"):
        save_tuned(tmp_path / "broken.safetensors", original, broken)
    nowhere = copy.deepcopy(original)
    nowhere.source_sha256 = ""
    with pytest.raises(CheckpointError, match="came from no file"):
        save_tuned(tmp_path / "broken.safetensors", nowhere, changed(original))
    assert not (tmp_path / "broken.safetensors").exists()
