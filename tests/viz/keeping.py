"""A keeper that is listened to, and the work that it keeps."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.viz.works import INFO, w_of
from viz import answers
from viz.history import record
from viz.keeper import Keeper
from viz.state import History, LatentState
from viz.state.history import Moment
from viz.state.picture import PictureState


def history_of(*seeds: int) -> History:
    past = History()
    for seed in seeds:
        past = record(past, Moment(INFO, LatentState(seed=seed), PictureState(w_of(seed), w_of(seed))))
    return past


def seeds_of(history: History) -> list[int]:
    return [entry.moment.latent.seed for entry in history.entries]


class Watch:
    """A keeper, and all that it ever said."""

    def __init__(self, folder: Path) -> None:
        self.keeper = Keeper(folder)
        self.news: list[Any] = []

    def count(self, kind: type) -> int:
        self.news += self.keeper.poll()
        return sum(isinstance(one, kind) for one in self.news)

    def wait_for(self, kind: type, epoch: int | None = None) -> Any:
        until = time.monotonic() + 60
        while True:
            self.news += self.keeper.poll()
            for one in reversed(self.news):
                if isinstance(one, kind) and epoch in (None, getattr(one, "epoch", None)):
                    return one
            assert time.monotonic() < until, f"no {kind.__name__}; there is {self.news}"
            time.sleep(0.002)


def wait_until(condition: Any) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "autosave"


@pytest.fixture
def watch(folder: Path) -> Iterator[Watch]:
    watch = Watch(folder)
    watch.wait_for(answers.WorkFound)
    yield watch
    watch.keeper.close(None)


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.zip") if not file.name.startswith("."))
