"""The fast operators equal their reference forms, in values and in gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from torch_utils.ops.activations import ACTIVATIONS, ActivationError, bias_act
from torch_utils.ops.filtered_lrelu import filtered_lrelu
from torch_utils.ops.fused_layer_end import layer_end, layer_end_reference
from torch_utils.ops.lowpass import bessel_j1, lowpass_filter
from torch_utils.ops.modulated_conv2d import modulated_conv2d, modulated_conv2d_reference
from torch_utils.ops.upfirdn2d import make_filter, upfirdn2d, upfirdn2d_reference


def randn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# ----------------------------------------------------------------------------
# Resampling.


def test_filters_have_sum_one_and_become_squares_when_short():
    assert make_filter([1, 3, 3, 1]).shape == (4, 4)
    assert make_filter(list(range(1, 9))).shape == (8,)
    assert float(make_filter([1, 3, 3, 1]).sum()) == pytest.approx(1)


def test_resampling_by_hand():
    x = torch.tensor([[[[1.0, 2.0]]]])
    line = torch.tensor([[1.0, 10.0]])
    assert upfirdn2d(x, line, up=1).tolist() == [[[[12.0]]]]  # Convolved: the filter is flipped.
    spread = upfirdn2d(x, torch.ones([1, 1]), up=2)
    assert spread.tolist() == [[[[1.0, 0.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]]


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(3, 7), st.integers(3, 7)),
    kernel=st.sampled_from([None, (1,), (4,), (5,), (3, 4), (4, 4)]),
    up=st.integers(1, 4),
    down=st.integers(1, 3),
    padding=st.tuples(*[st.integers(-2, 6)] * 4),
    channels_last=st.booleans(),
)
def test_resampling_equals_reference(size, kernel, up, down, padding, channels_last):
    x = randn(2, 3, *size)
    if channels_last:
        x = x.contiguous(memory_format=torch.channels_last)
    x.requires_grad_()
    taps = None if kernel is None else randn(*kernel, seed=1)
    height, width = (1, 1) if taps is None else (taps.shape[0], taps.shape[-1])
    left, right, top, bottom = padding
    if size[0] * up + top + bottom < height or size[1] * up + left + right < width:
        return
    found = upfirdn2d(x, taps, up, down, padding, gain=2.5)
    expected = upfirdn2d_reference(x, taps, up, down, padding, gain=2.5)
    torch.testing.assert_close(found, expected)
    weights = randn(*found.shape, seed=2)
    for grads in zip(*(torch.autograd.grad((y * weights).sum(), x) for y in (found, expected)), strict=True):
        torch.testing.assert_close(*grads)


# ----------------------------------------------------------------------------
# Modulated convolution.


@pytest.mark.parametrize("kernel", [1, 3])
@pytest.mark.parametrize("up", [1, 2])
@pytest.mark.parametrize("taps", [[1, 3, 3, 1], [1, 2, 1], [1, 1, 2, 3, 3, 2, 1, 1]])
def test_modulated_convolution_equals_reference(kernel, up, taps):
    x, weight, styles = randn(3, 4, 6, 5), randn(7, 4, kernel, kernel, seed=1), randn(3, 4, seed=2)
    inputs = x, weight, styles = tuple(t.float().requires_grad_() for t in (x, weight, styles))
    found, scale = modulated_conv2d(x, weight, styles, up, make_filter(taps))
    expected = modulated_conv2d_reference(x, weight, styles, True, up, make_filter(taps))
    assert found.shape == (3, 7, 6 * up, 5 * up)
    torch.testing.assert_close(found * scale, expected, rtol=1e-4, atol=1e-5)
    weights = randn(*expected.shape, seed=3).float()
    grads = [torch.autograd.grad((y * weights).sum(), inputs) for y in (found * scale, expected)]
    for one, other in zip(*grads, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)


def test_modulated_convolution_keeps_half_floats_in_range():
    x = torch.full([1, 64, 4, 4], 100.0, dtype=torch.float16)
    weight, styles = torch.full([8, 64, 3, 3], 50.0), torch.full([1, 64], 80.0)
    found, scale = modulated_conv2d(x, weight, styles)
    expected = modulated_conv2d_reference(x.float(), weight, styles)
    torch.testing.assert_close(found.float() * scale, expected, rtol=5e-3, atol=1.0)


def test_demodulated_outputs_have_unit_variance():
    x, weight, styles = randn(1, 64, 32, 32), randn(8, 64, 3, 3, seed=1), randn(1, 64, seed=2)
    found, scale = modulated_conv2d(x.float(), weight.float(), styles.float())
    assert float((found * scale)[:, :, 1:-1, 1:-1].std()) == pytest.approx(1, abs=0.05)


# ----------------------------------------------------------------------------
# The end of a layer, and activations.


@pytest.mark.parametrize("name", ["lrelu", "relu", "linear", "swish"])
@pytest.mark.parametrize("clamp", [None, 0.8])
@pytest.mark.parametrize("noise", [None, 1, 3])
@pytest.mark.parametrize("channels_last", [False, True])
def test_layer_end_equals_reference(name, clamp, noise, channels_last):
    tensors = [randn(3, 4, 5, 6), randn(3, 4, 1, 1, seed=1), randn(4, seed=2)]
    if noise is not None:
        tensors.append(randn(noise, 1, 5, 6, seed=3))
    if channels_last:
        tensors[0] = tensors[0].contiguous(memory_format=torch.channels_last)
    inputs = [t.float().requires_grad_() for t in tensors]
    x, scale, bias = inputs[:3]
    added = None if noise is None else inputs[3]
    found = layer_end(x, scale, bias, added, name, 0.7, clamp)
    expected = layer_end_reference(x, scale, bias, added, name, 0.7, clamp)
    torch.testing.assert_close(found, expected)
    if channels_last:
        assert found.is_contiguous(memory_format=torch.channels_last)
    weights = randn(*found.shape, seed=4).float()
    grads = [torch.autograd.grad((y * weights).sum(), inputs) for y in (found, expected)]
    for one, other in zip(*grads, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_gains_keep_the_variance_near_one(name):
    found = bias_act(torch.randn([1, 2, 300, 300]), torch.zeros([2]), name)
    assert 0.15 < float(found.square().mean()) < 1.3


def test_unknown_activation_is_named():
    with pytest.raises(ActivationError, match="'maybe' is not known"):
        bias_act(torch.zeros([1, 2]), None, "maybe")


# ----------------------------------------------------------------------------
# StyleGAN3's filters.


def test_bessel_function():
    # Abramowitz & Stegun, table 9.1.
    found = bessel_j1(np.array([0.0, 1.0, 2.0, 5.0, 10.0]))
    np.testing.assert_allclose(
        found, [0.0, 0.4400505857, 0.5767248078, -0.3275791376, 0.0434727462], atol=1e-9
    )


@pytest.mark.parametrize("radial", [False, True])
def test_lowpass_passes_below_and_stops_above(radial):
    kernel = lowpass_filter(48, cutoff=4, width=4, sampling_rate=32, radial=radial)
    assert kernel is not None
    line = kernel if kernel.ndim == 1 else kernel.sum(0)
    x = (np.arange(48) - 23.5) / 32
    response = {f: abs((line * np.exp(2j * np.pi * f * x)).sum()) for f in (0, 1, 7, 12)}
    assert response[0] == pytest.approx(1)
    assert response[1] == pytest.approx(1, abs=0.02)
    assert response[7] < 0.02 and response[12] < 0.02


def test_one_tap_is_no_filter():
    assert lowpass_filter(1, 1, 1, 4) is None


def test_filtered_lrelu_of_slope_one_is_resampling():
    x, kernel = randn(1, 2, 8, 8), make_filter([1, 2, 3, 4, 4, 3, 2, 1]).double()
    found = filtered_lrelu(x, torch.zeros(2), kernel, kernel, 2, 2, (7, 7, 7, 7), gain=1, slope=1)
    expected = upfirdn2d_reference(x, kernel, up=2, padding=(7, 7, 7, 7), gain=4)
    torch.testing.assert_close(found, upfirdn2d_reference(expected, kernel, down=2))
