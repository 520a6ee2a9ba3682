"""The filtered leaky ReLU: the fast form and Triton's equal the plain one, in values and in gradients."""

import importlib.util
import logging
import os
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torch_utils.ops import filtered_lrelu_choice
from torch_utils.ops.filtered_lrelu import filtered_lrelu, filtered_lrelu_reference
from torch_utils.ops.lowpass import lowpass_filter

CUDA = torch.cuda.is_available()
# Without a GPU the kernel can be tried where Triton is installed: its interpreter runs it on the CPU.
INTERPRETED = not CUDA and os.environ.get("TRITON_INTERPRET") == "1"
needs_triton = pytest.mark.skipif(
    importlib.util.find_spec("triton") is None or not (CUDA or INTERPRETED),
    reason="Triton, with a GPU or TRITON_INTERPRET=1, is not there",
)
DEVICE = torch.device("cuda" if CUDA else "cpu")


def inputs(
    n: int, c: int, size: tuple[int, int], taps: tuple[Any, Any], dtype: torch.dtype = torch.float64
) -> list[Any]:
    """x, bias, up_filter, down_filter; a filter is told of by its shape, None for none."""
    make = torch.Generator().manual_seed(0)
    x, bias = (torch.randn(shape, generator=make, dtype=dtype) for shape in ((n, c, *size), (c,)))
    filters = [None if shape is None else torch.randn(shape, generator=make, dtype=dtype) for shape in taps]
    return [x.requires_grad_(), bias.requires_grad_(), *filters]


def agree(one: Any, other: Any, given_: list[Any], rest: tuple[Any, ...], limit: float = 1e-9) -> None:
    """Results and gradients differ by no more than `limit` of the largest value."""
    found, expected = one(*given_, *rest), other(*given_, *rest)
    assert found.shape == expected.shape and found.dtype == expected.dtype
    weights = torch.linspace(-1, 1, found.numel(), device=found.device, dtype=found.dtype).reshape(
        found.shape
    )
    grads = [torch.autograd.grad((y * weights).sum(), given_[:2]) for y in (found, expected)]
    for a, b in zip((found, *grads[0]), (expected, *grads[1]), strict=True):
        assert float((a - b).detach().abs().max()) <= limit * float(b.detach().abs().max()) + 1e-12


SHAPES = st.tuples(st.integers(5, 8), st.integers(5, 8))
FILTERS = st.sampled_from([None, (1,), (4,), (5,), (3, 4), (6, 6)])
CLAMPS = st.sampled_from([None, 0.5, 2.0])


@settings(max_examples=60, deadline=None)
@given(
    size=SHAPES,
    taps=st.tuples(FILTERS, FILTERS),
    up=st.integers(1, 4),
    down=st.integers(1, 4),
    padding=st.tuples(*[st.integers(-2, 8)] * 4),
    slope=st.sampled_from([0.2, 1.0]),
    clamp=CLAMPS,
)
def test_fast_form_equals_the_plain_one(size, taps, up, down, padding, slope, clamp):
    if not leaves_anything(size, taps, up, padding):
        return
    agree(
        filtered_lrelu,
        filtered_lrelu_reference,
        inputs(2, 3, size, taps),
        (up, down, padding, 1.3, slope, clamp),
    )


def leaves_anything(size: Any, taps: Any, up: int, padding: Any) -> bool:
    for length, axis, pads in ((size[0], 0, padding[2:]), (size[1], -1, padding[:2])):
        used = sum((1 if shape is None else shape[axis]) - 1 for shape in taps)
        up_taps = 1 if taps[0] is None else taps[0][axis]
        spread = length * up + sum(pads)
        if spread < up_taps or spread - used < 1 or length * up + min(pads) < 1:
            return False
    return True


def test_slope_is_applied_at_the_higher_rate():
    """By hand: spread and smoothed, 1 and -1 are 4 times 1, 0, -1, -1/2; then slope; then sums of two."""
    x = torch.tensor([[[[1.0, -1.0]]]])
    up_filter, down_filter = torch.tensor([[0.5, 1.0, 0.5]]), torch.tensor([[1.0, 1.0]])
    found = filtered_lrelu_reference(x, torch.zeros(1), up_filter, down_filter, 2, 1, (1, 1, 0, 0), 1.0, 0.2)
    assert found[0, 0, 0].tolist() == pytest.approx([4.0, -0.8, -1.2])


# ----------------------------------------------------------------------------
# Triton's form. On a GPU as it is; on a CPU as its interpreter does it.

LAYERS = {
    "up 2, down 2": ((6, 7), ((12,), (12,)), 2, 2, (11, 10, 9, 12)),
    "up 4, down 2, radial": ((5, 6), ((24,), (12, 12)), 4, 2, (20, 19, 21, 18)),
    "up 2, down 4": ((9, 8), ((12,), (24,)), 2, 4, (20, 21, 19, 18)),
    "no filter above": ((9, 8), (None, (12,)), 1, 2, (6, 6, 5, 6)),
    "no filter below": ((6, 5), ((12,), None), 2, 1, (5, 6, 6, 5)),
    "cropped": ((12, 11), ((4, 4), (3,)), 2, 1, (-3, 2, -2, -1)),
}


@needs_triton
@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("clamp", [None, 0.7])
def test_triton_equals_the_plain_form(name, clamp):
    from torch_utils.ops.filtered_lrelu_triton import filtered_lrelu_triton

    size, taps, up, down, padding = LAYERS[name]
    given_ = inputs(2, 3, size, taps, torch.float32)
    given_ = [None if one is None else one.detach().to(DEVICE) for one in given_]
    for one in given_[:2]:
        one.requires_grad_()
    rest = (up, down, padding, 1.3, 0.2, clamp)
    agree(filtered_lrelu_triton, filtered_lrelu_reference, given_, rest, limit=1e-4)


@needs_triton
def test_triton_in_half_floats_is_near():
    from torch_utils.ops.filtered_lrelu_triton import filtered_lrelu_triton

    size, taps, up, down, padding = LAYERS["up 2, down 2"]
    x, bias, up_filter, down_filter = (one.detach().float().to(DEVICE) for one in inputs(1, 4, size, taps))
    filters = [one.abs() / one.abs().sum() for one in (up_filter, down_filter)]
    rest: Any = (*filters, up, down, padding, 2.0**0.5, 0.2, 256.0)
    found = filtered_lrelu_triton(x.half(), bias, *rest)
    assert found.dtype == torch.float16
    expected = filtered_lrelu_reference(x, bias, *rest)
    assert float((found.float() - expected).abs().max() / expected.abs().max()) < 5e-3


@needs_triton
def test_triton_is_sound_where_it_runs():
    from torch_utils.ops.filtered_lrelu_triton import filtered_lrelu_triton

    assert filtered_lrelu_choice.is_sound(filtered_lrelu_triton, DEVICE)


@pytest.mark.skipif(not CUDA, reason="no GPU")
def test_cuda_equals_the_plain_form_whatever_is_chosen():
    filters = [lowpass_filter(12, 8, 4, 32), lowpass_filter(12, 8, 4, 32, radial=True)]
    x, bias = torch.randn([2, 8, 36, 36], device=DEVICE), torch.randn([8], device=DEVICE)
    taps: Any = [torch.as_tensor(one, dtype=torch.float32, device=DEVICE) for one in filters]
    for one in (x, bias):
        one.requires_grad_()
    rest = (2, 2, (11, 10, 11, 10), 2**0.5, 0.2, 256.0)
    agree(filtered_lrelu, filtered_lrelu_reference, [x, bias, *taps], rest, limit=1e-3)


# ----------------------------------------------------------------------------
# The choice.


def test_a_form_that_gives_other_numbers_is_not_used(caplog):
    def wrong(*args: Any) -> torch.Tensor:
        return filtered_lrelu_reference(*args) * 1.01

    with caplog.at_level(logging.WARNING):
        assert not filtered_lrelu_choice.is_sound(wrong, torch.device("cpu"))
    assert "other numbers" in caplog.text


def test_a_form_with_wrong_gradients_is_not_used(caplog):
    def wrong(x: torch.Tensor, *args: Any) -> torch.Tensor:
        return filtered_lrelu_reference(x.detach() + 0.5 * (x - x.detach()), *args)

    assert not filtered_lrelu_choice.is_sound(wrong, torch.device("cpu"))


@pytest.mark.parametrize(
    "error", [RuntimeError("Failed to find C compiler\nmore"), OSError("no gcc"), TypeError()]
)
def test_a_form_that_fails_is_not_used(caplog, error):
    def failing(*args: Any) -> torch.Tensor:
        raise error

    with caplog.at_level(logging.WARNING):
        assert not filtered_lrelu_choice.is_sound(failing, torch.device("cpu"))
    assert len(caplog.records) == 1 and "\n" not in caplog.records[0].getMessage()


def test_the_plain_form_is_sound():
    assert filtered_lrelu_choice.is_sound(filtered_lrelu_reference, torch.device("cpu"))


def test_triton_can_be_left_out(monkeypatch):
    monkeypatch.setenv(filtered_lrelu_choice.SWITCH, "0")
    filtered_lrelu_choice.triton_form.cache_clear()
    assert filtered_lrelu_choice.triton_form(0) is None
    filtered_lrelu_choice.triton_form.cache_clear()
