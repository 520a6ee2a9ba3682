"""Where a guide sees no slope, it is found in other pictures, and the drag goes on from there."""

import numpy as np
import pytest
import torch

from drag.engine import drag
from drag.latent import LatentMove
from drag.leap import slope_elsewhere
from drag.types import DragConfig, DragRequest, EndReason, GuideReading
from tests.drag.stubs import RubberSheet, StubTaps

DIRECTIONS = 2 * torch.eye(8)


class Lips(RubberSheet):
    """A grey picture, the lighter the wider the lips are: component 0 of w opens them, but not below 0."""

    def synthesis(self, ws, noise_mode="const"):
        gap = ws[0].mean(dim=0)[0].clamp(min=0) + 0 * ws.sum()
        return (gap - 1).expand(1, 3, 32, 32)

    def taps(self, ws, feature_block=None, rgb_resolution=None, noise_mode="const", cut=None):
        return StubTaps(None, self.synthesis(ws))


class OpenLips:
    """Wants a gap of 2; may or may not tell how far other pictures are."""

    resolution, tolerance = 32, 0.1

    def __init__(self, tells):
        self.tells = tells

    def __call__(self, rgb):
        gap = rgb.mean() + 1
        gone = gap / 2 if self.tells else None
        return GuideReading((gap / 2 - 1).square(), torch.empty(0, 2), (gap / 2 - 1).abs().detach(), gone)


def edit(tells, start, directions=DIRECTIONS):
    sheet = Lips()
    w = torch.zeros(6, 8)
    w[:, 0] = start
    request = DragRequest([], [], np.ones((32, 32)))
    return list(drag(sheet, w, request, DragConfig.guided(), [OpenLips(tells)], directions))


def test_closed_lips_open_though_they_show_no_slope():
    steps = edit(True, -1.0)
    assert steps[0].remaining == 1
    assert steps[-1].ended is EndReason.REACHED
    assert steps[-1].w[:, 0].mean().item() == pytest.approx(2, abs=0.2)


def test_without_anybody_who_tells_it_ends_where_it_was():
    (step,) = edit(False, -1.0)
    assert step.ended is EndReason.STALLED and step.remaining == 1
    (step,) = edit(True, -1.0, directions=None)
    assert step.ended is EndReason.STALLED


def test_a_leap_that_leads_nowhere_is_not_taken():
    (step,) = edit(True, -30.0)
    assert step.ended is EndReason.STALLED
    assert step.w[:, 0].mean().item() == pytest.approx(-30.0)


def test_where_there_is_a_slope_nobody_leaps():
    steps = edit(True, 0.5)
    moved = [(after.w - before.w).norm().item() for before, after in zip(steps, steps[1:], strict=False)]
    assert steps[-1].ended is EndReason.REACHED and max(moved) <= 4 * 2 * 6**0.5


def test_the_way_is_of_unit_length_and_has_few_parts():
    move = LatentMove(DragConfig.guided(), torch.zeros(6, 8), 2 * torch.eye(8))
    way = slope_elsewhere(Lips(), [OpenLips(True)], move)
    assert way is not None and torch.allclose(way, torch.eye(8)[:1])
