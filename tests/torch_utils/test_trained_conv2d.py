"""Convolutions that are trained are the plain ones, slopes and all, however a map is cut into strips."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from torch_utils.ops import trained_conv2d as ops
from torch_utils.ops.kept_conv2d import KeptForms, kept_conv2d, kept_spread_conv2d
from torch_utils.ops.trained_conv2d import trained_conv2d, trained_spread_conv2d


@pytest.fixture(autouse=True)
def _every_map_is_large(monkeypatch):
    monkeypatch.setattr(ops, "_LARGE", 0)
    monkeypatch.setattr(ops, "_ROWS", 4)
    monkeypatch.setattr(ops, "_SPREAD_ROWS", 3)


def example(height, width, dtype):
    dice = torch.Generator().manual_seed(height * 31 + width)
    x = torch.randn(2, 5, height, width, generator=dice).to(dtype).requires_grad_()
    return x, torch.randn(4, 5, 3, 3, generator=dice).requires_grad_()


def slopes(result, *of):
    pull = torch.randn(result.shape, generator=torch.Generator().manual_seed(1)).to(result.dtype)
    return torch.autograd.grad(result, of, pull)


def alike(mine, theirs, share):
    mine, theirs = mine.detach().float(), theirs.detach().float()
    return float((mine - theirs).norm()) <= share * float(theirs.norm())


@given(st.integers(1, 13), st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_bfloat16_of_any_height_comes_as_near_as_its_eight_bits_allow(height, width):
    x, weight = example(height, width, torch.bfloat16)
    mine, theirs = trained_conv2d(x, weight), F.conv2d(x.float(), weight, padding=1)
    assert "_Plain" in type(mine.grad_fn).__name__, "this is about the strips"
    assert alike(mine, theirs, 0.02)
    for own, true in zip(slopes(mine, x, weight), slopes(theirs, x, weight), strict=True):
        assert alike(own, true, 0.02)


@given(
    st.integers(1, 13), st.integers(1, 6), st.sampled_from([(torch.float32, 1e-5), (torch.bfloat16, 0.02)])
)
@settings(max_examples=30, deadline=None)
def test_spreading_of_any_height_is_the_transposed_convolution(height, width, kind):
    dtype, share = kind
    x, weight = example(height, width, dtype)
    mine = trained_spread_conv2d(x, weight)
    theirs = F.conv_transpose2d(x.float(), weight.transpose(0, 1), stride=2)
    assert "_Spread" in type(mine.grad_fn).__name__, "this is about the strips"
    assert alike(mine, theirs, share)
    for own, true in zip(slopes(mine, x, weight), slopes(theirs, x, weight), strict=True):
        assert own.shape == true.shape and alike(own, true, share)


def test_slopes_are_computed_for_what_asks_for_them_alone():
    x, weight = example(9, 5, torch.bfloat16)
    for convolve in (trained_conv2d, trained_spread_conv2d):
        held = convolve(x.detach(), weight)
        held.float().sum().backward()
        assert x.grad is None and weight.grad is not None
        weight.grad = None


def test_trained_weights_come_here_and_others_do_not(monkeypatch):
    came = []
    monkeypatch.setattr("torch_utils.ops.kept_conv2d.trained_conv2d", lambda *given: came.append("plain"))
    monkeypatch.setattr("torch_utils.ops.kept_conv2d.trained_spread_conv2d", lambda *given: came.append("up"))
    x, weight = example(20, 20, torch.float32)
    for each in (weight.detach(), weight):
        kept_conv2d(x, each, KeptForms(), (1, 1, 1, 1))
        kept_spread_conv2d(x, each, KeptForms())
    assert came == ["plain", "up"]
