"""The encoder learns its generator's w, goes on where it was stopped, and serves no other checkpoint."""

import copy
from typing import Any

import pytest
import torch

from torch_utils.errors import CheckpointError
from training import fit_encoder
from training.checkpoint import load_generator, save_generator
from training.encoder import Encoder, find_encoder, load_encoder, save_encoder
from training.encoder_pairs import spoil
from training.fit_encoder import EncoderOptions, Training
from training.networks_stylegan2 import Generator
from training.projection_stages import draw
from training.projection_step import as_pixels
from training.projector import ProjectorConfig, project

SMALL: dict[str, Any] = {
    "z_dim": 4,
    "c_dim": 0,
    "w_dim": 4,
    "img_resolution": 32,
    "img_channels": 3,
    "channel_base": 256,
    "channel_max": 16,
    "mapping_kwargs": {"num_layers": 1},
}


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("encoder") / "small.safetensors"
    save_generator(path, Generator(**SMALL), {"title": "Small"})
    return load_generator(path)


def test_it_learns_the_w_of_pictures(generator, monkeypatch):
    monkeypatch.setattr(
        fit_encoder, "Encoder", lambda w_dim: Encoder(w_dim, (16, 16, 16, 16), (1, 0, 0, 0), 32)
    )
    training = Training(generator, EncoderOptions(pictures=400, batch=8, rate=3e-3, spoilt=0.0))
    losses = [training.step() for _ in range(50)]
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])


def test_a_training_that_was_stopped_goes_on_as_if_it_had_not_been(generator, tmp_path, monkeypatch):
    monkeypatch.setattr(fit_encoder, "Encoder", lambda w_dim: Encoder(w_dim, (8, 8, 8, 8), (1, 0, 0, 0), 8))
    options = EncoderOptions(pictures=40, batch=8)
    whole = Training(generator, options)
    losses = [whole.step() for _ in range(3)]
    part = Training(generator, options)
    part.step()
    part.save(tmp_path / "state")
    again = Training(generator, options)
    again.load(tmp_path / "state")
    assert [again.step(), again.step()] == losses[1:]


def test_it_is_found_for_its_own_checkpoint_alone_and_starts_a_projection(generator, tmp_path):
    encoder: Any = Encoder(4, (8, 8, 8, 8), (1, 0, 0, 0), 8).eval()
    w = generator.mapping(torch.ones(1, 4))[0]
    with torch.no_grad():
        encoder.centre.copy_(w[0])
        encoder.head[-1].weight.zero_()
        encoder.head[-1].bias.zero_()
    path = tmp_path / "encoder.safetensors"
    save_encoder(path, encoder, generator.source_sha256, {"license": "CC0-1.0"})
    found = find_encoder(generator, (tmp_path / "none", path))
    picture = as_pixels(draw(generator, w[None]))
    config = ProjectorConfig(w_steps=1, plus_steps=0, tuning_steps=0)
    first = next(iter(project(generator, picture, config, encoder=found)))
    assert "the encoder" in first.message and torch.allclose(first.w, w, atol=1e-3)
    other = copy.deepcopy(generator)
    other.source_sha256 = "cd" * 32
    assert find_encoder(other, (path,)) is None


def test_spoilt_pictures_stay_pictures():
    rgb = torch.rand([6, 3, 128, 128]) * 2 - 1
    found = spoil(rgb, torch.Generator().manual_seed(0))
    assert found.shape == rgb.shape and float(found.abs().max()) <= 1.01
    assert not torch.equal(found, rgb)


@pytest.mark.parametrize("content", [b"", b"hello, this is no network", b"\x20\0\0\0\0\0\0\0{}"])
def test_what_is_no_encoder_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "encoder.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"encoder\.safetensors") as caught:
        load_encoder(path)
    assert "\n" not in str(caught.value)
