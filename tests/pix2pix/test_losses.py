"""The adversarial losses are those of the papers."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pix2pix.losses import gan_loss


@given(st.floats(-20, 20))
def test_vanilla_is_the_cross_entropy_of_the_score_s_sigmoid(score):
    scores = torch.full((1, 1, 2, 2), score, dtype=torch.float64)
    assert float(gan_loss("vanilla", scores, real=True)) == pytest.approx(
        math.log1p(math.exp(-score)), abs=1e-9
    )
    assert float(gan_loss("vanilla", scores, real=False)) == pytest.approx(
        math.log1p(math.exp(score)), abs=1e-9
    )


@given(st.floats(-20, 20))
def test_lsgan_is_the_squared_distance_to_one_or_nought(score):
    scores = torch.full((3,), score, dtype=torch.float64)
    assert float(gan_loss("lsgan", scores, real=True)) == pytest.approx((score - 1) ** 2, abs=1e-9)
    assert float(gan_loss("lsgan", scores, real=False)) == pytest.approx(score**2, abs=1e-9)


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="expected vanilla or lsgan"):
        gan_loss("none", torch.zeros(1), real=True)
