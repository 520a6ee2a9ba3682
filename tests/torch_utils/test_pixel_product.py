"""Pictures made of features are the plain sums, in any layout and float type, and so are their slopes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torch_utils.ops.pixel_product import pixel_product


@given(st.integers(1, 3), st.integers(1, 7), st.integers(1, 5), st.booleans())
@settings(max_examples=30, deadline=None)
def test_it_is_the_sum_over_channels(batch, height, width, channels_last):
    dice = torch.Generator().manual_seed(height)
    x = torch.randn(batch, 6, height, width, generator=dice, dtype=torch.float64)
    if channels_last:
        x = x.contiguous(memory_format=torch.channels_last)
    own = torch.randn(batch, 3, 6, generator=dice, dtype=torch.float64)
    bias = torch.randn(3, generator=dice, dtype=torch.float64)
    given = [one.requires_grad_() for one in (x, own, bias)]
    mine = pixel_product(*given)
    theirs = torch.einsum("nchw,nkc->nkhw", x, own) + bias[:, None, None]
    pull = torch.randn(theirs.shape, generator=dice, dtype=torch.float64)
    assert torch.allclose(mine, theirs)
    found, true = (torch.autograd.grad(one, given, pull) for one in (mine, theirs))
    assert all(torch.allclose(*pair) for pair in zip(found, true, strict=True))


def test_features_in_half_floats_make_a_picture_in_full_ones_and_get_slopes_of_their_own_type():
    dice = torch.Generator().manual_seed(2)
    x = torch.randn(1, 8, 40, 40, generator=dice).bfloat16().requires_grad_()
    own, bias = torch.randn(1, 3, 8, generator=dice).requires_grad_(), torch.randn(3, generator=dice)
    picture = pixel_product(x, own, bias)
    assert picture.dtype == torch.float32
    true = torch.einsum("nchw,nkc->nkhw", x.float(), own) + bias[:, None, None]
    assert torch.allclose(picture, true, atol=1e-5)
    pull = torch.randn(true.shape, generator=dice)
    found, wanted = (torch.autograd.grad(one, (x, own), pull) for one in (picture, true))
    assert [one.dtype for one in found] == [torch.bfloat16, torch.float32]
    for one, other in zip(found, wanted, strict=True):
        assert float((one.float() - other.float()).norm()) < 0.01 * float(other.float().norm())


@pytest.mark.parametrize("trained", [0, 1, 2])
def test_each_slope_can_be_asked_for_alone(trained):
    parts = [torch.randn(1, 4, 3, 3), torch.randn(1, 3, 4), torch.randn(3)]
    parts[trained].requires_grad_()
    pixel_product(*parts).square().sum().backward()
    assert [one.grad is not None for one in parts] == [index == trained for index in range(3)]
