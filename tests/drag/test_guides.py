"""Guides pull through the picture, at the resolution that they name."""

import dataclasses

import numpy as np
import pytest
import torch

from drag import picture
from drag.engine import drag
from drag.types import DragConfig, DragRequest, EndReason, GuideReading
from tests.drag.stubs import PatternGuide, RubberSheet

LEFT = RubberSheet.LEFT
NO_POINTS = DragRequest([], [])


def wanted_w(sheet, x=0.06, y=0.02, right=0.0):
    w = sheet.start()
    w[:, 0], w[:, 1], w[:, 2] = x, y, right
    return w


class Spy:
    """A guide that notes what it is shown."""

    def __init__(self, resolution, points=None):
        self.resolution = resolution
        self.tolerance = 0.0
        self.points = torch.empty(0, 2) if points is None else torch.tensor(points)
        self.shapes = []

    def __call__(self, rgb):
        self.shapes.append(tuple(rgb.shape))
        return GuideReading(rgb.square().mean(), self.points, torch.ones(()))


def one_step(guides, request=NO_POINTS, config=None, sheet=None):
    sheet = sheet or RubberSheet()
    return next(drag(sheet, sheet.start(), request, config or DragConfig.guided(), guides))


def test_a_guide_leads_w_to_the_picture_that_it_wants():
    sheet = RubberSheet()
    steps = list(
        drag(sheet, sheet.start(), NO_POINTS, DragConfig.guided(), [PatternGuide(sheet, wanted_w(sheet))])
    )
    assert steps[-1].ended is EndReason.REACHED
    assert len(steps) < 20
    truth = sheet.GAIN * steps[-1].w.mean(dim=0)[:2].numpy()
    np.testing.assert_allclose(truth, (3, 1), atol=0.5)


def test_it_moves_w_and_w_alone_where_the_config_says_w():
    sheet = RubberSheet()
    start = 0.01 * torch.randn(6, 8, generator=torch.Generator().manual_seed(0))
    steps = list(drag(sheet, start, NO_POINTS, DragConfig.guided(), [PatternGuide(sheet, wanted_w(sheet))]))
    moved = steps[-1].w - start
    torch.testing.assert_close(moved, moved[:1].expand(6, 8), atol=1e-6, rtol=0)


def test_each_guide_sees_the_resolution_that_it_names():
    guides = [Spy(16), Spy(8), Spy(12), Spy(100)]
    one_step(guides)
    assert [guide.shapes[0] for guide in guides] == [
        (1, 3, 16, 16),
        (1, 3, 8, 8),
        (1, 3, 12, 12),
        (1, 3, 32, 32),
    ]
    guide = Spy(16)
    one_step([guide], sheet=RubberSheet(width_px=16))
    assert guide.shapes == [(1, 3, 16, 8)]


def test_the_generator_runs_no_further_than_somebody_looks():
    asked = []

    class Listening(RubberSheet):
        def taps(self, ws, feature_block=None, rgb_resolution=None, noise_mode="const", cut=None):
            asked.append((feature_block, rgb_resolution, noise_mode))
            return super().taps(ws, feature_block, rgb_resolution, noise_mode)

    point = DragRequest([LEFT], [(13, 17)])
    both = dataclasses.replace(DragConfig.guided(), motion_weight=1.0)
    mask = np.zeros((32, 32))
    mask[:16] = 1
    one_step([Spy(12)], sheet=Listening())
    one_step([Spy(8)], point, both, Listening())
    one_step([], point, DragConfig(), Listening())
    one_step([], DragRequest([LEFT], [(13, 17)], mask), DragConfig(hold_weight=1.0), Listening())
    assert asked == [(None, 16, "const"), (3, 8, "const"), (3, None, "const"), (3, 32, "const")]


def test_it_is_asked_once_a_step():
    sheet = RubberSheet()
    guide = PatternGuide(sheet, wanted_w(sheet))
    steps = list(drag(sheet, sheet.start(), NO_POINTS, DragConfig.guided(), [guide]))
    assert guide.asked == len(steps)


def test_handles_are_where_the_guide_sees_them_and_else_where_they_were():
    request = DragRequest([LEFT, (20, 20)], [(13, 17), (21, 22)])
    seen = one_step([Spy(8, [[11.0, 15.5], [torch.nan, torch.nan]])], request)
    assert seen.points.tolist() == [[11, 15.5], [20, 20]]
    np.testing.assert_allclose(seen.distances, [2.5, np.sqrt(5)], rtol=1e-5)
    assert one_step([Spy(8)], request).points.tolist() == [list(LEFT), [20, 20]]


def test_guide_and_features_pull_together():
    sheet = RubberSheet()
    config = dataclasses.replace(DragConfig.guided(), motion_weight=0.2)
    guide = PatternGuide(sheet, wanted_w(sheet))
    steps = list(drag(sheet, sheet.start(), DragRequest([LEFT], [(13, 17)]), config, [guide]))
    assert steps[-1].ended is EndReason.REACHED
    assert set(steps[0].losses) == {"motion", "guide", "tether"}


def test_several_guides_must_all_be_content():
    sheet = RubberSheet()
    easy = PatternGuide(sheet, wanted_w(sheet), tolerance=0.9)
    strict = PatternGuide(sheet, wanted_w(sheet), tolerance=0.05)
    last = list(drag(sheet, sheet.start(), NO_POINTS, DragConfig.guided(), [easy, strict]))[-1]
    assert last.ended is EndReason.REACHED and last.remaining <= 0.05


def test_the_picture_outside_the_mask_is_held():
    """The guide wants both halves to move; the mask frees the left one."""
    sheet = RubberSheet()
    mask = np.zeros((32, 32))
    mask[:, :16] = 1
    right = []
    for weight in (0.0, 100.0):
        config = dataclasses.replace(DragConfig.guided(), hold_weight=weight, max_steps=25, patience=25)
        guide = PatternGuide(sheet, wanted_w(sheet, right=-0.06), tolerance=0.0)
        last = list(drag(sheet, sheet.start(), DragRequest([], [], mask), config, [guide]))[-1]
        right.append(abs(float(last.w.mean(dim=0)[2])))
    free, held = right
    assert free > 0.05
    assert held < 0.5 * free


def test_the_held_picture_is_weighed_by_the_mask():
    mask = torch.zeros(8, 8)
    mask[:4] = 1
    rgb = torch.zeros(1, 3, 4, 4)
    weights = picture.held_weights(mask, rgb)
    assert weights is not None and weights.sum() == pytest.approx(1)
    changed = rgb.clone()
    changed[:, :, :2] = 1
    assert picture.hold(changed, rgb, weights) == 0
    changed[:, :, 2:] = 0.5
    assert picture.hold(changed, rgb, weights) == pytest.approx(0.25)
    assert picture.held_weights(torch.ones(8, 8), rgb) is None
