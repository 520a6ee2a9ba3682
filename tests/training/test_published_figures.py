"""The generators give what the published ones gave: small figures that lie beside the tests."""

import numpy as np
import pytest
import torch

from tests.training.published import (
    GRADIENT,
    IMAGE,
    MAPPING,
    SMALL,
    SMALL_NETWORKS,
    difference,
    generator_class,
    seeded_state,
)


@pytest.mark.parametrize("name", SMALL_NETWORKS)
def test_equals_published_network(name):
    with np.load(SMALL, allow_pickle=False) as file:
        expected = {
            key.removeprefix(f"{name}/"): file[key] for key in file.files if key.startswith(f"{name}/")
        }
    kwargs = SMALL_NETWORKS[name]
    generator = generator_class(name)(**kwargs).eval()
    shapes = {key: tuple(value.shape) for key, value in generator.state_dict().items()}
    assert sorted(shapes) == list(expected["keys"])
    generator.load_state_dict(seeded_state(shapes), strict=False)

    z = torch.from_numpy(np.random.RandomState(0).randn(2, 8)).float()
    w = generator.mapping(z, torch.eye(2)[:, : kwargs["c_dim"]], 0.7, 3)
    assert float((w - torch.from_numpy(expected["w"])).detach().abs().max()) <= MAPPING

    ws = torch.from_numpy(np.random.RandomState(1).randn(2, generator.num_ws, 12)).float().requires_grad_()
    img = generator.synthesis(ws)
    assert difference(img, expected["img"]) <= IMAGE
    weights = torch.from_numpy(np.random.RandomState(7).randn(*img.shape)).float()
    (grad,) = torch.autograd.grad((img * weights).sum(), ws)
    assert difference(grad, expected["grad"]) <= GRADIENT
