"""A drag always ends, says why in one line, and gives the best state back."""

import dataclasses

import numpy as np
import pytest
import torch

from drag.ending import EndJudge, describe
from drag.engine import drag
from drag.types import DragConfig, DragError, DragRequest, EndReason, GuideReading
from tests.drag.stubs import RubberSheet

LEFT = RubberSheet.LEFT


class ToldGuide:
    """Says what it was told to say about how much is left, step by step, and where the handle is."""

    resolution = 8
    tolerance = 0.1

    def __init__(self, remaining, points=None):
        self.remaining = list(remaining)
        self.points = list(points or [])
        self.asked = 0

    def __call__(self, rgb):
        index = min(self.asked, len(self.remaining) - 1)
        self.asked += 1
        points = torch.empty(0, 2)
        if self.points:
            points = torch.tensor([self.points[min(index, len(self.points) - 1)]])
        left = torch.tensor(float(self.remaining[index]))
        return GuideReading(left + 1e-3 * rgb.square().mean(), points, left)


def guided_steps(guide, **options):
    sheet = RubberSheet()
    config = dataclasses.replace(DragConfig.guided(), step_rule="adam", step_size=1e-3, **options)
    return list(drag(sheet, sheet.start(), DragRequest([LEFT], [(20, 16)]), config, [guide]))


def test_reached_when_every_guide_is_content():
    steps = guided_steps(ToldGuide([1, 0.5, 0.3, 0.1, 0]))
    assert [step.remaining for step in steps] == pytest.approx([1, 0.5, 0.3, 0.1])
    assert steps[-1].ended is EndReason.REACHED


def test_nothing_to_do_where_all_is_as_it_should_be():
    sheet = RubberSheet()
    (step,) = drag(sheet, sheet.start(), DragRequest([LEFT], [LEFT]))
    assert step.ended is EndReason.NOTHING_TO_DO
    (step,) = guided_steps(ToldGuide([0.05]))
    assert step.ended is EndReason.NOTHING_TO_DO


def test_the_step_limit_counts_moves():
    sheet = RubberSheet()
    for limit in (0, 1, 4):
        config = DragConfig(max_steps=limit)
        steps = list(drag(sheet, sheet.start(), DragRequest([LEFT], [(20, 16)]), config))
        assert len(steps) == limit + 1
        assert steps[-1].ended is EndReason.STEP_LIMIT
        assert f"limit of {limit} step" in steps[-1].message


def test_a_drag_that_gets_nowhere_stalls_and_gives_the_best_state_back():
    steps = guided_steps(ToldGuide([1, 0.7, 0.4, *[0.6] * 50]), patience=8)
    last, best = steps[-1], steps[2]
    assert last.ended is EndReason.STALLED
    assert last.index == 10
    assert torch.equal(last.w, best.w) and last.remaining == best.remaining == pytest.approx(0.4)
    assert "after step 2, is given back: 40% of the way is left" in last.message
    assert [step.best for step in steps] == [True, True, True, *[False] * 7, True]


def test_handles_that_go_to_and_fro_are_told_from_those_that_stay():
    there_and_back = [(10.0, 16.0), (12.0, 16.0)] * 30
    steps = guided_steps(ToldGuide([1, 0.8, *[0.9] * 60], there_and_back), patience=8)
    assert steps[-1].ended is EndReason.OSCILLATING
    steps = guided_steps(ToldGuide([1, 0.8, *[0.9] * 60], [(12.0, 16.0)]), patience=8)
    assert steps[-1].ended is EndReason.STALLED


def test_failed_steps_that_are_taken_back_are_no_going_to_and_fro():
    reasons = []
    for step_rule in ("adam", "adaptive"):
        judge = EndJudge(DragConfig(step_rule=step_rule, patience=6))
        places = [np.full((1, 2), 2.0 * (index % 2), dtype=np.float32) for index in range(9)]
        told = [judge.observe(False, 0.5 + place[0, 0], place) for place in places]
        reasons.append(next(reason for reason in told if reason is not None))
    assert reasons == [EndReason.OSCILLATING, EndReason.STALLED]


def test_slow_progress_is_progress():
    steps = guided_steps(ToldGuide(np.linspace(1, 0, 201)), patience=10, max_steps=300)
    assert steps[-1].ended is EndReason.REACHED


def test_a_drag_with_no_slope_at_the_start_stalls_at_once():
    """The published circle holds no pixel at 32 px: its loss is NaN and its slope 0."""
    sheet = RubberSheet()
    request = DragRequest([LEFT], [(20, 16)])
    (step,) = drag(sheet, sheet.start(), request, DragConfig.published())
    assert step.ended is EndReason.STALLED
    assert np.isnan(step.loss)


def test_the_caller_stops_by_not_asking_any_more():
    sheet = RubberSheet()
    steps = drag(sheet, sheet.start(), DragRequest([LEFT], [(20, 16)]))
    next(steps)
    step = next(steps)
    steps.close()  # type: ignore[attr-defined]
    last = step.stopped()
    assert last.ended is EndReason.STOPPED and last.message == "Stopped after 1 step."
    assert torch.equal(last.w, step.w)


def test_a_loss_that_breaks_on_the_way_is_an_error():
    class Breaking(ToldGuide):
        def __call__(self, rgb):
            reading = super().__call__(rgb)
            return reading._replace(loss=reading.loss * (torch.nan if self.asked > 3 else 1))

    with pytest.raises(DragError, match=r"After 3 steps the loss \(guide\) is not a number"):
        guided_steps(Breaking([1, 0.9]))


class WildGuide(ToldGuide):
    """Is content from the second picture on; the picture outside the mask is another one at first."""

    def __call__(self, rgb):
        reading = super().__call__(rgb)
        return reading._replace(loss=reading.loss + rgb.mean())


def test_a_wild_state_is_not_taken_for_the_goal_though_its_guide_is_content():
    """What is held has changed too much: the drag goes on, and ends at a state that is quieter."""
    sheet = RubberSheet()
    mask = np.zeros((32, 32))
    mask[:, :12] = 1
    config = dataclasses.replace(DragConfig.guided(), hold_weight=1e4, step_size=0.5, tether_weight=0.0)
    guide = WildGuide([1, 0.05])
    steps = list(drag(sheet, sheet.start(), DragRequest([], [], mask), config, [guide]))
    assert steps[1].losses["hold"] > 1 and steps[1].ended is None
    last = steps[-1]
    assert last.losses["hold"] < 0.1 * steps[1].losses["hold"]


def test_a_drag_that_can_get_no_further_has_arrived_if_its_best_state_is_content():
    """The guide is content with step 1; the tether costs too much to rest there, but nothing is better."""
    steps = guided_steps(ToldGuide([1, 0.05, *[0.3] * 60]), patience=8, tether_weight=5e4)
    assert steps[1].ended is None and steps[1].losses["tether"] > 0.1
    last = steps[-1]
    assert last.ended is EndReason.REACHED and last.index == 9
    assert torch.equal(last.w, steps[1].w)


def test_every_reason_has_its_line():
    for reason in EndReason:
        line = describe(reason, 3, 2, np.array([1.0, 2.0], dtype=np.float32), 0.25)
        assert line and "\n" not in line


def test_the_judge_does_not_end_a_drag_before_its_patience_is_out():
    judge = EndJudge(DragConfig(patience=5))
    points = np.zeros((1, 2), dtype=np.float32)
    reasons = [judge.observe(False, 1.0, points) for _ in range(7)]
    assert reasons == [None] * 5 + [EndReason.STALLED] * 2
