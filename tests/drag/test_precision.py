"""Half floats are used where they are quicker and near enough, and nowhere else."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from drag import precision
from drag.config import DragConfig
from drag.request import DragRequest
from drag.session import DragSession
from training.networks_stylegan2 import Generator


class Listening(Generator):
    """A StyleGAN2 that notes in what it is asked to multiply."""

    def __init__(self):
        torch.manual_seed(0)
        super().__init__(16, 0, 16, 64, 3, channel_base=1024, channel_max=32)
        self.eval().requires_grad_(False)
        self.in_half: list[bool] = []

    def taps(self, *arguments, **options):
        self.in_half.append(torch.is_autocast_enabled("cpu"))
        return super().taps(*arguments, **options)


@pytest.fixture
def able(monkeypatch):
    def set_to(value):
        monkeypatch.setattr(precision, "multiplies_half_floats", lambda: value)

    return set_to


def steps_of(config, **options):
    generator = Listening()
    w = generator.mapping(torch.ones(1, 16))
    points = np.array([[30, 30]], np.float32)
    session = DragSession(generator, w, DragRequest(points, points + 9), config, **options)
    session.step()
    session.step()
    return generator.in_half


def test_a_drag_by_hand_is_quick_where_the_processor_is(able):
    able(True)
    assert steps_of(DragConfig()) == [True, True]
    able(False)
    assert steps_of(DragConfig()) == [False, False]


def test_the_published_preset_and_who_looks_at_the_picture_compute_in_full(able):
    able(True)
    assert not any(steps_of(dataclasses.replace(DragConfig.published(), r1=20.0)))
    mask = np.zeros((64, 64))
    mask[20:50, 20:50] = 1
    generator = Listening()
    points = np.array([[30, 30]], np.float32)
    request = DragRequest(points, points + 9, mask)
    DragSession(generator, generator.mapping(torch.ones(1, 16)), request, DragConfig(hold_weight=1.0)).step()
    assert not any(generator.in_half)


def test_features_and_picture_in_half_floats_come_near_the_full_ones():
    generator = Listening()
    w = generator.mapping(torch.ones(1, 16))
    found: list[Any] = []
    for half in (False, True):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            found += [generator.taps(w, 4, 64), generator.taps(w, 4, cut=(((20, 20, 40, 44),), 0)).cut]
    full, full_parts, near, near_parts = found
    for one, other in (
        (full.features, near.features),
        (full.rgb, near.rgb),
        (full_parts.parts[0], near_parts.parts[0]),
    ):
        assert other.isfinite().all()
        assert 0 < (one - other).norm() < 0.03 * one.norm()
