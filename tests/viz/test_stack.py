"""The stack of edits: its rules as plain functions, and the panel in the real window."""

import dataclasses

import numpy as np
import pytest

from faces.expressions import EXPRESSIONS, Library
from faces.stack import Part
from tests.viz.bench import bench as bench
from tests.viz.bench import path, w
from tests.viz.fakes import face_at
from viz import actions, answers, commands
from viz.state import PointPair
from viz.words import measured_now, outcome_text, went_well


def test_an_edit_lies_on_the_stack_with_what_was_asked(bench):
    bench.do(actions.ChangeFace(dataclasses.replace(bench.state.face, strengths={"smile": 0.6})))
    bench.click("smile", w(1))
    (layer,) = bench.stack
    assert layer.parts == (Part("smile", 0.6),) and layer.title == "Smile" and layer.amount == 1 and layer.on
    assert np.array_equal(bench.state.picture.w, w(1))


def test_the_amount_moves_the_picture_at_once_and_exactly(bench):
    bench.click("smile", w(1))
    for amount, expected in ((0.0, w(0)), (0.5, w(0) + 0.5 * (w(1) - w(0))), (1.0, w(1))):
        bench.amount(0, amount)
        (went,) = bench.of_kind(commands.GoTo)
        assert np.allclose(went.w, expected, atol=1e-6) and not bench.of_kind(commands.Adjust)
        assert amount == 0.5 or np.array_equal(went.w, expected)
        assert bench.state.picture.w is went.w
    bench.amount(0, 9.0)
    assert bench.stack[0].amount == 1.5, "within bounds"


def test_an_edit_can_be_switched_off_moved_and_taken_out(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    first = bench.stack[0]
    bench.do(actions.ChangeLayer(0, dataclasses.replace(first, on=False)))
    assert np.allclose(bench.state.picture.w, w(0) + w(2) - w(1), atol=1e-5)
    bench.do(actions.MoveLayer(0, 1))
    assert [layer.title for layer in bench.stack] == ["Close eyes", "Smile"]
    bench.do(actions.RemoveLayer(0))
    assert [layer.title for layer in bench.stack] == ["Smile"]
    bench.do(actions.ClearStack())
    assert bench.stack == () and np.array_equal(bench.state.picture.w, w(0))


def test_all_of_it_can_be_undone_in_words(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    for amount in (0.8, 0.6):
        bench.amount(0, amount)
    bench.do(actions.LetGo())
    bench.do(actions.ChangeLayer(1, dataclasses.replace(bench.stack[1], on=False)))
    bench.do(actions.LetGo())
    bench.do(actions.MoveLayer(0, 1))
    bench.do(actions.LetGo())
    bench.do(actions.ClearStack())
    said = [entry.words for entry in bench.state.history.entries][-4:]
    assert said == [
        "Smile: amount 0.60", "Close eyes: switched off", "Edits put in another order", "Stack cleared",
    ]  # fmt: skip
    for _ in range(4):
        bench.do(actions.Undo())
    assert np.array_equal(bench.state.picture.w, w(2)) and [one.amount for one in bench.stack] == [1, 1]


def test_on_another_picture_the_stack_waits_and_is_replayed_in_its_order(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.amount(0, 0.5)
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    bench.show(w(5))
    assert [(layer.title, layer.done, layer.amount) for layer in bench.stack] == [
        ("Smile", False, 0.5), ("Close eyes", False, 1.0),
    ]  # fmt: skip
    bench.do(actions.ReplayStack())
    (asked,) = bench.of_kind(commands.Adjust)
    assert asked.expression.key == "smile" and bench.state.job.title == "Smile"
    bench.end(w(6))
    # Half of the smile is used before the eyes are closed.
    (went,), (asked,) = bench.of_kind(commands.GoTo), bench.of_kind(commands.Adjust)
    assert np.allclose(went.w, w(5) + 0.5 * (w(6) - w(5)), atol=1e-6)
    assert asked.expression.key == "close_eyes" and asked.epoch > went.epoch
    bench.end(w(7))
    assert [layer.done for layer in bench.stack] == [True, True] and not bench.state.busy
    assert np.array_equal(bench.state.picture.w, w(7))


def test_a_replay_need_not_wait_for_the_first_frame_of_a_picture(bench):
    bench.click("smile", w(1))
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    bench.do(actions.ReplayStack())
    assert [one.expression.key for one in bench.of_kind(commands.Adjust)] == ["smile"]
    epoch = bench.state.job.epoch
    bench.hear(answers.Ended(epoch, "reached", "", 3, 0.1, faces=(face_at(),), path=path(w(5), w(6))))
    assert bench.stack[0].done and np.array_equal(bench.state.picture.own_w, w(5))


def test_one_that_is_off_is_not_replayed(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.do(actions.ChangeLayer(0, dataclasses.replace(bench.stack[0], on=False)))
    bench.do(actions.ReplayStack())
    assert [one.expression.key for one in bench.of_kind(commands.Adjust)] == ["close_eyes"]
    bench.end(w(3))
    assert [layer.done for layer in bench.stack] == [False, True]


@pytest.mark.parametrize("ending", ["stopped", "failed"])
def test_a_replay_that_is_stopped_or_fails_does_no_more(bench, ending):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.do(actions.ReplayStack())
    if ending == "stopped":
        bench.end(w(3), "stopped")
    else:
        bench.hear(answers.Failed(bench.state.job.epoch, "no face"))
    assert not bench.of_kind(commands.Adjust) and not bench.state.busy and bench.state.replay is None
    assert [layer.done for layer in bench.stack] == [ending == "stopped", False]


def test_the_first_edit_of_another_picture_begins_a_new_stack(bench):
    bench.click("smile", w(1))
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    bench.show(w(5))
    bench.click("close_eyes", w(6))
    assert [layer.title for layer in bench.stack] == ["Close eyes"]


def test_joined_edits_are_asked_for_at_once(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.do(actions.JoinLayers())
    (layer,) = bench.stack
    assert layer.title == "Smile + Close eyes" and np.array_equal(bench.state.picture.w, w(0))
    bench.do(actions.ReplayStack())
    (asked,) = bench.of_kind(commands.Adjust)
    assert [row.key for row, _ in asked.expression.members] == ["smile", "close_eyes"]


def test_a_drag_by_hand_is_replayed_as_a_direction(bench):
    bench.do(actions.ChangeDrag(dataclasses.replace(bench.state.drag, pairs=(PointPair((1, 1), (5, 5)),))))
    bench.do(actions.StartDrag())
    bench.end(w(1))
    assert bench.stack[0].parts == () and bench.stack[0].title == "Drag"
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    bench.show(w(5))
    bench.do(actions.ReplayStack())
    (went,) = bench.of_kind(commands.GoTo)
    assert np.allclose(went.w, w(5) + w(1) - w(0), atol=1e-5) and not bench.of_kind(commands.Adjust)


def test_where_an_edit_ends_may_be_chosen_later(bench):
    bench.click("smile", w(1))
    bench.amount(0, 0.3)
    bench.do(actions.ScrubEdit(0.5))
    assert bench.stack[0].amount == 1 and np.allclose(bench.stack[0].end, (w(0) + w(1)) / 2, atol=1e-6)
    assert np.array_equal(bench.state.picture.w, bench.stack[0].end)


def test_reset_takes_all_edits_out(bench):
    bench.click("smile", w(1))
    bench.do(actions.ResetFace())
    assert bench.stack == ()


def test_while_an_edit_runs_the_stack_stays(bench):
    bench.click("smile", w(1))
    bench.do(actions.ClickExpression("close_eyes"))
    before = bench.stack
    for action in (actions.RemoveLayer(0), actions.ClearStack(), actions.ReplayStack()):
        bench.do(action)
        assert bench.stack is before and bench.asked == ()


def test_nothing_to_replay_or_to_save_is_said(bench):
    for action, says in (
        (actions.ReplayStack(), "Nothing to replay"),
        (actions.SaveRecipe(), "Nothing to save"),
        (actions.OpenStackFile("  "), "No path"),
    ):
        bench.do(action)
        assert says in bench.state.banners[-1].text


def test_what_an_edit_measures_now_is_told_from_the_face_that_is_seen(bench):
    bench.click("smile", w(1))
    bench.hear(answers.Detected(bench.state.epoch + 1, (face_at(),)))
    (text,) = measured_now(bench.state, bench.stack[0])
    assert text.startswith("mouth corners, height now ") and text.endswith(" px")
    bench.amount(0, 0.4)
    assert measured_now(bench.state, bench.stack[0]) == [], "nobody has looked at this picture yet"
    bench.show()
    (look,) = bench.asked
    assert isinstance(look, commands.Detect) and look.patient


def test_the_result_is_told_in_plain_words(bench):
    bench.click("smile", w(1))
    outcome = dataclasses.replace(
        bench.state.face.outcome,
        reason="stalled",
        report=answers.Report("tilt, clockwise", 0.2, -4.8, -3.0, 0.6, None, 1.2, unit="°"),
    )
    assert outcome_text(outcome) == (
        "Smile: as far as this model goes, 0.1 s  ·  tilt, clockwise 0.2, asked -4.8, "
        "got -3.0 ° (60%)  ·  elsewhere 1.2 of 255"
    )


@pytest.mark.parametrize(
    ("reason", "share", "closed", "good"),
    [
        ("stalled", 0.89, "", True),
        ("stalled", 0.60, "", False),
        ("oscillating", 0.60, "closed, by the detector and by the tracked lids", True),
        ("stalled", 0.60, "closed by the tracked lids, not by the detector: look", False),
        ("stalled", None, "", False),
        ("reached", 0.60, "", True),
    ],
)
def test_what_is_as_good_as_done_is_told_from_what_is_not(bench, reason, share, closed, good):
    bench.click("smile", w(1))
    report = answers.Report("lid aperture", 9.0, 0.0, 1.0, share, None, 1.2, closed=closed)
    outcome = dataclasses.replace(bench.state.face.outcome, reason=reason, report=report)
    assert went_well(outcome) is good


def test_an_expression_of_ones_own_is_offered_and_asked_for(bench):
    own = dataclasses.replace(EXPRESSIONS["smile"], key="grin", title="Grin", group="own")
    face = dataclasses.replace(bench.state.face, library=Library({**EXPRESSIONS, "grin": own}))
    bench.do(actions.ChangeFace(face))
    bench.do(actions.ClickExpression("grin"))
    assert bench.of_kind(commands.Adjust)[0].expression == own
