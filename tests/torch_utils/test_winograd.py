"""A convolution by Winograd's filtering is the plain one, forward and back, and no less exact."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from torch_utils.ops import winograd
from torch_utils.ops.kept_conv2d import KeptForms, kept_conv2d


def example(shape, dtype=torch.float64, into=4, out=5):
    dice = torch.Generator().manual_seed(sum(shape))
    count, height, width = shape
    x = torch.randn(count, into, height, width, generator=dice, dtype=dtype)
    return x, torch.randn(out, into, 3, 3, generator=dice, dtype=dtype) / into**0.5


@given(st.integers(1, 2), st.integers(3, 11), st.integers(3, 11), st.sampled_from([8, 64, 1 << 17]))
@settings(max_examples=40, deadline=None)
def test_any_size_in_any_number_of_pieces_is_the_plain_convolution(count, height, width, at_once):
    x, weight = example((count, height, width))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winograd, "AT_ONCE", at_once)
        mine = winograd.winograd_conv2d(x, winograd.transformed(weight))
    assert torch.allclose(mine, F.conv2d(x, weight))


@given(st.integers(3, 9), st.integers(3, 9))
@settings(max_examples=20, deadline=None)
def test_turned_it_is_the_slope_of_the_plain_convolution(height, width):
    x, weight = example((1, height, width))
    pull = torch.randn(1, 5, height, width, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    theirs = F.conv_transpose2d(pull, weight)
    mine = winograd.winograd_conv2d(F.pad(pull, (2, 2, 2, 2)), winograd.transformed(weight), turned=True)
    assert torch.allclose(mine, theirs)


def test_where_it_pays_layers_use_it_forward_and_back(monkeypatch):
    x, weight = example((1, 12, 10), torch.float32, 192, 224)
    x.requires_grad_()
    calls = []

    def counted(*args, **kwargs):
        calls.append(kwargs["turned"])
        return winograd.winograd_conv2d(*args, **kwargs)

    monkeypatch.setattr("torch_utils.ops.kept_conv2d.winograd_conv2d", counted)
    mine = kept_conv2d(x, weight, KeptForms(), (1, 1, 1, 1))
    theirs = F.conv2d(x, weight, padding=1)
    pull = torch.randn(theirs.shape, generator=torch.Generator().manual_seed(3))
    (own,), (plain,) = (torch.autograd.grad(each, x, pull) for each in (mine, theirs))
    assert calls == [False, True]
    assert (mine - theirs).abs().max() < 1e-5 * theirs.abs().max()
    assert (own - plain).abs().max() < 1e-5 * plain.abs().max()


def test_its_sums_are_as_exact_as_the_plain_ones():
    x, weight = example((1, 34, 34), torch.float32, 256, 256)
    true = F.conv2d(x.double(), weight.double())
    mine = winograd.winograd_conv2d(x, winograd.transformed(weight))
    assert (mine - true).abs().max() < 2e-6 * true.abs().max()


@pytest.mark.parametrize(
    ("x", "weight"),
    [
        (torch.empty(1, 256, 4, 4), torch.empty(256, 256, 3, 3)),
        (torch.empty(1, 64, 32, 32), torch.empty(256, 64, 3, 3)),
        (torch.empty(1, 256, 32, 32), torch.empty(256, 256, 1, 1)),
        (torch.empty(1, 256, 32, 32).bfloat16(), torch.empty(256, 256, 3, 3)),
    ],
    ids=["few cells", "few channels", "1×1", "half floats"],
)
def test_where_it_does_not_pay_it_is_left_alone(x, weight):
    assert not winograd.pays(x, weight)
