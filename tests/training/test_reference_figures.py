"""The generators give what the published ones gave: every network of ../shared/golden."""

import functools
import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.drag.test_published_definition import FILES as DEFINITION_FILES
from tests.drag.test_published_drags import FILES as DRAG_FILES
from tests.training.published import (
    GOLDEN,
    GRADIENT,
    IMAGE,
    MAPPING,
    Published,
    difference,
    generator_class,
    needs_golden,
)
from torch_utils.ops.lowpass import lowpass_filter

pytestmark = needs_golden

NAMES = (
    "stylegan2_64",
    "stylegan2_cond64",
    "stylegan2_resnet32",
    "stylegan2_orig32",
    "stylegan2_256",
    "stylegan2_ada64",
    "stylegan_human_64",
    "tf_stylegan2_32",
    "stylegan3t_64",
    "stylegan3r_64",
)
PICTURES = {
    "img_const_psi1": ("w_psi1", "const", 2),
    "img_none_psi1": ("w_psi1", "none", 2),
    "img_const_psi07": ("w_psi07", "const", 1),
    "img_const_psi07_cut4": ("w_psi07_cut4", "const", 1),
    "img_const_wplus": ("wplus", "const", 1),
    "img_random_seed123_wplus": ("wplus", "random", 1),
}


@functools.cache
def loaded(name):
    published = Published.load(name)
    return published, published.generator()


@pytest.fixture(params=NAMES)
def pair(request):
    return loaded(request.param)


def test_state_has_the_published_names(pair):
    published, generator = pair
    assert sorted(generator.state_dict()) == sorted(published.about["state_dict_keys"])
    assert generator.num_ws == published.about["num_ws"]


def test_mapping(pair):
    published, generator = pair
    z, c = published.tensor("z"), published.tensor("c")
    for key, psi, cutoff in (("w_psi1", 1, None), ("w_psi07", 0.7, None), ("w_psi07_cut4", 0.7, 4)):
        found = generator.mapping(z, c, psi, cutoff)
        assert float((found - published.tensor(key)).abs().max()) <= MAPPING
    if "w_psi1_zero_label" in published.arrays:
        assert float((generator.mapping(z) - published.tensor("w_psi1_zero_label")).abs().max()) <= MAPPING


def test_pictures(pair):
    published, generator = pair
    seen = 0
    for key in PICTURES.keys() & published.arrays.keys():
        ws, noise_mode, count = PICTURES[key]
        torch.manual_seed(123)
        found = generator.synthesis(published.tensor(ws)[:count], noise_mode=noise_mode)
        assert difference(found, published.arrays[key]) <= IMAGE, key
        seen += 1
    assert seen >= 1
    if "img_u8_const_wplus" in published.arrays:
        found = generator.synthesis(published.tensor("wplus"))[0].permute(1, 2, 0)
        pixels = (found * 127.5 + 128).clamp(0, 255).to(torch.uint8)
        off = pixels.int() - torch.from_numpy(published.arrays["img_u8_const_wplus"]).int()
        assert int(off.abs().max()) <= 1 and float((off != 0).float().mean()) < 0.001


def test_image_size_is_that_of_the_picture(pair):
    published, generator = pair
    assert published.arrays["img_const_psi07"].shape[2:] == generator.image_size


def test_gradient_of_the_picture(pair):
    published, generator = pair
    ws = published.tensor("wplus").requires_grad_()
    img = generator.synthesis(ws)
    weights = torch.from_numpy(np.random.RandomState(7).randn(*img.shape)).float()
    (grad,) = torch.autograd.grad((img * weights).sum(), ws)
    assert difference(grad, published.arrays["grad_ws_img"]) <= GRADIENT


def test_features_of_every_block(pair):
    published, generator = pair
    ws = published.tensor("wplus")
    for index in range(generator.num_blocks):
        found = generator.taps(ws, feature_block=index).features
        expected = published.tensor(f"feat{index}/val")
        found = padded(found, published.arrays[f"feat{index}/shape"])
        mean, std = published.tensor(f"feat{index}/chan_mean"), published.tensor(f"feat{index}/chan_std")
        limit = float(expected.abs().max()) * 1e-4
        assert torch.allclose(found.mean([0, 2, 3]), mean, rtol=1e-4, atol=limit)
        assert torch.allclose(found.std([0, 2, 3], correction=0), std, rtol=1e-4, atol=limit)
        if f"feat{index}/channels" in published.arrays:
            found = found[:, published.arrays[f"feat{index}/channels"]]
        assert difference(found, expected) <= IMAGE


def test_gradient_of_features(pair):
    published, generator = pair
    index = int(published.arrays["grad_ws_feat_idx"])
    ws = published.tensor("wplus").requires_grad_()
    found = padded(generator.taps(ws, feature_block=index).features, published.arrays[f"feat{index}/shape"])
    weights = torch.from_numpy(np.random.RandomState(8).randn(*found.shape)).float()
    (grad,) = torch.autograd.grad((found * weights).sum(), ws)
    assert difference(grad, published.arrays["grad_ws_feat"]) <= GRADIENT


def padded(features, shape):
    """The fork pads StyleGAN-Human's features, half as wide as high, to a square."""
    margin = (int(shape[3]) - features.shape[3]) // 2
    return F.pad(features, (margin, margin))


def test_human_picture_padded_to_a_square():
    published, generator = loaded("stylegan_human_64")
    found = F.pad(generator.synthesis(published.tensor("wplus")), (16, 16), value=1.0)
    assert difference(found, published.arrays["fork_img_const_wplus_padded"]) <= IMAGE


def test_every_file_of_the_reference_figures_is_compared():
    """A file that is added there is not passed over: each has its test here or in tests/drag."""
    own = {f"{name}.npz" for name in NAMES} | {"geometry_full_configs.npz"}
    assert {path.name for path in GOLDEN.glob("*.npz")} == own
    assert {path.name for path in (GOLDEN / "pkl").iterdir()} == {"tf_stylegan2_32.pkl"}
    drags = {path.name for path in (GOLDEN / "drag").iterdir()}
    played = {path.name for path in [*DRAG_FILES, *DEFINITION_FILES]}
    assert drags - played == {"net_stylegan2_256.npz"}  # The network of drags, and of stylegan2_256.
    assert sum("sg3" in name for name in played) == 3


def test_every_figure_of_a_network_is_compared(pair):
    published, _ = pair
    used = {*PICTURES, "z", "c", "w_psi1", "w_psi07", "w_psi07_cut4", "w_psi1_zero_label", "wplus"}
    used |= {"img_u8_const_wplus", "grad_ws_img", "grad_ws_feat", "grad_ws_feat_idx"}
    used |= {"transform_user", "transform_buffer", "img_transform_wplus", "fork_img_const_wplus_padded"}
    assert {key for key in published.arrays if "/" not in key} <= used


@pytest.mark.parametrize("name", ["stylegan3t_64", "stylegan3r_64"])
def test_transform_of_the_input(name):
    published = Published.load(name)
    generator = published.generator()
    inverse = np.linalg.inv(published.arrays["transform_user"])
    assert np.abs(inverse - published.arrays["transform_buffer"]).max() < 1e-6
    generator.get_buffer("synthesis.input.transform").copy_(published.tensor("transform_buffer"))
    found = generator.synthesis(published.tensor("wplus"))
    assert difference(found, published.arrays["img_transform_wplus"]) <= IMAGE


# ----------------------------------------------------------------------------
# The published full-size configurations: shapes and geometry, without memory for the weights.


def full_configurations():
    with np.load(GOLDEN / "geometry_full_configs.npz", allow_pickle=False) as file:
        return {
            key.removesuffix("/meta_json"): json.loads(str(file[key]))
            for key in file.files
            if key.endswith("/meta_json")
        }


@pytest.mark.parametrize("family", ["stylegan2", "stylegan3"])
def test_shapes_of_full_size_networks(family):
    for name, about in full_configurations().items():
        if name.startswith(family):
            with torch.device("meta"):
                generator = generator_class(name)(**about["init_kwargs"])
            shapes = {key: list(value.shape) for key, value in generator.state_dict().items()}
            assert shapes == about["state_shapes"], name
            assert generator.num_ws == about["num_ws"]
            assert sum(value.numel() for value in generator.parameters()) == about["params"]


def test_half_float_blocks_of_full_size_networks():
    for name, about in full_configurations().items():
        with torch.device("meta"):
            generator = generator_class(name)(**about["init_kwargs"])
        for block, use_fp16 in about.get("use_fp16", {}).items():
            assert generator.synthesis.get_submodule(block).use_fp16 == use_fp16


def test_geometry_of_stylegan3_layers():
    with np.load(GOLDEN / "geometry_full_configs.npz", allow_pickle=False) as file:
        filters = {key: file[key] for key in file.files if key.endswith("_filter")}
    for name, about in full_configurations().items():
        if not name.startswith("stylegan3"):
            continue
        with torch.device("meta"):
            generator = generator_class(name)(**about["init_kwargs"])
        assert generator.synthesis.layer_names == about["layer_names"]
        for layer_name, expected in about["layers"].items():
            layer = generator.synthesis.get_submodule(layer_name)
            assert list(layer.padding) == expected["padding"]
            assert (layer.up, layer.down) == (expected["up_factor"], expected["down_factor"])
            assert layer.use_fp16 == expected["use_fp16"]
            assert layer.is_torgb == expected["is_torgb"]
            rate = expected["tmp_sampling_rate"]
            up = lowpass_filter(
                expected["up_taps"], expected["in_cutoff"], expected["in_half_width"] * 2, rate
            )
            down = lowpass_filter(
                expected["down_taps"],
                expected["out_cutoff"],
                expected["out_half_width"] * 2,
                rate,
                expected["down_radial"],
            )
            for kind, kernel in (("up", up), ("down", down)):
                key = f"{name}/{layer_name}/{kind}_filter"
                assert (kernel is None) == (key not in filters)
                if kernel is not None:
                    np.testing.assert_allclose(kernel, filters[key], atol=1e-7)
