"""kill -9 in the middle of a drag loses at most that drag."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import glfw
import numpy as np
import pytest

from tests.screen import virtual_display
from tests.viz.conftest import EditorPerson
from tests.viz.fakes import FakeSession
from tests.viz.test_window_history import words
from viz.opening import Opening
from viz.projects.autosave import Autosave
from viz.projects.reading import read_project

ROOT = Path(__file__).parents[2]
EDITOR = """
import dataclasses, sys, time
from pathlib import Path
sys.path.insert(0, ".")
from tests.viz.test_kill import is_autosaved
from tests.viz.test_kill import opening
from gui_utils.window import Window
import numpy as np
from viz.actions import ChangeDrag, ClickExpression, StartDrag
from viz.app import App
from viz.state import PointPair

work, told, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
path, open_session = opening(kind)
with Window("killed", 900, 700, offscreen=len(sys.argv) > 4) as window:
    app = App(window, open_session, work=work)
    app.open(path)

    def until(condition):
        end = time.monotonic() + 300
        while not condition():
            assert time.monotonic() < end
            window.frame(app.draw)
            time.sleep(0.01)

    until(lambda: app.state.frame is not None)
    mask = np.zeros(app.state.image_size, np.float32)
    mask[10:50, 15:55] = 0.75
    pairs = (PointPair((20.0, 22.0), (30.0, 33.0)), PointPair((40.0, 22.0), (34.0, 35.5)))
    config = dataclasses.replace(app.state.drag.config, max_steps=10_000, patience=10_000)
    app.do(ChangeDrag(dataclasses.replace(app.state.drag, pairs=pairs, mask=mask, config=config)))
    app.do(ClickExpression("close_eyes"))
    until(lambda: app.state.edits == 1)
    np.savez(told, w=app.state.picture.w, mask=app.state.drag.mask)
    app.do(StartDrag())
    until(lambda: app.state.job is not None and app.state.job.progress is not None)
    until(lambda: app.state.job.progress.done > 4 and is_autosaved(work, "Close eyes"))
    assert app.state.busy
    told.with_suffix(".dragging").touch()
    until(lambda: False)
"""


def is_autosaved(work: Path, last: str) -> bool:
    """Tell whether the work on the disk ends with an edit."""
    return any(
        read_project(file).history.entries[-1].words.startswith(last)
        for file in work.glob("*.zip")
        if not file.name.startswith(".")
    )


class LongDrags(FakeSession):
    """A session whose drags end when somebody ends them."""

    def drag(self, *given: Any, **named: Any) -> Any:
        self.steps = 100_000
        return super().drag(*given, **named)


def opening(kind: str) -> tuple[Path, Any]:
    """Give a checkpoint and what opens it: the bundled one, or a fake that needs no torch."""
    if kind == "real":
        from tools.opening import CHECKPOINT, open_for_window

        return CHECKPOINT, open_for_window
    return Path("fake.safetensors"), lambda path, opening: LongDrags(path=path, steps=15, step_seconds=0.1)


def settled(state: Any) -> bool:
    """Whether the frame that is shown is the one that was asked for last."""
    return state.frame is not None and state.frame.epoch == state.picture_epoch


@pytest.mark.parametrize("kind", ["fake", pytest.param("real", marks=pytest.mark.slow)])
def test_kill_9_in_the_middle_of_a_drag_loses_at_most_that_drag(kind, window, monkeypatch, tmp_path):
    from viz.app import App

    work, told = tmp_path / "autosave", tmp_path / "told.npz"
    arguments = [sys.executable, "-c", EDITOR, str(work), str(told), kind]
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    if virtual_display() is None and sys.platform.startswith("linux"):
        arguments.append("offscreen")
        environment["PYOPENGL_PLATFORM"] = "egl"
    else:
        environment["DISPLAY"] = virtual_display() or ""
    process = subprocess.Popen(arguments, cwd=ROOT, env=environment)
    try:
        until = time.monotonic() + 400
        while not told.with_suffix(".dragging").exists():
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    path, open_session = opening(kind)
    app = App(window, open_session, work=work)
    person = EditorPerson(app, FakeSession(), monkeypatch)
    app.open(path)
    person.wait_for(lambda: app.state.frame is not None and bool(app.state.project.leftovers))
    person.look(3)
    person.click("Recover")
    person.wait_for(lambda: app.state.edits == 1 and settled(app.state))
    state = app.state
    with np.load(told) as expected:
        assert state.picture.w is not None and state.frame is not None
        assert np.array_equal(state.picture.w, expected["w"])
        assert np.array_equal(np.asarray(state.drag.mask), expected["mask"])
        picture = open_session(path, Opening()).draw(expected["w"])
    assert np.array_equal(picture, state.frame.picture), "the picture is the one that was"
    assert [pair.point for pair in state.drag.pairs] == [(20.0, 22.0), (40.0, 22.0)]
    assert [pair.target for pair in state.drag.pairs] == [(30.0, 33.0), (34.0, 35.5)]
    assert words(person)[-1].startswith("Close eyes")
    person.key(glfw.KEY_Z, glfw.MOD_CONTROL)
    person.wait_for(lambda: app.state.edits == 0 and app.state.ready)
    app.close()
    assert len(Autosave(work).leftovers()) == 1, "the recovered work, from this editor now"
