"""A job that waits, does one step, goes on with what was changed, and ends when it is told to."""

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dnnlib.latents import Latent
from drag.config import DragConfig
from drag.request import DragRequest
from tests.viz.desk import Desk, open_desk
from tests.viz.fakes import FakeSession
from viz import actions, answers, commands, editor
from viz.stage.shown import pairs_to_show
from viz.state import EditorState, Marker, PointPair
from viz.words import status_text

REQUEST = DragRequest([[10, 10]], [[20, 20]])
INFO = answers.NetworkInfo(Path("a.safetensors"), "A", "00", 64, 64, 8, 16, 4)


def act(state: Any, action: actions.Action) -> Any:
    return editor.act(state, action)


def hear(state: Any, news: answers.News | answers.Frame) -> Any:
    return editor.hear(state, news)


# ----------------------------------------------------------------------------
# The worker.


@pytest.fixture
def desk() -> Iterator[Desk]:
    with open_desk(FakeSession(steps=6)) as desk:
        yield desk


def steps_of(desk: Desk) -> list[int]:
    desk.poll()
    return [one.done for one in desk.news if isinstance(one, answers.Progress)]


def wait_for_pauses(desk: Desk, count: int) -> None:
    desk.wait_until(lambda: sum(isinstance(one, answers.Paused) for one in desk.news) >= count)


def test_one_step_is_one_step_and_then_it_waits(desk: Desk):
    desk.worker.send(commands.Pace(2, 1))
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    wait_for_pauses(desk, 1)
    time.sleep(0.05)
    assert steps_of(desk) == [0, 1]
    assert desk.frames[-1].step == 1, "the very step that it stands at is shown"
    desk.worker.send(commands.Pace(2, 2))
    wait_for_pauses(desk, 2)
    assert steps_of(desk) == [0, 1, 2, 3]
    desk.worker.send(commands.Pace(2, None))
    assert desk.wait_for(answers.Ended).reason == "reached"
    assert steps_of(desk) == [*range(7)]


def test_a_running_job_pauses_and_goes_on_where_it_was(desk: Desk):
    desk.session.step_seconds, desk.session.steps = 0.01, 100_000
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    desk.wait_for(answers.Progress)
    desk.worker.send(commands.Pace(2, 0))
    wait_for_pauses(desk, 1)
    stood = steps_of(desk)[-1]
    time.sleep(0.05)
    assert steps_of(desk)[-1] == stood
    desk.worker.send(commands.Pace(2, None))
    desk.wait_until(lambda: steps_of(desk)[-1] > stood)
    assert steps_of(desk)[stood : stood + 2] == [stood, stood + 1]
    desk.worker.send(commands.Stop(3))
    assert desk.wait_for(answers.Ended).reason == "stopped"


def test_what_waits_is_stopped_at_once_and_without_another_step(desk: Desk):
    desk.worker.send(commands.Pace(2, 1))
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    wait_for_pauses(desk, 1)
    desk.worker.send(commands.Stop(3))
    ended = desk.wait_for(answers.Ended)
    assert (ended.reason, ended.steps) == ("stopped", 1)
    assert set(steps_of(desk)) == {0, 1}


def test_another_picture_ends_what_waits(desk: Desk):
    desk.worker.send(commands.Pace(2, 0))
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    wait_for_pauses(desk, 1)
    desk.worker.send(commands.Generate(3, Latent(77)))
    assert desk.wait_for(answers.Ended, 2).reason == "stopped"
    assert desk.wait_for(answers.Frame, 3).picture[0, 0, 0] == 77


def test_the_end_of_the_program_does_not_wait_for_what_waits(desk: Desk):
    desk.worker.send(commands.Pace(2, 0))
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    wait_for_pauses(desk, 1)
    desk.worker.close()
    assert not desk.worker._thread.is_alive(), "it has not given up waiting, but is done"


def test_new_places_act_from_the_next_step_on(desk: Desk):
    desk.worker.send(commands.Pace(2, 1))
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    wait_for_pauses(desk, 1)
    moved = DragRequest([[10, 10]], [[40, 5]])
    desk.worker.send(commands.Regrip(2, moved))
    desk.worker.send(commands.Regrip(1, REQUEST))
    desk.worker.send(commands.Pace(2, 1))
    wait_for_pauses(desk, 2)
    assert desk.session.requests[1] is REQUEST and desk.session.requests[2] is REQUEST
    desk.worker.send(commands.Regrip(2, moved))
    desk.worker.send(commands.Pace(2, 1))
    wait_for_pauses(desk, 3)
    assert desk.session.requests[-1] is moved


# ----------------------------------------------------------------------------
# The rules.


@pytest.fixture
def ready() -> EditorState:
    state, (load,) = act(EditorState(), actions.OpenNetwork("a.safetensors"))
    state, (generate,) = hear(state, answers.Loaded(load.epoch, INFO))
    state, _ = hear(state, answers.Frame(generate.epoch, np.zeros((64, 64, 3), np.uint8)))
    drag = dataclasses.replace(state.drag, pairs=(PointPair((10, 20), (30, 20)),))
    return act(state, actions.ChangeDrag(drag))[0]


def progress(state, x: float) -> EditorState:
    news = answers.Progress(state.job.epoch, 3, 300, 0.5, 10.0, 2.0, np.array([[x, 20]], np.float32))
    return hear(state, news)[0]


@pytest.fixture
def paused(ready) -> EditorState:
    state, (drag,) = act(ready, actions.StartDrag())
    state = progress(state, 15)
    state, (pace,) = act(state, actions.PauseJob())
    assert pace == commands.Pace(drag.epoch, 0)
    assert not state.editable
    return hear(progress(state, 16), answers.Paused(drag.epoch))[0]


def test_while_it_waits_points_stand_where_the_drag_left_them_and_may_be_moved(paused):
    assert paused.busy and paused.editable and not paused.ready
    assert paused.drag.pairs == (PointPair((16, 20), (30, 20)),)
    state, _ = act(paused, actions.MoveMarker(Marker(0, "target"), (40, 5)))
    state, _ = act(state, actions.Paint((20, 20), (20, 20)))
    assert pairs_to_show(state) == (PointPair((16, 20), (40, 5)),)
    state, (regrip, pace) = act(state, actions.ContinueJob())
    assert isinstance(regrip, commands.Regrip) and pace == commands.Pace(state.job.epoch, None)
    assert regrip.request.targets.tolist() == [[40, 5]] and regrip.request.points.tolist() == [[16, 20]]
    assert regrip.request.mask is not None and regrip.request.mask[20, 20] == 1
    assert not state.editable and "paused" not in status_text(state)


def test_what_was_not_changed_is_not_asked_for_again(paused):
    state, asked = act(paused, actions.StepJob())
    assert asked == (commands.Pace(state.job.epoch, 1),) and state.job.pausing


def test_points_neither_come_nor_go_while_it_waits(paused):
    assert act(paused, actions.DeletePair(0))[0].drag.pairs == paused.drag.pairs
    assert act(paused, actions.MirrorPairs())[0].drag.pairs == paused.drag.pairs


def test_it_is_said_that_it_waits_and_stop_ends_it(paused):
    assert "paused" in status_text(paused)
    state, (stop,) = act(paused, actions.StopJob())
    assert isinstance(stop, commands.Stop) and state.job.stopping
    assert act(state, actions.ContinueJob())[1] == ()


def test_one_step_from_rest_starts_and_then_waits(ready):
    state, (pace, drag) = act(ready, actions.StartDrag(one_step=True))
    assert pace == commands.Pace(drag.epoch, 1) and isinstance(drag, commands.Drag)
    assert state.job.pausing


def test_nothing_is_paused_where_nothing_runs(ready):
    for action in (actions.PauseJob(), actions.ContinueJob(), actions.StepJob()):
        assert act(ready, action)[1] == ()
    state, _ = hear(ready, answers.Paused(99))
    assert state.job is None
