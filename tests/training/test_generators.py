"""What generators promise besides equality: taps, truncation, noise, errors."""

import pytest
import torch

from dnnlib.errors import EditorError
from training import networks_stylegan2, networks_stylegan3
from training.layers import NetworkError

SMALL = {
    "z_dim": 8,
    "c_dim": 0,
    "w_dim": 12,
    "img_resolution": 16,
    "img_channels": 3,
    "channel_base": 64,
    "channel_max": 8,
    "mapping_kwargs": {"num_layers": 2},
}
SMALL_3 = {"num_layers": 6, "margin_size": 4, "first_cutoff": 1.0, "first_stopband": 2.0}


def stylegan2(**kwargs):
    torch.manual_seed(0)
    generator = networks_stylegan2.Generator(**{**SMALL, **kwargs})
    for name, value in generator.named_parameters():
        if name.endswith("noise_strength"):
            torch.nn.init.constant_(value, 0.3)
    return generator.eval()


def stylegan3(**kwargs):
    torch.manual_seed(0)
    return networks_stylegan3.Generator(**{**SMALL, **SMALL_3, **kwargs}).eval()


FAMILIES = [
    stylegan2,
    lambda: stylegan2(architecture="resnet"),
    lambda: stylegan2(architecture="orig"),
    stylegan3,
]


@pytest.fixture(params=FAMILIES, ids=["skip", "resnet", "orig", "stylegan3"])
def generator(request):
    return request.param()


def test_taps_at_full_resolution_give_the_picture(generator):
    ws = torch.randn([2, generator.num_ws, 12])
    found = generator.taps(ws, rgb_resolution=16).rgb
    assert torch.equal(found, generator.synthesis(ws))


def test_taps_give_features_and_picture_at_once(generator):
    ws = torch.randn([1, generator.num_ws, 12])
    last = generator.num_blocks - 1
    both = generator.taps(ws, feature_block=1, rgb_resolution=8)
    assert torch.equal(both.features, generator.taps(ws, feature_block=1).features)
    assert torch.equal(both.rgb, generator.taps(ws, feature_block=last, rgb_resolution=8).rgb)
    assert both.rgb.shape == (1, 3, 8, 8)


def test_taps_of_nothing_give_nothing(generator):
    assert generator.taps(torch.zeros([1, generator.num_ws, 12]))[:2] == (None, None)


def test_taps_compute_no_further_than_needed(generator):
    ws = torch.zeros([1, generator.num_ws, 12], requires_grad=True)
    (grad,) = torch.autograd.grad(generator.taps(ws, feature_block=1).features.sum(), ws)
    assert bool((grad[:, 4:] == 0).all()) and bool((grad[:, :2] != 0).any())


def test_full_picture_is_averaged_where_there_is_no_skip_branch():
    for generator in (stylegan2(architecture="orig"), stylegan3()):
        ws = torch.randn([1, generator.num_ws, 12])
        found = generator.taps(ws, rgb_resolution=4).rgb
        assert found is not None
        expected = generator.synthesis(ws).reshape(1, 3, 4, 4, 4, 4).mean([3, 5])
        assert torch.allclose(found, expected, atol=1e-5)


def test_skip_pictures_add_up():
    generator = stylegan2()
    ws = torch.randn([1, generator.num_ws, 12])
    at_4 = generator.taps(ws, feature_block=0, rgb_resolution=4)
    block = generator.get_submodule("synthesis.b4")
    assert at_4.features is not None and at_4.rgb is not None
    assert torch.allclose(at_4.rgb, block.torgb(at_4.features, ws[:, 1]), atol=1e-6)


def test_a_wide_w_of_any_width_and_pictures_half_as_wide():
    generator = stylegan2(w_dim=5, square=False)
    assert generator.image_size == (16, 8)
    ws = generator.mapping(torch.randn([2, 8]))
    assert generator.synthesis(ws).shape == (2, 3, 16, 8)
    assert generator.taps(ws, rgb_resolution=8).rgb.shape == (2, 3, 8, 4)


def test_batch_equals_one_by_one(generator):
    ws = torch.randn([3, generator.num_ws, 12])
    together = generator.synthesis(ws)
    apart = torch.cat([generator.synthesis(w[None]) for w in ws])
    assert torch.allclose(together, apart, atol=1e-4)


def test_truncation_to_nothing_gives_the_average(generator):
    generator.mapping.w_avg.normal_()
    ws = generator.mapping(torch.randn([2, 8]), truncation_psi=0.0)
    assert torch.allclose(ws, generator.mapping.w_avg.expand_as(ws))


def test_cutoff_leaves_later_layers_alone(generator):
    generator.mapping.w_avg.normal_()
    z = torch.randn([2, 8])
    whole, cut = generator.mapping(z), generator.mapping(z, truncation_psi=0.3, truncation_cutoff=2)
    assert torch.equal(whole[:, 2:], cut[:, 2:]) and not torch.equal(whole[:, :2], cut[:, :2])


def test_average_of_w_follows_only_while_training():
    generator = stylegan2(mapping_kwargs={"num_layers": 2, "w_avg_beta": 0.5})
    z = torch.randn([4, 8])
    before = generator.mapping.w_avg.clone()
    w = generator.mapping(z)[:, 0]
    assert torch.equal(generator.mapping.w_avg, before)
    generator.train().mapping(z)
    assert torch.allclose(generator.mapping.w_avg, 0.5 * before + 0.5 * w.mean(0), atol=1e-6)


def test_noise_modes():
    generator = stylegan2()
    ws = torch.randn([1, generator.num_ws, 12])
    const, none = generator.synthesis(ws), generator.synthesis(ws, noise_mode="none")
    assert not torch.allclose(const, none)
    assert torch.equal(const, generator.synthesis(ws))
    torch.manual_seed(1)
    first = generator.synthesis(ws, noise_mode="random")
    assert not torch.allclose(first, generator.synthesis(ws, noise_mode="random"))
    torch.manual_seed(1)
    assert torch.equal(first, generator.synthesis(ws, noise_mode="random"))


def test_weights_learn(generator):
    generator.train().requires_grad_(True)
    generator(torch.randn([2, 8])).square().mean().backward()
    without = [n for n, p in generator.named_parameters() if p.grad is None or not bool(p.grad.any())]
    assert without == []


def test_bfloat16_autocast_is_near_float32():
    generator = stylegan2(conv_clamp=None)
    ws = torch.randn([2, generator.num_ws, 12])
    exact = generator.synthesis(ws).detach()
    with torch.autocast("cpu", torch.bfloat16):
        rough = generator.synthesis(ws).detach()
    assert rough.dtype == torch.float32
    assert float((rough - exact).abs().mean() / exact.abs().mean()) < 0.03


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda g, ws: g.synthesis(ws[:, 1:]), "expected [N, "),
        (lambda g, ws: g.synthesis(ws[0]), "ws has shape"),
        (lambda g, ws: g.synthesis(ws, noise_mode="loud"), "noise_mode is 'loud'"),
        (lambda g, ws: g.taps(ws, feature_block=99), "feature_block is 99"),
        (lambda g, ws: g.taps(ws, feature_block=-1), "feature_block is -1"),
        (lambda g, ws: g.taps(ws, rgb_resolution=17), "rgb_resolution is 17"),
        (lambda g, ws: g.mapping(torch.zeros([1, 7])), "z has shape [1, 7]; expected [N, 8]"),
    ],
)
def test_wrong_requests_are_named(generator, wrong, says):
    with pytest.raises(NetworkError) as caught:
        wrong(generator, torch.zeros([1, generator.num_ws, 12]))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "kwargs",
    [
        {"img_resolution": 24},
        {"img_resolution": 2**40},
        {"architecture": "round"},
        {"activation": "maybe"},
        {"mapping_kwargs": {"num_layers": 0}},
        {"mapping_kwargs": {"num_layers": 10**9}},
    ],
)
def test_wrong_arguments_are_refused(kwargs):
    with pytest.raises(EditorError), torch.device("meta"):
        stylegan2(**kwargs)


@pytest.mark.parametrize("make", [stylegan2, stylegan3])
def test_layers_have_channels(make):
    with pytest.raises(NetworkError, match="without channels"):
        make(channel_base=4)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_blocks_in_half_floats_are_near_float32(index):
    """On a GPU the largest blocks run in half floats; what they do there is tried here without one."""
    generator = stylegan2(conv_clamp=256)
    block = generator.synthesis.blocks[index]
    ws = torch.randn([2, 3, 12])
    x = None if index == 0 else torch.randn([2, 8, 2 ** (index + 1), 2 ** (index + 1)])
    exact = block.features(x, ws, "const")
    layers = [block.conv1] if index == 0 else [block.conv0, block.conv1]
    rough = (block.const[None].repeat(2, 1, 1, 1) if x is None else x).half()
    for layer, w in zip(layers, ws.unbind(1), strict=False):
        rough = layer(rough, w, "const")
    assert rough.dtype == torch.float16
    assert torch.allclose(rough.float(), exact, rtol=0.02, atol=0.02)
    torch.testing.assert_close(
        block.torgb(rough, ws[:, 2]).float(), block.torgb(exact, ws[:, 2]), rtol=0.05, atol=0.05
    )
