"""Handles pulled by their distance: the slope is that of their true place, and few steps are needed."""

import dataclasses

import numpy as np
import pytest
import torch

from drag.config import DragConfig
from drag.engine import drag
from drag.registration import RegistrationMatching
from drag.session import DragSession
from drag.trail import Trail
from drag.types import DragRequest, EndReason
from tests.drag.stubs import RubberSheet

LEFT, RIGHT = RubberSheet.LEFT, RubberSheet.RIGHT
SIZE = (32, 32)
# One standard deviation of the stub's w moves the sheet by half a pixel.
DIRECTIONS = 0.01 * torch.eye(8)


def steps_of(request, config=None, directions=DIRECTIONS, sheet=None):
    sheet = sheet or RubberSheet()
    config = config or DragConfig.swift()
    return list(drag(sheet, sheet.start(), request, config, directions=directions))


def features_at(sheet, shift):
    w = torch.zeros(6, 8)
    w[:, :2] = torch.as_tensor(shift) / RubberSheet.GAIN
    return sheet.features(w[None], *SIZE)


@pytest.mark.parametrize("target", [(12.0, 17.0), (10.0, 20.0), (6.0, 13.0)])
def test_a_handle_is_there_in_a_few_steps(target):
    last = steps_of(DragRequest([LEFT], [target]))[-1]
    assert last.ended is EndReason.REACHED
    truth = np.array(LEFT) + RubberSheet.GAIN * last.w.mean(dim=0)[:2].numpy()
    assert np.linalg.norm(truth - target) < 0.5
    by_paper = steps_of(DragRequest([LEFT], [target]), DragConfig.paper())[-1]
    assert last.index <= 15 and last.index < 0.5 * by_paper.index


@pytest.mark.parametrize("shift", [(0.0, 0.0), (1.5, -0.5), (-2.0, 1.0)])
def test_handles_are_found_where_the_sheet_took_them(shift):
    sheet = RubberSheet()
    matching = RegistrationMatching(DragConfig.swift(), SIZE, 1)
    handle = torch.tensor([LEFT])
    reference = matching.reference(features_at(sheet, (0.0, 0.0)), handle)
    found = matching.track(features_at(sheet, shift), reference, handle)
    assert (found - handle - torch.tensor([shift])).norm() < 0.2


def test_the_slope_of_the_pull_is_that_of_the_true_distance():
    """Half a pixel further by w, and the pull changes as the pseudo-Huber distance does."""
    sheet = RubberSheet()
    matching = RegistrationMatching(DragConfig.swift(), SIZE, 1)
    handle, target = torch.tensor([LEFT]), torch.tensor([(14.0, 18.0)])
    reference = matching.reference(features_at(sheet, (0.0, 0.0)), handle)
    shift = torch.zeros(2, requires_grad=True)
    pull = matching.motion(features_at(sheet, shift), reference, handle, target).sum()
    (slope,) = torch.autograd.grad(pull, shift)

    place = handle[0].clone().requires_grad_()
    distance = (((place - target[0]) / (8.0 * 32 / 512)).square().sum() + 1).sqrt() - 1
    (true_slope,) = torch.autograd.grad(distance, place)
    assert pull.item() == pytest.approx(distance.item(), rel=1e-5)
    assert torch.allclose(slope, true_slope, rtol=0.25, atol=0.05 * true_slope.norm().item())


def test_a_handle_that_lost_its_features_goes_with_the_others():
    """Eight handles move together; where one was, the picture has become another."""
    random = torch.Generator().manual_seed(1)
    map_before = torch.randn(1, 12, 32, 32, generator=random)
    map_after = map_before.roll((1, 2), (2, 3))
    map_after[:, :, 21:29, 21:29] = torch.randn(1, 12, 8, 8, generator=random)
    handles = torch.tensor([(6, 6), (14, 6), (22, 6), (6, 14), (14, 14), (22, 14), (6, 22), (22.0, 24.0)])
    matching = RegistrationMatching(DragConfig.swift(), SIZE, len(handles))
    reference = matching.reference(map_before, handles)
    found = matching.track(map_after, reference, handles) - handles
    assert torch.allclose(found, torch.tensor([2.0, 1.0]).expand(8, 2), atol=0.3)


def test_after_a_failed_step_handles_are_looked_for_from_the_nearest_state():
    trail = Trail()
    for at in (0.0, 1.0, 4.0):
        trail.note(torch.full((1, 2), at), np.full((1, 2), at, dtype=np.float32))
    for shift, nearest in ((1.3, 1.0), (9.0, 4.0)):
        assert (trail.nearest(torch.full((1, 2), shift)) == nearest).all()


def test_a_drag_goes_on_when_the_preset_changes_under_way():
    sheet = RubberSheet()
    request = DragRequest([LEFT], [(12.0, 17.0)])
    session = DragSession(sheet, sheet.start(), request, DragConfig.paper(), directions=DIRECTIONS)
    session.step()
    session.change(config=DragConfig.swift())
    session.step()
    session.change(config=dataclasses.replace(DragConfig.published(), r1=32.0, r2=48.0))
    assert np.isfinite(session.step().distances).all()


def test_without_directions_and_with_a_mask_it_gets_there_too():
    mask = np.zeros(SIZE)
    mask[:, :16] = 1
    config = dataclasses.replace(DragConfig.swift(), step_size=0.01)
    last = steps_of(DragRequest([LEFT, RIGHT], [(12.0, 17.0), RIGHT], mask), config, None)[-1]
    assert last.ended is EndReason.REACHED
    assert last.w[:6, 2:4].mean(dim=0).norm() < 0.3 * last.w[:6, :2].mean(dim=0).norm()


@pytest.mark.parametrize("name", ["swift", "paper", "published"])
def test_a_preset_is_found_by_its_name_with_all_its_options(name):
    assert DragConfig.named(name) == getattr(DragConfig, name)()
    assert DragConfig.named(name).preset == name
