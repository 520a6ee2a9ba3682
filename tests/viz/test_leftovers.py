"""Two editors side by side, and what one of them left: nobody takes the work of another who lives."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.viz.keeping import Watch, files, history_of, seeds_of, wait_until
from tests.viz.keeping import folder as folder
from tests.viz.keeping import watch as watch
from tests.viz.works import INFO, path_of, same, w_of
from viz import answers, commands
from viz.history import record
from viz.projects.arrays import ProjectError
from viz.projects.autosave import DISCARDED, MOST_CLOSED, MOST_DISCARDED, Autosave
from viz.projects.reading import read_project
from viz.projects.writing import write_project
from viz.state import Edit, JobKind, LatentState
from viz.state.history import Moment
from viz.state.picture import PictureState


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
from tests.viz.keeping import history_of
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
