"""A monkey at the window: nothing breaks, nothing piles up, and the window goes on working."""

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import glfw
import numpy as np
import psutil
import pytest
from OpenGL import GL
from PIL import Image

from dnnlib.errors import EditorError
from tests.screen import open_window
from tests.viz.conftest import EditorPerson
from tests.viz.fake_catalogue import FakeCatalogue
from tests.viz.fakes import face_at
from tests.viz.monkey import Monkey, MonkeySession
from viz import errands
from viz.actions import OpenNetwork

_GROWTH = (
    60_000_000  # Bytes that the process may gain while the monkey is at it: caches, the history's limit.
)
SEED = int(os.environ.get("MONKEY_SEED", "1"))


class Dialog:
    """A dialog of the system that a person closes at once, now and then with a file."""

    def __init__(self, asked: Any, paths: Iterator[str]) -> None:
        self._path = next(paths)

    def ready(self, timeout: int) -> bool:
        return True

    def result(self) -> str:
        return self._path

    def kill(self) -> bool:
        return True


@pytest.fixture
def monkey(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Monkey]:
    from viz.app import App

    monkeypatch.chdir(tmp_path)
    session = MonkeySession()

    def open_session(path: Path, opening: Any) -> Any:
        for piece in range(4):
            opening.tell("Loading weights", piece, 4)
        if path.suffix != ".pkl":
            raise EditorError(f"{path.name}: this is no checkpoint")
        session.path = path
        return session

    files = [
        tmp_path / name for name in ("a.pkl", "b.pkl", "notes.txt", "photo.png", "empty.npz", "none.zip")
    ]
    for file in files[:-1]:
        file.write_text("")
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(tmp_path / "photo.png")
    paths = iter(str(files[index % len(files)]) if index % 3 else "" for index in range(10**6))
    for kind in ("open", "save", "folder"):
        monkeypatch.setitem(errands._MAKERS, kind, lambda asked: Dialog(asked, paths))
    monkeypatch.setattr(errands, "_has_dialogs", lambda: True)  # In one of our own it would leave the folder.
    with open_window(monkeypatch, 700, 560, scale=0.6) as window:
        app = App(window, open_session, catalogue=FakeCatalogue(tmp_path), settings=tmp_path / "settings")
        person = EditorPerson(app, session, monkeypatch)
        app.open(files[0])
        person.wait_for(lambda: app.state.frame is not None)
        yield Monkey(person, session, SEED, files)
        app.close()


@pytest.fixture
def textures(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """The textures that live."""
    living: set[int] = set()
    make, end = GL.glGenTextures, GL.glDeleteTextures

    def making(count: int) -> Any:
        made = make(count)
        living.update(np.atleast_1d(made).tolist())
        return made

    def ending(gone: list[int]) -> None:
        living.difference_update(gone)
        end(gone)

    monkeypatch.setattr(GL, "glGenTextures", making)
    monkeypatch.setattr(GL, "glDeleteTextures", ending)
    yield living


def let_loose(monkey: Monkey, events: int, textures: set[int], caplog: pytest.LogCaptureFixture) -> None:
    """Let it do so many events, and look at what is left of the editor."""
    person, process = monkey.person, psutil.Process()
    done, memory, most_textures = 0, 0, 0
    while done < events:
        done += monkey.do_something()
        if not memory and done > events * 0.4:  # By then all has been seen that is made but once.
            memory, most_textures = process.memory_info().rss, len(textures)
    monkey.calm_down()
    person.wait_for(lambda: not person.state.busy and person.state.network.loading is None)
    assert process.memory_info().rss - memory < _GROWTH
    assert len(textures) <= most_textures + 2
    names = [thread.name for thread in threading.enumerate()]
    assert len(names) == len(set(names)), f"no thread is there twice: {names}"
    severe = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert severe == [], severe[0].exc_text
    is_alive(person)


def is_alive(person: EditorPerson) -> None:
    """The window still does what it is asked, and shows it."""
    assert not person.window.closing
    person.session.faces = [face_at()]
    person.app.do(OpenNetwork("b.pkl"))
    person.wait_for(lambda: person.state.network.loading is None and person.state.frame is not None)
    seed = person.state.latent.seed
    person.key(glfw.KEY_PAGE_DOWN)
    assert person.state.latent.seed == seed + 1
    person.wait_for(lambda: person.state.frame.epoch == person.state.picture_epoch)
    assert person.picture().std() > 5


def test_fifteen_hundred_events(textures: set[int], monkey: Monkey, caplog: pytest.LogCaptureFixture) -> None:
    let_loose(monkey, 1_500, textures, caplog)


@pytest.mark.slow
def test_ten_thousand_events(textures: set[int], monkey: Monkey, caplog: pytest.LogCaptureFixture) -> None:
    let_loose(monkey, 10_000, textures, caplog)
