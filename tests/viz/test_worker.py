"""The worker, without a screen: what it promises about order, speed and loss."""

import itertools
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dnnlib.latents import Latent
from drag.config import DragConfig
from tests.viz.desk import CLOSE_EYES, REQUEST, Desk, hold_a_drag, when_all_is_shown
from tests.viz.desk import desk as desk
from tests.viz.fakes import FakeSession
from viz import answers, commands


def test_a_failed_load_keeps_the_old_network_and_says_why(desk: Desk) -> None:
    desk.worker.send(commands.Load(2, Path("bad.pkl")))
    assert desk.wait_for(answers.Failed).message == "bad.pkl: no checkpoint"
    desk.worker.send(commands.Generate(3, Latent(77, 0.5)))
    assert desk.wait_for(answers.Frame, 3).picture[0, 0, 0] == 77


def test_a_fault_of_the_program_is_said_in_one_line_and_the_worker_lives_on(desk: Desk) -> None:
    desk.worker.send(commands.Load(2, Path("broken.pkl")))
    assert desk.wait_for(answers.Failed).message == "Load failed: a fault of the program"
    desk.worker.send(commands.Generate(3, Latent(5, 0.5)))
    desk.wait_for(answers.Frame, 3)


def test_what_a_session_waits_for_is_told_now_and_then(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(1000.0, 0.01)
    monkeypatch.setattr("viz.jobs.desk.time", SimpleNamespace(monotonic=lambda: next(clock)))
    assert desk.session.on_wait is not None
    for count in range(45):
        desk.session.on_wait(f"{count} of 45")
    desk.poll()
    told = [news.message for news in desk.news if isinstance(news, answers.Waiting)]
    assert told == [f"{count} of 45" for count in (0, 11, 22, 33, 44)], "every 0.1 s, and at once at first"


def test_networks_of_the_folder_are_offered_and_detectors_are_not(tmp_path: Path) -> None:
    network = b'{"__metadata__":{"class_name":"training.networks_stylegan2.Generator"}}'
    for name, content in (
        ("one.safetensors", network),
        ("two.pkl", b""),
        ("three.pt", b""),
        ("landmarks.safetensors", b'{"__metadata__":{"network":"hourglass"}}'),
        ("README.md", b""),
    ):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "gone.safetensors").symlink_to(tmp_path / "nowhere")
    desk = Desk(FakeSession())
    desk.worker.send(commands.Load(1, tmp_path / "one.safetensors"))
    nearby = desk.wait_for(answers.Loaded).nearby
    desk.worker.close()
    assert [file.name for file in nearby] == ["one.safetensors", "three.pt", "two.pkl"]


def test_without_a_network_nothing_is_generated() -> None:
    desk = Desk(FakeSession())
    desk.worker.send(commands.Generate(1, Latent(5, 0.5)))
    assert "open a checkpoint first" in desk.wait_for(answers.Failed).message
    desk.worker.close()


def test_a_flood_of_seeds_leaves_the_newest(desk: Desk) -> None:
    desk.session.gate.shut()
    desk.worker.send(commands.Generate(9, Latent(250, 0.5)))
    desk.session.gate.wait_for_somebody()
    for number in range(200):
        desk.worker.send(commands.Generate(10 + number, Latent(number, 0.5)))
    desk.session.gate.open()
    assert desk.wait_for(answers.Frame, 209).picture[0, 0, 0] == 199
    assert desk.session.seeds == [250, 199]


def test_a_detection_that_waits_behind_a_newer_picture_is_not_done(desk: Desk) -> None:
    desk.session.gate.shut()
    desk.worker.send(commands.Generate(2, Latent(1, 0.5)))
    desk.session.gate.wait_for_somebody()
    desk.worker.send(commands.Detect(3, "auto"))
    desk.worker.send(commands.Generate(4, Latent(2, 0.5)))
    desk.session.gate.open()
    desk.wait_for(answers.Frame, 4)
    assert not [one for one in desk.news if isinstance(one, answers.Detected)]


def test_stop_ends_a_drag_within_one_step(desk: Desk) -> None:
    hold_a_drag(desk, after=3)
    desk.worker.send(commands.Stop(3))
    desk.session.gate.open()
    ended = desk.wait_for(answers.Ended, 2)
    assert (ended.reason, ended.steps) == ("stopped", 3)


def test_stop_ends_a_job_that_still_waits_in_the_queue(desk: Desk) -> None:
    desk.session.gate.shut()
    desk.worker.send(commands.Generate(2, Latent(1, 0.5)))
    desk.worker.send(commands.Drag(3, REQUEST, DragConfig()))
    desk.worker.send(commands.Stop(4))
    desk.session.gate.open()
    ended = desk.wait_for(answers.Ended, 3)
    assert (ended.reason, ended.steps) == ("stopped", 0)


def test_stop_leaves_what_is_asked_afterwards_alone(desk: Desk) -> None:
    desk.worker.send(commands.Stop(2))
    desk.worker.send(commands.Drag(3, REQUEST, DragConfig()))
    assert desk.wait_for(answers.Ended, 3).reason == "reached"


def test_a_newer_picture_ends_a_drag(desk: Desk) -> None:
    hold_a_drag(desk, after=3)
    desk.worker.send(commands.Generate(3, Latent(9, 0.5)))
    desk.session.gate.open()
    assert desk.wait_for(answers.Ended, 2).reason == "stopped"
    desk.wait_for(answers.Frame, 3)


def test_no_ending_is_lost_however_late_the_window_looks(desk: Desk) -> None:
    done = when_all_is_shown(desk)
    for epoch in range(2, 22):
        desk.worker.send(commands.Drag(epoch, REQUEST, DragConfig()))
        assert done.acquire(timeout=60)
    desk.wait_for(answers.Ended, 21)
    ended = [one.epoch for one in desk.news if isinstance(one, answers.Ended)]
    assert ended == list(range(2, 22))


def test_of_frames_there_is_one_the_newest(desk: Desk) -> None:
    shown = when_all_is_shown(desk)
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    assert shown.acquire(timeout=60)
    desk.poll()
    assert [(frame.epoch, frame.step) for frame in desk.frames] == [(2, 10)]
    assert desk.frames[0].picture[0, 0, 2] == 200


def test_progress_counts_steps_distance_and_rate(desk: Desk) -> None:
    desk.session.step_seconds = 0.01
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig(max_steps=50)))
    desk.wait_for(answers.Ended)
    progress = [one for one in desk.news if isinstance(one, answers.Progress)]
    assert [one.done for one in progress] == list(range(11))
    assert progress[0].distance == pytest.approx(np.hypot(10, 10), abs=1e-3)
    assert progress[-1].distance == pytest.approx(0, abs=1e-3)
    assert progress[-1].share == 1.0
    assert 0 < progress[-1].rate <= 100, "a step sleeps for 0.01 s at least"
    assert {one.total for one in progress} == {50}


def test_new_options_reach_the_drag_that_runs(desk: Desk) -> None:
    desk.session.gate.shut()
    desk.session.gate.let(3)
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    desk.session.gate.wait_for_somebody()
    desk.worker.send(commands.Retune(2, DragConfig(step_size=0.5)))
    desk.session.gate.open()
    desk.wait_for(answers.Ended)
    assert desk.session.configs[0].step_size == 2e-3
    assert desk.session.configs[-1].step_size == 0.5
    desk.worker.send(commands.Drag(4, REQUEST, DragConfig()))
    desk.wait_for(answers.Ended, 4)
    assert desk.session.configs[-1].step_size == 2e-3


def test_an_expression_is_planned_done_and_reported(desk: Desk) -> None:
    desk.worker.send(commands.Adjust(2, CLOSE_EYES, 0.8, "auto", automatic_mask=True))
    ended = desk.wait_for(answers.Ended)
    planned = desk.wait_for(answers.Planned)
    assert desk.news.index(planned) < desk.news.index(ended)
    assert planned.mask is not None
    assert ended.report.achieved == 0.7
    assert len(ended.faces) == 1
    assert desk.session.planned[0]["strength"] == 0.8


def test_a_painted_mask_is_handed_on_where_none_is_made(desk: Desk) -> None:
    mask = np.ones((64, 64), np.float32)
    desk.worker.send(commands.Adjust(2, CLOSE_EYES, 1.0, "auto", automatic_mask=False, mask=mask))
    desk.wait_for(answers.Ended)
    assert desk.session.planned[0]["mask"] is mask


def test_an_expression_without_a_face_fails_in_one_line(desk: Desk) -> None:
    desk.session.faces = []
    desk.worker.send(commands.Adjust(2, CLOSE_EYES, 1.0, "auto", automatic_mask=True))
    assert "no face" in desk.wait_for(answers.Failed).message


def test_remarks_come_through(desk: Desk) -> None:
    desk.session.on_remark("the bundled detector is used")
    assert desk.wait_for(answers.Remark).message == "the bundled detector is used"


def test_one_thread_alone_works(desk: Desk) -> None:
    desk.worker.send(commands.Generate(2, Latent(1, 0.5)))
    desk.worker.send(commands.Adjust(3, CLOSE_EYES, 1.0, "auto", automatic_mask=True))
    desk.worker.send(commands.Detect(4, "auto"))
    desk.wait_for(answers.Detected)
    assert len(desk.session.threads) == 1


def test_closing_in_the_middle_of_a_drag_takes_one_step() -> None:
    desk = Desk(FakeSession())
    desk.worker.send(commands.Load(1, Path("good.safetensors")))
    hold_a_drag(desk, after=3)
    closing = threading.Thread(target=desk.worker.close)
    closing.start()
    while not desk.worker._inbox.ends_load(0):  # Until it has been asked to end.
        time.sleep(0.001)
    desk.session.gate.let(1)
    closing.join(60)
    assert not closing.is_alive() and not desk.worker._thread.is_alive()
    assert len(desk.session.passed) == 4, "the step that it was in, and none more"
