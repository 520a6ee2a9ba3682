"""The networks have the shapes, sizes and reach that are promised, and quick layers compute the same."""

import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pix2pix import layers
from pix2pix.layers import Conv, UpConv, use_library_convolutions
from pix2pix.networks import PatchGAN, UNet, make_generator
from pix2pix.structure import StructureError, draw, table_of
from tests.pix2pix.conftest import ROOT


@given(depth=st.integers(1, 5), width=st.sampled_from([1, 3, 8]), stem=st.booleans(), rows=st.integers(1, 2))
@settings(max_examples=25, deadline=None)
def test_a_u_net_of_any_depth_and_width_keeps_the_picture_s_size(depth, width, stem, rows):
    network = UNet(depth, width, stem).eval()
    picture = torch.rand(2, 3, 2**depth * rows, 2**depth * 2) * 2 - 1
    painted = network(picture)
    assert painted.shape == picture.shape
    assert painted.abs().max() <= 1


def test_the_user_s_net_widens_at_full_size_and_goes_five_levels_down_and_up():
    network = make_generator("unet5")
    assert network.stem is not None and network.head is not None
    assert (network.stem.in_channels, network.stem.out_channels, network.stem.stride) == (3, 64, (1, 1))
    assert len(network.down) == len(network.up) == 5
    assert network.head[1].out_channels == 3


def test_unet256_is_the_paper_s_size():
    # Isola et al.: C64-C128-C256-C512-C512-C512-C512-C512; weights and biases of these convolutions.
    encoder = [3, 64, 128, 256, 512, 512, 512, 512, 512]
    decoder = [
        (512, 512),
        (1024, 512),
        (1024, 512),
        (1024, 512),
        (1024, 256),
        (512, 128),
        (256, 64),
        (128, 3),
    ]
    expected = sum(16 * a * b + b for a, b in [*zip(encoder, encoder[1:], strict=False), *decoder])
    network = make_generator("unet256")
    found = sum(p.numel() for m in network.modules() if isinstance(m, (Conv, UpConv)) for p in m.parameters())
    assert found == expected


def test_a_skip_connection_joins_each_level():
    network = make_generator("unet5", width=4).eval()
    picture = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        before = network(picture)
        # With every level of the way down silenced but the first map, the picture still gets through.
        network.get_parameter("down.0.1.weight").zero_()
        changed = network(picture)
        other = network(1 - picture)
    assert not torch.allclose(before, changed)
    assert not torch.allclose(changed, other, atol=1e-4)


def test_features_are_dropped_from_small_maps_only():
    assert not [
        module for module in make_generator("unet5").modules() if isinstance(module, torch.nn.Dropout)
    ]
    levels = [index for index, level in enumerate(make_generator("unet256").up) if "Dropout" in repr(level)]
    assert levels == [4, 5, 6]  # Of 0 to 7: maps of 4, 8 and 16 px at 256.


def test_each_score_of_the_discriminator_sees_70_by_70_pixels():
    judge = PatchGAN(width=4, norm="batch").eval()  # Running statistics: a norm that looks no further.
    pair = torch.rand(1, 6, 256, 256, requires_grad=True)
    scores = judge(pair)
    assert scores.shape == (1, 1, 30, 30)
    scores[0, 0, 15, 15].backward()
    assert pair.grad is not None
    seen = pair.grad.abs().sum(dim=(0, 1)) > 0
    rows, columns = seen.any(1).nonzero(), seen.any(0).nonzero()
    assert rows.max() - rows.min() + 1 == 70
    assert columns.max() - columns.min() + 1 == 70


@pytest.mark.parametrize("norm", ["instance", "batch"])
def test_at_batch_1_instance_and_batch_norm_train_alike(norm):
    torch.manual_seed(0)
    network = make_generator("unet5", width=4, norm=norm, dropout=0.0)
    torch.manual_seed(0)
    other = make_generator("unet5", width=4, norm="batch", dropout=0.0)
    picture = torch.rand(1, 3, 64, 64)
    assert torch.allclose(network(picture), other(picture), atol=1e-5)


@given(
    size=st.integers(2, 16),
    channels=st.integers(1, 5),
    out=st.integers(1, 5),
    stride=st.sampled_from([1, 2]),
    kind=st.sampled_from([Conv, UpConv]),
)
@settings(max_examples=40, deadline=None)
def test_small_maps_give_the_same_numbers_and_gradients(size, channels, out, stride, kind):
    torch.manual_seed(size)
    quick = kind(channels, out, 4, stride, 1)
    library = torch.nn.Conv2d if kind is Conv else torch.nn.ConvTranspose2d
    plain = library(channels, out, 4, stride, 1)
    plain.load_state_dict(quick.state_dict())
    results = []
    for layer in (quick, plain):
        maps = torch.linspace(-1, 1, channels * size * size).reshape(1, channels, size, size).requires_grad_()
        # Autocast chooses the quick way, and leaves float64 as it is.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = layer.double()(maps.double())
        output.square().sum().backward()
        results.append((output, maps.grad, *(value.grad for value in layer.parameters())))
    for mine, theirs in zip(*results, strict=True):
        assert mine.shape == theirs.shape
        assert torch.allclose(mine.detach(), theirs.detach(), rtol=1e-9, atol=1e-9)


def test_small_maps_really_take_the_quick_way_and_only_in_bf16(monkeypatch):
    taken = []
    unfold = layers.F.unfold

    def noted(*arguments):
        taken.append(arguments)
        return unfold(*arguments)

    monkeypatch.setattr(layers.F, "unfold", noted)
    layer, maps = Conv(2, 3, 4, 2, 1), torch.rand(1, 2, 16, 16)
    layer(maps)
    assert not taken
    with torch.autocast("cpu", dtype=torch.bfloat16):
        layer(maps)
        assert len(taken) == 1
        layer(torch.rand(1, 2, 18, 18))
        use_library_convolutions(layer)
        layer(maps)
    assert len(taken) == 1


def test_a_picture_of_the_wrong_size_is_named():
    with pytest.raises(ValueError, match="36×32 px, expected multiples of 32"):
        make_generator("unet5", width=4)(torch.zeros(1, 3, 32, 36))


# ----------------------------------------------------------------------------
# What `python pix2pix/networks.py` shows.


def test_the_table_counts_what_can_be_counted_by_hand():
    lines = table_of(UNet(1, 2, stem=False), 3, 8)
    down, up, total = lines[1].split(), lines[2].split(), lines[3].split()
    assert down[-2:] == ["98", "1,536"]  # 3·2·16 + 2 weights; 96 at each of 4 × 4 places.
    assert up[-2:] == ["99", "1,536"]  # 2·3·16 + 3 weights; 96 from each of 4 × 4 places.
    assert total[-2:] == ["197", "3,072"]


def test_networks_py_prints_both_networks():
    done = subprocess.run(
        [sys.executable, "pix2pix/networks.py", "--generator", "unet256"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "54,419,459" in done.stdout and "2,769,601" in done.stdout


def test_the_structure_is_drawn_as_a_picture(tmp_path):
    pytest.importorskip("torchview")
    path = tmp_path / "net.svg"
    try:
        draw(UNet(2, 4), 3, 32, path)
    except StructureError as error:
        assert "Graphviz is missing" in str(error) and not path.exists()
        pytest.skip(str(error))
    text = path.read_text()
    assert text.count("UpConv") == 2 and "3, 32, 32" in text


def test_a_picture_of_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(StructureError, match=r"expected a file that ends in \.png"):
        draw(UNet(2, 4), 3, 32, tmp_path / "net.txt")
