"""The figures mean what their names say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pix2pix.figures import classes_of, confusion, edges, label_figures, mean_figures, picture_figures
from tests.pix2pix.conftest import picture

PALETTE = np.array([[0, 0, 0], [255, 0, 0], [0, 255, 0]], np.uint8)


def test_a_picture_compared_with_itself_is_perfect():
    same = picture_figures(picture(1), picture(1))
    assert same == {"l1": 0.0, "psnr": 100.0, "ssim": pytest.approx(1.0), "sharpness": pytest.approx(1.0)}


@given(st.integers(1, 60))
def test_l1_and_psnr_of_a_constant_error_are_known(error):
    target = np.full((16, 16, 3), 100, np.uint8)
    found = picture_figures(target + np.uint8(error), target)
    assert found["l1"] == pytest.approx(error / 255)
    assert found["psnr"] == pytest.approx(20 * np.log10(255 / error))


def test_a_ramp_has_the_edge_length_of_its_slope_and_blur_is_less_sharp():
    ramp = np.broadcast_to(np.arange(32, dtype=np.uint8)[None, :, None] * 3, (32, 32, 3))
    assert edges(ramp) == pytest.approx(3.0)
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    blurred = ((noise.astype(int) + np.roll(noise, 1, 0) + np.roll(noise, 1, 1)) // 3).astype(np.uint8)
    assert picture_figures(blurred, noise)["sharpness"] < 0.8


@given(st.integers(0, 10_000))
def test_labels_are_read_by_the_nearest_colour(seed):
    dice = np.random.default_rng(seed)
    labels = dice.integers(0, 3, (6, 5))
    painted = PALETTE[labels].astype(int) + dice.integers(-40, 41, (6, 5, 3))
    assert (classes_of(painted.clip(0, 255).astype(np.uint8), PALETTE) == labels).all()


def test_accuracy_and_iou_are_those_of_a_small_example():
    target = PALETTE[np.array([[0, 0, 0, 1]])]
    output = PALETTE[np.array([[0, 0, 1, 1]])]
    counts = confusion(output, target, PALETTE)
    assert counts.tolist() == [[2, 1, 0], [0, 1, 0], [0, 0, 0]]
    # Class 0: 2 of 3; class 1: 1 of 2; class 2 occurs nowhere and does not count.
    assert label_figures(counts) == {"pixel_accuracy": 0.75, "class_iou": pytest.approx((2 / 3 + 1 / 2) / 2)}


def test_means_go_name_by_name():
    assert mean_figures([{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 2.0}]) == {"a": 2.0, "b": 2.0}
