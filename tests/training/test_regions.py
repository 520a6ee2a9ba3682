"""Features on a rectangle are those of the whole map, cut out: anywhere, for every architecture."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training.layers import NetworkError
from training.networks_stylegan2 import SynthesisNetwork
from training.region_synthesis import below_block, parts_on, work_of
from training.regions import Region, whole

ARCHITECTURES = ("skip", "resnet", "orig")


def network(architecture="skip", resolution=64, **options):
    torch.manual_seed(0)
    made = SynthesisNetwork(8, resolution, 3, 512, 12, architecture=architecture, **options)
    with torch.no_grad():
        for name, value in made.named_parameters():
            if "noise_strength" in name:
                value.fill_(0.3)  # Noise that shifted with the rectangle would be seen.
            elif name.endswith("bias") and "affine" not in name:
                value.normal_(0, 0.2)
    return made.requires_grad_(False)


NETWORKS = {name: network(name) for name in ARCHITECTURES}


def rectangles(size):
    """Any rectangle of a map; borders and corners come up often."""
    edge = st.integers(0, size)
    pair = st.tuples(edge, edge).filter(lambda ends: ends[0] != ends[1]).map(sorted)
    return st.tuples(pair, pair).map(lambda ends: Region(ends[0][0], ends[1][0], ends[0][1], ends[1][1]))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=25, deadline=None)
@given(data=st.data(), block=st.integers(1, 4))
def test_a_rectangle_equals_the_whole_map_cut_out(architecture, data, block):
    made = NETWORKS[architecture]
    size = 4 * 2**block
    region = data.draw(rectangles(size))
    ws = torch.randn(1, made.num_ws, 8, generator=torch.Generator().manual_seed(block))
    full = made.taps(ws, block).features
    (part,) = parts_on(made.blocks[: block + 1], ws, [region]).parts
    assert part.shape[2:] == region.size
    assert (part - region.of(full)).abs().max() <= 1e-5 * full.abs().max()


OPTIONS = [
    {"square": False},
    {"use_noise": False},
    {"conv_clamp": 0.5},
    {"resample_filter": (1, 2, 1)},
    {"resample_filter": (1, 5, 10, 10, 5, 1)},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_it_does_so_for_other_shapes_filters_and_limits(options):
    made = network(**options)
    ws = torch.randn(2, made.num_ws, 8)
    full = made.taps(ws, 4).features
    rows, columns = full.shape[2:]
    for region in (Region(0, 0, 5, 7), Region(rows - 3, columns - 9, rows, columns), Region(20, 11, 41, 30)):
        (part,) = parts_on(made.blocks, ws, [region]).parts
        assert torch.allclose(part, region.of(full), atol=1e-5 * float(full.abs().max()))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_gradients_are_those_of_the_whole_map_too(architecture):
    made = NETWORKS[architecture]
    region, gradients = Region(3, 30, 29, 64), []
    pull = torch.randn(1, 8, *region.size, generator=torch.Generator().manual_seed(1))
    for cut in (False, True):
        ws = torch.randn(1, made.num_ws, 8, generator=torch.Generator().manual_seed(2)).requires_grad_()
        part = parts_on(made.blocks, ws, [region]).parts[0] if cut else region.of(made.taps(ws, 4).features)
        gradients.append(torch.autograd.grad((part * pull).sum(), ws)[0])
    whole_map, cut_out = gradients
    assert torch.allclose(whole_map, cut_out, rtol=1e-4, atol=1e-5 * float(whole_map.abs().max()))


def test_several_rectangles_share_what_lies_below():
    made = NETWORKS["skip"]
    ws = torch.randn(1, made.num_ws, 8)
    wanted = [Region(0, 0, 9, 9), Region(40, 50, 64, 64), whole((64, 64))]
    full = made.taps(ws, 4).features
    for region, part in zip(wanted, parts_on(made.blocks, ws, wanted).parts, strict=True):
        assert torch.allclose(part, region.of(full), atol=1e-5 * float(full.abs().max()))


@settings(max_examples=25, deadline=None)
@given(data=st.data(), block=st.integers(1, 4), base=st.sampled_from([0, 16]))
def test_the_picture_on_rectangles_equals_the_whole_one_cut_out(data, block, base):
    made, size = NETWORKS["skip"], 4 * 2**block
    wanted = data.draw(st.lists(rectangles(size), min_size=1, max_size=3))
    ws = torch.randn(1, made.num_ws, 8, generator=torch.Generator().manual_seed(block))
    full: Any = made.taps(ws, None, size).rgb
    found: Any = parts_on(made.blocks[: block + 1], ws, wanted, base, with_rgb=True)
    for region, part in zip(wanted, found.parts, strict=True):
        assert part.shape[2:] == region.size
        assert (part - region.of(full)).abs().max() <= 1e-5 * full.abs().max()
    lowest = found.rgb.shape[2]
    assert lowest == min(max(base, 8), size)
    low: Any = made.taps(ws, made.block_resolutions.index(lowest), lowest)
    assert torch.allclose(found.rgb, low.rgb)
    assert torch.allclose(found.features, low.features)


@pytest.mark.parametrize("taps", [(1, 2, 1), (1, 5, 10, 10, 5, 1)])
def test_pictures_on_rectangles_know_other_filters(taps):
    made = network(resample_filter=taps, square=False)
    ws = torch.randn(2, made.num_ws, 8)
    full = made.taps(ws, None, 64).rgb
    region = Region(13, 3, 40, 17)
    (part,) = parts_on(made.blocks, ws, [region], with_rgb=True).parts
    assert torch.allclose(part, region.of(full), atol=1e-5 * float(full.abs().max()))


def test_taps_give_rectangles_where_that_saves_work_and_whole_maps_otherwise():
    made = NETWORKS["skip"]
    ws = torch.randn(1, made.num_ws, 8)
    small, large = ((3, 3, 9, 9), (50, 40, 60, 64)), ((0, 0, 60, 60),)
    cut: Any = made.taps(ws, 4, cut=(small, 16))
    assert cut.features is None and [tuple(part.shape[2:]) for part in cut.cut.parts] == [(6, 6), (10, 24)]
    assert cut.cut.features.shape[2:] == (16, 16) and cut.cut.rgb is None
    shown: Any = made.taps(ws, None, 64, cut=(small[:1], 0))
    assert shown.rgb is None and shown.cut.rgb.shape[2:] == (8, 8)
    for taps in (made.taps(ws, 4, cut=(large, 0)), made.taps(ws, 4, 64, cut=(small, 0))):
        assert taps.cut is None and taps.features is not None
    assert NETWORKS["resnet"].taps(ws, None, 64, cut=(small, 0)).rgb is not None


def test_the_halo_is_two_cells_of_the_block_below_and_ends_at_the_border():
    made = NETWORKS["skip"]
    inside = below_block(made.blocks[4], Region(20, 20, 40, 40), (32, 32))
    assert inside == Region(8, 8, 22, 22)
    assert below_block(made.blocks[4], whole((64, 64)), (32, 32)) == whole((32, 32))


def test_work_grows_with_the_rectangle_up_to_the_whole():
    blocks = NETWORKS["skip"].blocks
    shares = [work_of(blocks, [Region(0, 0, side, side)]) for side in (4, 16, 40, 64)]
    assert shares == sorted(shares)
    assert shares[0] < 0.1 and shares[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "region", [Region(0, 0, 0, 5), Region(-1, 0, 4, 4), Region(0, 0, 65, 4), Region(5, 5, 4, 9)]
)
def test_a_rectangle_without_cells_or_beyond_the_map_is_refused(region):
    made = NETWORKS["skip"]
    with pytest.raises(NetworkError, match="expected top, left, bottom, right within 64 x 64 cells"):
        parts_on(made.blocks, torch.zeros(1, made.num_ws, 8), [region])


# ----------------------------------------------------------------------------
# What is kept between steps.


def test_what_is_kept_of_the_weights_follows_every_change_of_them():
    made = network()
    ws = torch.randn(1, made.num_ws, 8)
    made(ws)  # The squared weights are known from here on.
    with torch.no_grad():
        made.b16.conv0.weight.mul_(torch.linspace(0.5, 2.0, 12)[None, :, None, None])
    changed = made(ws)
    fresh = network()
    fresh.load_state_dict(made.state_dict())
    assert torch.equal(changed, fresh(ws))
    made.load_state_dict(network().state_dict())
    assert torch.equal(made(ws), network()(ws))


def test_weights_that_are_trained_are_squared_anew_and_get_their_gradient():
    made = network().requires_grad_(True)
    layer = made.b16.conv1
    (first,) = torch.autograd.grad(layer.energy().sum(), layer.weight)
    assert torch.allclose(first, 2 * layer.weight)
    assert layer.energy() is not layer.energy()
