"""A checkpoint's discriminator gives the published features, and is read as safely as the generator."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.torch_utils import network_pickles
from torch_utils.errors import CheckpointError, HostileFileError, UnknownNetworkError
from training.checkpoint import save_generator
from training.choose_distance import choose_distance
from training.discriminator import DiscriminatorFeatures, load_discriminator
from training.networks_stylegan2 import Generator

DATA = Path(__file__).parent / "data" / "discriminator_small.npz"
KWARGS: dict[str, Any] = {"img_resolution": 16, "img_channels": 3, "channel_base": 64, "channel_max": 4}
SMALL: dict[str, Any] = {
    "z_dim": 4, "c_dim": 0, "w_dim": 4, "img_resolution": 16, "img_channels": 3, "channel_base": 64,
    "mapping_kwargs": {"num_layers": 1},
}  # fmt: skip


class Discriminator(DiscriminatorFeatures):
    """As NVIDIA's files hold it: with the end that is not read."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.b4 = torch.nn.Linear(4, 1)


def network(architecture="resnet", seed=1):
    torch.manual_seed(seed)
    made = Discriminator(architecture=architecture, **KWARGS)
    with torch.no_grad():
        for value in made.parameters():
            value.normal_()
    return made.requires_grad_(False)


def write(path, found, kwargs=None):
    told = {"c_dim": 0, "num_fp16_res": 4, "conv_clamp": 256.0, **KWARGS, **(kwargs or {})}
    own = network_pickles.network(found, told) if isinstance(found, torch.nn.Module) else found
    path.write_bytes(network_pickles.dumps(network_pickles.snapshot(Generator(**SMALL), D=own)))
    return path


@pytest.mark.parametrize("architecture", ["resnet", "skip", "orig"])
def test_its_features_are_those_of_the_published_code(architecture):
    with np.load(DATA, allow_pickle=False) as file:
        arrays = {
            name.removeprefix(f"{architecture}/"): torch.from_numpy(file[name])
            for name in file.files
            if name.startswith(architecture)
        }
    found = DiscriminatorFeatures(architecture=architecture, **KWARGS)
    state = {name.removeprefix("state/"): value for name, value in arrays.items() if "state/" in name}
    assert all("filter" in name for name in found.load_state_dict(state, strict=False).missing_keys)
    with torch.no_grad():
        seen = found(arrays["x"])
    for index, features in enumerate(seen):
        wanted = arrays[f"feat{index}"]
        assert torch.allclose(features, wanted, atol=2e-5 * float(wanted.abs().max()))


def test_it_is_read_from_a_pickle_and_compares_pictures(tmp_path):
    made = network("skip")
    path = write(tmp_path / "network.pkl", made, {"architecture": "skip"})
    found = load_discriminator(path)
    assert found is not None
    rgb = torch.rand(1, 3, 16, 16) * 2 - 1
    for own, again in zip(made(rgb), found(rgb), strict=True):
        assert torch.equal(own, again)
    distance, name = choose_distance("discriminator", path)
    assert "discriminator" in name
    assert float(distance(rgb)(rgb)) < 1e-5 < float(distance(rgb)(-rgb))


def test_files_without_one_are_none_and_bad_ones_are_refused(tmp_path):
    assert load_discriminator(write(tmp_path / "none.pkl", None)) is None
    save_generator(tmp_path / "own.safetensors", Generator(**SMALL))
    assert load_discriminator(tmp_path / "own.safetensors") is None
    with pytest.raises(UnknownNetworkError, match="is not known"):
        load_discriminator(write(tmp_path / "odd.pkl", network(), {"architecture": "spiral"}))
    with pytest.raises(CheckpointError, match="does not fit together"):
        load_discriminator(write(tmp_path / "thin.pkl", network(), {"channel_max": 2}))
    broken = network()
    with torch.no_grad():
        broken.get_parameter("b16.conv0.bias").fill_(float("nan"))
    with pytest.raises(CheckpointError, match="NaN"):
        load_discriminator(write(tmp_path / "nan.pkl", broken))
    hostile = network_pickles.Request(network_pickles.Global("os", "system"), ("true",))
    with pytest.raises(HostileFileError):
        load_discriminator(write(tmp_path / "hostile.pkl", hostile))
    with pytest.raises(CheckpointError, match="no such file"):
        load_discriminator(tmp_path / "missing.pkl")
