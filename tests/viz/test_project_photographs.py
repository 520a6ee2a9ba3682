"""A project remembers its photograph: file, square, and what was tuned; hostile ones end in one line."""

import dataclasses
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dnnlib.latents import GivenLatent, Latent
from dnnlib.photo_record import PhotoRecord
from tests.viz.works import INFO, w_of
from viz.projects.arrays import ProjectError
from viz.projects.reading import read_project
from viz.projects.writing import write_project
from viz.state.history import Entry, History, Moment
from viz.state.picture import PictureState

FILE = b"the bytes of a photograph"
TUNED = b'\x2c\0\0\0\0\0\0\0{"__metadata__":{"kind":"tuned generator"}}  '


def record_in(folder: Path, **changes: Any) -> PhotoRecord:
    """What is remembered of me.jpg, which was tuned; both files are written."""
    (folder / "me.jpg").write_bytes(FILE)
    (folder / "kept").mkdir(exist_ok=True)
    (folder / "kept" / "0123.safetensors").write_bytes(TUNED)
    quad = np.array([(10.1, 20.2), (10.3, 90.4), (80.5, 90.6), (80.7, 20.8)])
    record = PhotoRecord(
        folder / "me.jpg", hashlib.sha256(FILE).hexdigest(), INFO.sha256, GivenLatent("me.jpg", w_of(0.3)),
        quad, np.full((68, 2), 1 / 3, np.float32), FILE, folder / "kept" / "0123.safetensors",
        meant=np.full((64, 64), 0.5, np.float32),
    )  # fmt: skip
    return dataclasses.replace(record, **changes)


def history_with(record: PhotoRecord) -> History:
    moment = Moment(INFO, Latent(given=record.given), PictureState(w_of(0.5), w_of(0.3)))
    return History((Entry("Photograph", moment),), 0, record)


def read(path: Path) -> PhotoRecord:
    found = read_project(path).history.photo
    assert found is not None
    return found


def test_the_photograph_comes_back_on_another_machine_to_the_bit(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    record = record_in(there)
    write_project(there / "work.zip", history_with(record))
    assert (there / "work.tuned.safetensors").read_bytes() == TUNED
    here = tmp_path / "here"
    here.mkdir()
    for name in ("work.zip", "work.tuned.safetensors"):
        (there / name).rename(here / name)
    (there / "me.jpg").unlink()
    back = read(here / "work.zip")
    assert back.content == FILE and back.tuned == here / "work.tuned.safetensors" and not back.tuned_note
    assert (back.quad == record.quad).all() and (back.landmarks == record.landmarks).all()
    assert back.meant is not None and (back.meant == 0.5).all()
    assert back.given.is_same(record.given) and back.path == there / "me.jpg"


def test_what_was_tuned_is_missed_and_said_and_the_project_opens(tmp_path):
    write_project(tmp_path / "work.zip", history_with(record_in(tmp_path)))
    beside = tmp_path / "work.tuned.safetensors"
    beside.write_bytes(b"other")
    assert "work.tuned.safetensors: is another file by now" in read(tmp_path / "work.zip").tuned_note
    beside.unlink()
    back = read(tmp_path / "work.zip")
    assert back.tuned is None and "is missing. The face is drawn by the network as it was" in back.tuned_note
    assert "\n" not in back.tuned_note


def test_no_checkpoint_is_written_over_by_what_was_tuned(tmp_path):
    record = record_in(tmp_path)
    (tmp_path / "work.tuned.safetensors").write_bytes(b"a checkpoint of somebody's")
    with pytest.raises(ProjectError, match="is there already and no tuned network"):
        write_project(tmp_path / "work.zip", history_with(record))
    assert (tmp_path / "work.tuned.safetensors").read_bytes() == b"a checkpoint of somebody's"
    assert not (tmp_path / "work.zip").exists()


def test_what_is_too_large_or_autosaved_is_remembered_by_path_and_hash(tmp_path):
    record = record_in(tmp_path)
    write_project(tmp_path / "auto.zip", history_with(record), autosave=True)
    assert read(tmp_path / "auto.zip").content is None
    assert read(tmp_path / "auto.zip").tuned == record.tuned
    assert not (tmp_path / "auto.tuned.safetensors").exists()
    (tmp_path / "me.jpg").unlink()  # Then nobody else has it.
    write_project(tmp_path / "auto.zip", history_with(record), autosave=True)
    assert read(tmp_path / "auto.zip").content == FILE


@pytest.mark.parametrize(
    ("content", "changes", "says"),
    [
        (b"another picture", {}, "not the one that it names"),
        (None, {}, "its photograph is missing"),
        (FILE, {"quad": [[0, 0], [0, 0], [0, 0], [0, 0]]}, "square is none"),
        (FILE, {"quad": [[0, 0], [0, 1e300], [1, 1], [1, 0]]}, "outside of any photograph"),
        (FILE, {"w": "arrays/9999.npy"}, "arrays/9999.npy is missing"),
        (FILE, {"landmarks": "photograph"}, "no name of an array"),
        (FILE, {"path": "me\0.jpg"}, "a name that no file has"),
        (FILE, {"network": "c0" * 32}, "a network that it does not name"),
    ],
)
def test_a_hostile_photograph_is_refused_in_one_line(tmp_path, content, changes, says):
    write_project(tmp_path / "work.zip", history_with(record_in(tmp_path)))
    with zipfile.ZipFile(tmp_path / "work.zip") as old, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in old.namelist():
            data = old.read(name)
            if name == "project.json":
                form = json.loads(data)
                form["photo"].update(changes)
                data = json.dumps(form).encode()
            if name == "photograph":
                data = content
            if data is not None:
                bad.writestr(name, data)
    with pytest.raises(ProjectError, match=says) as refused:
        read_project(tmp_path / "bad.zip")
    assert "\n" not in str(refused.value)
