"""Several drags as one program take the steps that each takes alone."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from drag import precision
from drag.batch import drag_batch
from drag.config import DragConfig
from drag.engine import drag
from drag.request import DragRequest
from drag.session import DragSession
from tests.drag.stubs import PatternGuide, RubberSheet
from training.networks_stylegan2 import Generator

PLACES = ((100, 120), (110, 116), (30, 200))


@pytest.fixture(autouse=True)
def full_floats(monkeypatch):
    monkeypatch.setattr(precision, "multiplies_half_floats", lambda: False)


@pytest.fixture(scope="module")
def generator():
    torch.manual_seed(0)
    made = Generator(16, 0, 16, 256, 3, channel_base=1024, channel_max=16)
    return made.eval().requires_grad_(False)


def start(generator, seed):
    return generator.mapping(torch.randn(1, 16, generator=torch.Generator().manual_seed(seed)))[0]


def request_at(place, masked):
    points = np.array([place], np.float32)
    mask = np.zeros((256, 256), np.float32)
    mask[max(place[1] - 40, 0) : place[1] + 40, max(place[0] - 40, 0) : place[0] + 40] = 1
    return DragRequest(points, (points + (20, -10)).clip(0, 255), mask if masked else None)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("preset", ["paper", "published"])
def test_each_goes_the_way_that_it_goes_alone(generator, preset, masked):
    config = dataclasses.replace(getattr(DragConfig, preset)(), step_size=0.05, max_steps=5, r1=8.0)
    requests = [request_at(place, masked) for place in PLACES[: 2 if masked else 3]]
    starts = [start(generator, seed) for seed in range(len(requests))]
    sessions = [DragSession(generator, w, r, config) for w, r in zip(starts, requests, strict=True)]
    together: Any = list(drag_batch(generator, sessions))
    for index, (w, request) in enumerate(zip(starts, requests, strict=True)):
        mine = [steps[index] for steps in together if steps[index] is not None]
        alone = list(drag(generator, w, request, config))
        assert len(mine) == len(alone) and mine[-1].ended == alone[-1].ended
        for one, other in zip(mine, alone, strict=True):
            assert np.allclose(one.points, other.points, atol=0.05)
            assert torch.allclose(one.w, other.w, atol=5e-3)


def test_the_generator_runs_once_a_step_for_all_and_who_has_ended_drops_out():
    class Counting(RubberSheet):
        batches: list[int] = []

        def taps(self, ws, *arguments, **options):
            self.batches.append(len(ws))
            found: Any = [super(Counting, self).taps(w[None], *arguments, **options) for w in ws]
            return found[0]._replace(features=torch.cat([each.features for each in found]))

    sheet = Counting()
    points = np.array([[10, 16]], np.float32)
    lengths = (2, 5)
    sessions = [
        DragSession(sheet, sheet.start(), DragRequest(points, points + 6), DragConfig(max_steps=count))
        for count in lengths
    ]
    steps: Any = list(drag_batch(sheet, sessions))
    assert Counting.batches == [2, 2, 2, 1, 1, 1]
    assert [step is None for step, _ in steps] == [False] * 3 + [True] * 3
    assert steps[2][0].ended is not None and steps[5][1].ended is not None


def test_guides_look_at_their_own_picture_each():
    class Several(RubberSheet):
        def taps(self, ws, *arguments, **options):
            found: Any = [super(Several, self).taps(w[None], *arguments, **options) for w in ws]
            return found[0]._replace(rgb=torch.cat([each.rgb for each in found]))

    sheet = Several()
    config = dataclasses.replace(DragConfig.guided(), max_steps=4, natural=False, step_size=0.02)
    wanted = [sheet.start() + 0.02, sheet.start() - 0.03]
    empty = DragRequest([], [])

    def session(goal):
        return DragSession(sheet, sheet.start(), empty, config, [PatternGuide(sheet, goal)])

    together: Any = list(drag_batch(sheet, [session(goal) for goal in wanted]))
    for index, goal in enumerate(wanted):
        alone = list(drag(sheet, sheet.start(), empty, config, [PatternGuide(sheet, goal)]))
        mine = [steps[index] for steps in together if steps[index] is not None]
        assert len(mine) == len(alone)
        assert torch.allclose(mine[-1].w, alone[-1].w, atol=1e-5)
