"""Distances are nothing for equal pictures, grow with the difference, and agree with published figures."""

from typing import Any

import numpy as np
import pytest
import torch
from skimage.metrics import structural_similarity as published_ssim

from dnnlib.options import OptionError
from torch_utils.errors import CheckpointError
from training import lpips
from training.choose_distance import choose_distance
from training.distances import (
    FeatureDistance,
    PixelDistance,
    PyramidDistance,
    StructureDistance,
    SumOfDistances,
    structural_similarity,
)


def picture(seed, size=64):
    small = torch.rand([1, 3, 8, 8], generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return torch.nn.functional.interpolate(small, size=(size, size), mode="bicubic").clamp(-1, 1)


def halves(rgb):
    return [rgb, torch.nn.functional.avg_pool2d(rgb, 2)]


ALL: dict[str, Any] = {
    "pixels": PixelDistance(),
    "pyramid": PyramidDistance(),
    "structure": StructureDistance(),
    "features": FeatureDistance(halves),
    "sum": SumOfDistances((1.0, PixelDistance()), (2.0, PyramidDistance())),
}


@pytest.mark.parametrize("name", ALL)
def test_a_distance_is_nothing_for_equal_pictures_and_leads_towards_them(name):
    target, other = picture(0), picture(1)
    ask = ALL[name](target)
    assert float(ask(target)) < 1e-5
    near, far = ask(target.lerp(other, 0.1)), ask(target.lerp(other, 0.5))
    assert 0 < float(near) < float(far)
    moved = target.lerp(other, 0.5).requires_grad_()
    ask(moved).backward()
    assert float((moved.grad * (target - moved.detach())).sum()) < 0


@pytest.mark.parametrize("name", ALL)
def test_a_smaller_picture_is_compared_with_the_target_at_its_own_size(name):
    target = picture(0)
    assert float(ALL[name](target)(torch.nn.functional.avg_pool2d(target, 2))) < 1e-5


def test_ssim_is_that_of_scikit_image():
    first, second = (picture(seed, 40).mean(dim=1)[0] for seed in (3, 4))
    for other in (second, first * 0.7 + 0.1):
        wanted = published_ssim(first.numpy(), other.numpy(), data_range=2.0, win_size=7)
        assert float(structural_similarity(first[None, None], other[None, None])) == pytest.approx(
            wanted, abs=1e-4
        )


def write_lpips(folder, scale=1.0):
    """Weights of LPIPS's form, of which only a few channels count."""
    torch.manual_seed(0)
    widths = (64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
    places = [index for stage in lpips._STAGES for index in stage]
    state, before = {}, 3
    for place, width in zip(places, widths, strict=True):
        state[f"features.{place}.weight"] = torch.randn(width, before, 3, 3) / (3 * before**0.5)
        state[f"features.{place}.bias"] = torch.zeros(width)
        before = width
    torch.save(state, folder / lpips.FILES[0].name)
    ends = (64, 128, 256, 512, 512)
    lines = {f"lin{i}.model.1.weight": scale * torch.ones(1, n, 1, 1) / n for i, n in enumerate(ends)}
    torch.save(lines, folder / lpips.FILES[1].name)


def test_lpips_is_the_weighted_distance_of_features_of_length_one(tmp_path):
    write_lpips(tmp_path)
    target, other = picture(0, 32), picture(1, 32)
    once = float(lpips.load_lpips(tmp_path)(target)(other))
    write_lpips(tmp_path, scale=2.0)
    assert float(lpips.load_lpips(tmp_path)(target)(other)) == pytest.approx(2 * once, rel=1e-4)
    assert 0 < once < 5 * 4 / 64


def test_what_is_missing_or_no_weights_is_said_in_one_line(tmp_path):
    with pytest.raises(CheckpointError, match=r"vgg16-397923af\.pth.*python -m training\.lpips"):
        lpips.load_lpips(tmp_path)
    for content in (b"", b"not weights at all"):
        (tmp_path / lpips.FILES[0].name).write_bytes(content)
        with pytest.raises(CheckpointError) as caught:
            lpips.load_lpips(tmp_path)
        assert "\n" not in str(caught.value)
    torch.save({"features.0.weight": torch.ones(1)}, tmp_path / lpips.FILES[0].name)
    torch.save({}, tmp_path / lpips.FILES[1].name)
    with pytest.raises(CheckpointError, match="do not fit"):
        lpips.load_lpips(tmp_path)


def test_auto_takes_lpips_where_its_weights_are_and_fetches_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert choose_distance("auto")[1] == "structure"
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    write_lpips(tmp_path / "hub" / "checkpoints")
    assert choose_distance("auto")[1] == "LPIPS"
    with pytest.raises(OptionError, match="lpips"):
        choose_distance("vgg")
    with pytest.raises(OptionError, match="holds no discriminator"):
        choose_distance("discriminator")
    assert np.isfinite(float(choose_distance("pixels")[0](picture(0))(picture(1))))
