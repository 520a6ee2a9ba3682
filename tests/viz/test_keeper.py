"""The keeper: what was made is on the disk soon, and nobody's work takes the place of another's."""

import threading
import time
from pathlib import Path

from tests.viz.keeping import Watch, files, history_of, seeds_of, wait_until
from tests.viz.keeping import folder as folder
from tests.viz.keeping import watch as watch
from viz import answers, commands, keeper
from viz.keeper import AUTOSAVE_SECONDS
from viz.projects.autosave import Autosave
from viz.projects.reading import read_project
from viz.projects.writing import write_project

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
