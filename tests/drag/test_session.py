"""A drag under way may be changed between two steps."""

import dataclasses

import numpy as np
import pytest
import torch

from drag.session import DragSession
from drag.types import DragConfig, DragRequest, EndReason, RequestError
from tests.drag.stubs import PatternGuide, RubberSheet

LEFT, RIGHT = RubberSheet.LEFT, RubberSheet.RIGHT


def session_of(request=None, config=None, guides=()):
    sheet = RubberSheet()
    return DragSession(sheet, sheet.start(), request or DragRequest([LEFT], [(16, 18)]), config, guides)


def run(session, steps):
    return [session.step() for _ in range(steps)]


def test_w_is_where_the_next_step_looks():
    session = session_of()
    for _ in range(3):
        w = session.w
        assert torch.equal(session.step().w, w)
        assert not torch.equal(session.w, w)


def test_a_new_step_size_counts_from_the_next_step_on():
    session = session_of()
    run(session, 3)
    before = session.w
    session.change(config=dataclasses.replace(session.config, step_size=0.01))
    session.step()
    # A fresh Adam moves each component by its step size.
    assert (session.w - before).abs().max().item() == pytest.approx(0.01, rel=1e-3)


def test_an_unchanged_step_size_keeps_the_rule_and_its_memory():
    changed, plain = session_of(), session_of()
    run(changed, 4), run(plain, 4)
    changed.change(config=dataclasses.replace(changed.config, max_steps=50))
    run(changed, 3), run(plain, 3)
    assert torch.equal(changed.w, plain.w)


def test_targets_can_be_moved_while_it_runs():
    session = session_of()
    step = run(session, 4)[-1]
    session.change(DragRequest(step.points, [(8, 14)]))
    steps = run(session, 60)
    assert next(s for s in steps if s.ended).ended is EndReason.REACHED
    assert steps[0].remaining == 1


def test_a_handle_can_be_added_while_it_runs():
    session = session_of()
    step = run(session, 3)[-1]
    session.change(DragRequest([*step.points, RIGHT], [(13, 17), (20, 16)]))
    step = run(session, 10)[-1]
    assert step.points.shape == (2, 2)
    assert session.w.mean(dim=0)[2] < 0


def test_a_mask_can_be_put_on_while_it_runs_and_holds_the_first_picture():
    config = DragConfig(space="w", patience=100)
    session = session_of(DragRequest([LEFT, RIGHT], [(14, 16), (26, 16)]), config)
    step = run(session, 8)[-1]
    mask = np.zeros((32, 32))
    mask[:, :16] = 1
    moved = session.w[0, 2].item()
    session.change(DragRequest(step.points, session.request.targets, mask))
    run(session, 25)
    assert abs(session.w[0, 2].item()) < 0.7 * moved


def test_the_space_can_be_changed_and_w_does_not_jump():
    session = session_of()
    run(session, 3)
    before = session.w
    session.change(config=dataclasses.replace(session.config, space="w"))
    torch.testing.assert_close(session.w, before)
    run(session, 2)
    moved = session.w - before
    torch.testing.assert_close(moved, moved[:1].expand_as(moved), atol=1e-6, rtol=0)


def test_a_change_that_cannot_be_is_refused_and_the_drag_goes_on():
    changed, plain = session_of(), session_of()
    run(changed, 2), run(plain, 2)
    with pytest.raises(RequestError):
        changed.change(DragRequest([(99, 99)], [(1, 1)]))
    with pytest.raises(RequestError):
        changed.change(config=dataclasses.replace(changed.config, motion_weight=0.0))
    assert torch.equal(changed.step().w, plain.step().w)


def test_a_drag_that_ended_goes_on_after_a_change():
    session = session_of(config=DragConfig(max_steps=2))
    steps = run(session, 3)
    assert steps[-1].ended is EndReason.STEP_LIMIT
    session.change(config=dataclasses.replace(session.config, max_steps=6))
    assert [step.ended for step in run(session, 3)] == [None] * 3


def test_the_limit_counts_all_steps_of_a_drag_however_often_its_options_change():
    session = session_of(config=DragConfig(max_steps=20))
    run(session, 3)
    session.change(config=dataclasses.replace(session.config, max_steps=5))
    last = run(session, 60)[-1]
    assert (last.ended, last.index) == (EndReason.STEP_LIMIT, 5)


def test_after_the_end_it_stands_at_the_state_that_it_gave_back():
    session = session_of(config=DragConfig(max_steps=3))
    last = run(session, 4)[-1]
    assert torch.equal(session.w, last.w)


def test_references_can_be_taken_anew():
    session = session_of()
    run(session, 5)
    session.forget_references()
    at = session.step()
    # The handle is known by its new surroundings, so it stays where it was taken to be.
    assert np.linalg.norm(at.points - session.step().points) < 1


def test_motion_can_be_switched_on_beside_a_guide():
    sheet = RubberSheet()
    wanted = sheet.start()
    wanted[:, 0] = 0.06
    guide = PatternGuide(sheet, wanted)
    session = DragSession(sheet, sheet.start(), DragRequest([LEFT], [(13, 16)]), DragConfig.guided(), [guide])
    assert "motion" not in session.step().losses
    session.change(config=dataclasses.replace(session.config, motion_weight=0.1))
    assert "motion" in session.step().losses
