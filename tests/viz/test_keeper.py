"""The keeper: what was made is on the disk soon, and nobody's work takes the place of another's."""

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.viz.works import INFO, path_of, same, w_of
from viz import answers, commands, keeper
from viz.history import record
from viz.keeper import AUTOSAVE_SECONDS, Keeper
from viz.projects.arrays import ProjectError
from viz.projects.autosave import DISCARDED, MOST_CLOSED, MOST_DISCARDED, Autosave
from viz.projects.reading import read_project
from viz.projects.writing import write_project
from viz.state import Edit, History, JobKind, LatentState
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


# ----------------------------------------------------------------------------
# Autosave.


def test_work_is_there_at_once_after_an_edit(watch, folder):
    watch.keeper.offer(history_of(1, 2), at_once=True)
    wait_until(lambda: files(folder))
    assert seeds_of(read_project(files(folder)[0]).history) == [1, 2]


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


def test_other_work_is_there_within_a_minute_of_the_last_time(watch, folder, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(keeper, "time", clock)
    watch.keeper.offer(history_of(1, 2), at_once=True)
    wait_until(lambda: files(folder))
    for seed in range(3, 8):
        watch.keeper.offer(history_of(1, 2, seed))
    clock.now += AUTOSAVE_SECONDS - 0.1
    for seen in (2, 3):  # Whoever is asked twice has looked at the clock in between.
        watch.keeper.send(commands.FindWork(0))
        wait_until(lambda seen=seen: watch.count(answers.WorkFound) == seen)
    assert seeds_of(read_project(files(folder)[0]).history) == [1, 2], "not with every change"
    clock.now += 0.2
    watch.keeper.send(commands.FindWork(0))
    wait_until(lambda: seeds_of(read_project(files(folder)[0]).history) == [1, 2, 7])
    assert len(files(folder)) == 1


def test_offering_never_waits_for_the_disk(watch, monkeypatch):
    disk = threading.Event()
    monkeypatch.setattr(keeper, "write_project", lambda *rest: disk.wait(30))
    watch.keeper.send(commands.WriteProject(5, Path("x.zip"), history_of(1)))
    began = time.monotonic()
    for _ in range(200):
        watch.keeper.offer(history_of(1), at_once=True)
        watch.keeper.poll()
    assert time.monotonic() - began < 15, "the disk answers after 30 s"
    disk.set()


def test_what_is_saved_as_a_project_is_not_left_behind(watch, folder, tmp_path):
    work = history_of(1, 2)
    watch.keeper.offer(work, at_once=True)
    wait_until(lambda: files(folder))
    watch.keeper.send(commands.WriteProject(7, tmp_path / "work.zip", work))
    watch.wait_for(answers.ProjectWritten, 7)
    assert list(folder.iterdir()) == []
    assert seeds_of(read_project(tmp_path / "work.zip").history) == [1, 2]


def test_what_was_done_while_the_project_was_being_saved_stays(watch, folder, tmp_path, monkeypatch):
    begun, disk = threading.Event(), threading.Event()

    def slow_disk(path, history):
        begun.set()
        assert disk.wait(60)
        write_project(path, history)

    monkeypatch.setattr(keeper, "write_project", slow_disk)
    watch.keeper.send(commands.WriteProject(7, tmp_path / "work.zip", history_of(1, 2)))
    assert begun.wait(60)
    watch.keeper.offer(history_of(1, 2, 3), at_once=True)
    disk.set()
    watch.wait_for(answers.ProjectWritten, 7)
    wait_until(lambda: files(folder))
    assert seeds_of(read_project(files(folder)[0]).history) == [1, 2, 3]


def test_a_window_that_is_closed_leaves_unsaved_work_and_no_other(folder):
    watch = Watch(folder)
    watch.keeper.offer(history_of(1, 2), at_once=True)
    watch.keeper.close(history_of(1, 2, 3))
    (left,) = Autosave(folder).leftovers()
    assert left.closed and left.entries == 3 and left.words == "Seed 3"
    watch = Watch(folder)
    watch.keeper.offer(history_of(5, 6), at_once=True)
    wait_until(lambda: len(files(folder)) == 2)
    watch.keeper.close(None)
    assert len(files(folder)) == 1


def test_a_folder_that_takes_no_files_is_said_once(tmp_path, monkeypatch):
    (tmp_path / "autosave").write_text("no folder")
    tries, write = [], Autosave.write

    def trying(*what, **how):
        tries.append(what)
        write(*what, **how)

    monkeypatch.setattr(Autosave, "write", trying)
    watch = Watch(tmp_path / "autosave")
    for seed in range(3):
        watch.keeper.offer(history_of(1, seed), at_once=True)
        wait_until(lambda seed=seed: len(tries) == seed + 1)
    watch.keeper.close(None)
    remark = watch.wait_for(answers.Remark)
    assert "not autosaved" in remark.message and "Save it as a project" in remark.message
    assert watch.count(answers.Remark) == 1


# ----------------------------------------------------------------------------
# Two editors, and what one of them left.


def test_two_editors_do_not_write_over_each_other_and_do_not_offer_each_others_work(folder):
    first, second = Watch(folder), Watch(folder)
    for each in (first, second):
        each.wait_for(answers.WorkFound)
    first.keeper.offer(history_of(1, 2), at_once=True)
    second.keeper.offer(history_of(3, 4), at_once=True)
    wait_until(lambda: len(files(folder)) == 2)
    assert sorted(seeds_of(read_project(file).history) for file in files(folder)) == [[1, 2], [3, 4]]
    seen = first.count(answers.WorkFound)
    first.keeper.send(commands.FindWork(9))
    wait_until(lambda: first.count(answers.WorkFound) == seen + 1)
    assert first.wait_for(answers.WorkFound).leftovers == ()
    with pytest.raises(ProjectError, match="another editor"):
        Autosave(folder).discard(files(folder)[0])
    first.keeper.close(None)
    second.keeper.close(None)
    assert files(folder) == []


LEAVE = """
import sys, time
sys.path.insert(0, ".")
from pathlib import Path
from tests.viz.test_keeper import history_of
from viz.keeper import Keeper
keeper = Keeper(Path(sys.argv[1]))
keeper.offer(history_of(8, 9), at_once=True)
time.sleep(600)
"""


def test_work_of_a_killed_editor_is_offered_taken_once_and_kept_until_it_is_written_anew(folder):
    process = subprocess.Popen([sys.executable, "-c", LEAVE, str(folder)], cwd=Path(__file__).parents[2])
    wait_until(lambda: files(folder))
    assert Autosave(folder).leftovers() == (), "it lives"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    first = Watch(folder)
    (left,) = first.wait_for(answers.WorkFound).leftovers
    second = Watch(folder)
    second.wait_for(answers.WorkFound)
    assert not left.closed and left.words == "Seed 9" and left.title == "A"
    first.keeper.send(commands.TakeWork(3, left.path))
    project = first.wait_for(answers.ProjectRead, 3).project
    assert seeds_of(project.history) == [8, 9]
    second.keeper.send(commands.TakeWork(4, left.path))
    assert "another editor" in second.wait_for(answers.Failed, 4).message
    first.keeper.offer(history_of(1, 2), at_once=True)
    wait_until(lambda: len(files(folder)) == 2)
    assert left.path.exists(), "what was written is other work"
    first.keeper.offer(record(project.history, history_of(10).entries[0].moment), at_once=True)
    wait_until(lambda: not left.path.exists())
    first.keeper.close(None)
    second.keeper.close(None)


def test_taken_work_that_was_not_written_anew_is_offered_again(folder):
    write_project_to(folder, "a.zip")
    autosave = Autosave(folder)
    autosave.take(folder / "a.zip")
    autosave.close()
    assert [left.path.name for left in Autosave(folder).leftovers()] == ["a.zip"]


def write_project_to(folder: Path, name: str, *, closed: bool = False) -> None:
    folder.mkdir(exist_ok=True)
    write_project(folder / name, history_of(1, 2), closed=closed)


def test_left_work_that_cannot_be_read_is_named_and_never_thrown_away_unasked(folder):
    folder.mkdir()
    (folder / "broken.zip").write_bytes(b"PK nothing")
    (left,) = Autosave(folder).leftovers()
    assert "zip" in left.fault
    assert (folder / "broken.zip").exists()
    Autosave(folder).discard(left.path)
    assert files(folder) == []


def test_what_a_killed_writer_left_half_done_is_no_work_and_goes_in_time(folder):
    write_project_to(folder, "a.zip")
    for name, age in ((".b.1234.tmp.zip", 7200), (".c.1234.tmp.zip", 60)):
        (folder / name).write_bytes(b"PK half")
        os.utime(folder / name, (time.time() - age,) * 2)
    assert [left.path.name for left in Autosave(folder).leftovers()] == ["a.zip"]
    assert sorted(file.name for file in folder.glob(".*.zip")) == [".c.1234.tmp.zip"]


def test_of_windows_that_were_closed_the_newest_are_kept(folder):
    for index in range(MOST_CLOSED + 3):
        write_project_to(folder, f"{index:02d}.zip", closed=True)
        os.utime(folder / f"{index:02d}.zip", (index, index))
    write_project_to(folder, "crash.zip")
    os.utime(folder / "crash.zip", (0, 0))
    left = Autosave(folder).leftovers()
    assert len(left) == MOST_CLOSED + 1
    assert left[-1].path.name == "crash.zip" and left[0].path.name == f"{MOST_CLOSED + 2:02d}.zip"


def test_work_is_set_aside_before_a_project_takes_its_place(watch, folder):
    watch.keeper.offer(history_of(1, 2), at_once=True)
    watch.keeper.send(commands.SetAside(2, history_of(1, 2, 3)))
    wait_until(lambda: watch.wait_for(answers.WorkFound).leftovers)
    watch.keeper.offer(history_of(7, 8), at_once=True)
    wait_until(lambda: len(files(folder)) == 2)
    assert sorted(seeds_of(read_project(file).history) for file in files(folder)) == [[1, 2, 3], [7, 8]]


def test_an_edit_comes_back_with_its_way(folder):
    edit = Edit(JobKind.DRAG, "Drag", path_of(0, 1, 2), 1.0)
    start = history_of(1)
    work = record(
        start, dataclasses.replace(start.entries[0].moment, picture=PictureState(w_of(1), w_of(0), edit))
    )
    autosave = Autosave(folder)
    autosave.write(work)
    autosave.close()
    (left,) = Autosave(folder).leftovers()
    read = Autosave(folder).take(left.path).history
    assert read.at == 1
    moment = read.entries[1].moment
    assert moment.picture.edit is not None
    assert moment.picture.edit.path.ws.tobytes() == edit.path.ws.tobytes()
    assert not same(moment, read.entries[0].moment)


def test_a_fault_while_autosaving_is_said_and_the_next_time_is_tried_again(watch, folder):
    odd: Any = {"close_eyes": object()}
    bad = record(history_of(1), Moment(INFO, LatentState(seed=2), PictureState(), strengths=odd))
    watch.keeper.offer(bad, at_once=True)
    assert "not autosaved" in watch.wait_for(answers.Remark).message
    watch.keeper.offer(history_of(1, 3), at_once=True)
    wait_until(lambda: files(folder))
    assert seeds_of(read_project(files(folder)[0]).history) == [1, 3]


def test_what_is_discarded_by_a_wrong_click_can_still_be_opened_and_only_the_last_few_stay(folder):
    for index in range(MOST_DISCARDED + 2):
        write_project_to(folder, f"{index}.zip")
        os.utime(folder / f"{index}.zip", (index, index))
        Autosave(folder).discard(folder / f"{index}.zip")
        time.sleep(0.01)
    assert Autosave(folder).leftovers() == ()
    kept = sorted(file.name for file in (folder / DISCARDED).iterdir())
    assert kept == [f"{index}.zip" for index in range(2, MOST_DISCARDED + 2)]
    assert seeds_of(read_project(folder / DISCARDED / kept[0]).history) == [1, 2]
