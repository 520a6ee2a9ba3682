"""Convolutions with kept weights are the plain ones, forward and back, and follow their every change."""

import copy
import pickle

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from torch_utils.ops import kept_conv2d as ops
from torch_utils.ops.kept_conv2d import KeptForms, kept_conv2d, kept_spread_conv2d


def example(height, width):
    dice = torch.Generator().manual_seed(height * 31 + width)
    x = torch.randn(2, 5, height, width, generator=dice, dtype=torch.float64).requires_grad_()
    return x, torch.randn(4, 5, 3, 3, generator=dice, dtype=torch.float64)


def slopes(x, mine, theirs):
    pull = torch.randn(theirs.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return torch.autograd.grad(mine, x, pull)[0], torch.autograd.grad(theirs, x, pull)[0]


margin = st.integers(-1, 2)


@given(st.integers(3, 9), st.integers(3, 9), st.tuples(margin, margin, margin, margin))
@settings(max_examples=30, deadline=None)
def test_a_convolution_with_any_margins_is_the_plain_one(height, width, margins):
    x, weight = example(height + 2, width + 2)
    mine = kept_conv2d(x, weight, KeptForms(), margins)
    theirs = F.conv2d(F.pad(x, margins), weight)
    assert torch.allclose(mine, theirs)
    assert torch.allclose(*slopes(x, mine, theirs))


@given(st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=20, deadline=None)
def test_spreading_is_the_transposed_convolution(height, width):
    x, weight = example(height, width)
    mine = kept_spread_conv2d(x, weight, KeptForms())
    theirs = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
    assert torch.allclose(mine, theirs)
    assert torch.allclose(*slopes(x, mine, theirs))


@pytest.mark.parametrize("as_matrices", [0, 1000])
def test_half_floats_come_as_near_as_their_eight_bits_allow(as_matrices, monkeypatch):
    monkeypatch.setattr(ops, "AS_MATRICES", as_matrices)
    x, weight = example(9, 7)
    half = x.detach().bfloat16().requires_grad_()
    kept = KeptForms()
    pairs = (
        (kept_conv2d(half, weight, kept, (1, 1, 1, 1)), F.conv2d(x, weight, padding=1)),
        (kept_spread_conv2d(half, weight, kept), F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)),
    )
    for mine, theirs in pairs:
        assert mine.dtype == torch.bfloat16
        assert (mine - theirs).abs().max() < 0.02 * theirs.abs().max()
        (back,) = torch.autograd.grad(mine, half, torch.ones_like(mine))
        (plain,) = torch.autograd.grad(theirs, x, torch.ones_like(theirs))
        assert (back - plain).abs().max() < 0.02 * plain.abs().max()


@pytest.mark.parametrize("in_place", [True, False])
def test_what_is_kept_follows_every_change_of_the_weight(in_place):
    x, weight = example(5, 5)
    kept = KeptForms()
    kept_conv2d(x, weight, kept, (1, 1, 1, 1))
    weight = weight.mul_(2) if in_place else weight.flip(0)
    assert torch.allclose(kept_conv2d(x, weight, kept, (1, 1, 1, 1)), F.conv2d(x, weight, padding=1))


def test_a_weight_in_the_memory_of_one_that_is_gone_is_not_taken_for_it():
    kept, memory = KeptForms(), torch.zeros(4)
    for value in (1.0, 2.0):
        weight = memory.detach()  # Another tensor at the same place.
        memory.fill_(value)
        assert kept.get(weight, "doubled", lambda found: found * 2)[0] == 2 * value
        del weight


def test_a_copied_network_keeps_forms_of_its_own():
    x, weight = example(5, 5)
    kept = KeptForms()
    kept_conv2d(x, weight, kept, (1, 1, 1, 1))
    copied, other = copy.deepcopy((kept, weight))
    assert pickle.loads(pickle.dumps(kept)) is not kept  # noqa: S301 (of our own making)
    other.mul_(3)
    assert torch.allclose(kept_conv2d(x, other, copied, (1, 1, 1, 1)), F.conv2d(x, other, padding=1))
    assert torch.allclose(kept_conv2d(x, weight, kept, (1, 1, 1, 1)), F.conv2d(x, weight, padding=1))


def test_weights_that_are_trained_get_their_gradient():
    x, weight = example(5, 5)
    weight.requires_grad_()
    mine = kept_conv2d(x, weight, KeptForms(), (1, 1, 1, 1)).sum()
    theirs = F.conv2d(x, weight, padding=1).sum()
    assert torch.allclose(torch.autograd.grad(mine, weight)[0], torch.autograd.grad(theirs, weight)[0])
