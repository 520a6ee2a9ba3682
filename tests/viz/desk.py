"""A worker at its desk, and all that it ever said."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dnnlib.errors import EditorError
from drag.config import DragConfig
from drag.request import DragRequest
from faces.expressions import EXPRESSIONS
from tests.viz.fakes import FakeSession
from viz import answers, commands
from viz.worker import Worker

CLOSE_EYES = EXPRESSIONS["close_eyes"]
REQUEST = DragRequest([[10, 10]], [[20, 20]])


class Desk:
    """A worker, its session, and all that it ever said."""

    def __init__(self, session: FakeSession) -> None:
        self.session = session
        self.news: list[answers.News] = []
        self.frames: list[answers.Frame] = []
        self.worker = Worker(self._open)

    def _open(self, path: Path, opening: Any) -> Any:
        if "bad" in path.name:
            raise EditorError(f"{path.name}: no checkpoint")
        if "broken" in path.name:
            raise RuntimeError("a fault of the program\nwith a second line")
        self.session.path = path
        return self.session

    def poll(self) -> None:
        news, frame = self.worker.poll()
        self.news += news
        self.frames += [frame] if frame is not None else []

    def wait_until(self, condition: Callable[[], Any], seconds: float = 60.0) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"waited in vain; there is {self.news}"
            time.sleep(0.001)
            self.poll()

    def found(self, kind: type, epoch: int | None = None) -> Any:
        """Give the first answer of a kind, and of an epoch; None if there is none yet."""
        self.poll()
        for one in self.news + list(self.frames):
            if isinstance(one, kind) and epoch in (None, getattr(one, "epoch", None)):
                return one
        return None

    def wait_for(self, kind: type, epoch: int | None = None) -> Any:
        self.wait_until(lambda: self.found(kind, epoch) is not None)
        return self.found(kind, epoch)


@contextmanager
def open_desk(session: FakeSession) -> Iterator[Desk]:
    """Let a worker load a session; it ends afterwards."""
    desk = Desk(session)
    desk.worker.send(commands.Load(1, Path("good.safetensors")))
    desk.wait_for(answers.Loaded)
    yield desk
    session.gate.open()
    desk.worker.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with open_desk(FakeSession()) as desk:
        yield desk


def hold_a_drag(desk: Desk, after: int) -> None:
    """Begin a long drag, number 2, and hold it in the step after so many."""
    desk.session.steps = 1000
    desk.session.gate.shut()
    desk.session.gate.let(after)
    desk.worker.send(commands.Drag(2, REQUEST, DragConfig()))
    desk.session.gate.wait_for_somebody()


def when_all_is_shown(desk: Desk) -> threading.Semaphore:
    """Give what is released after the last frame of each drag: then its path is asked for."""
    shown, path_of_edit = threading.Semaphore(0), desk.session.path_of_edit

    def asked() -> Any:
        shown.release()
        return path_of_edit()

    desk.session.path_of_edit = asked  # type: ignore[method-assign]
    return shown
