"""Projects: what is written is read again to the bit; what is broken or hostile is refused in one line."""

import dataclasses
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dnnlib.files import sha256_of
from tests.viz.works import INFO, moments, path_of, unpacked, w_of
from viz.history import record
from viz.projects.arrays import ProjectError
from viz.projects.reading import read_project
from viz.projects.writing import write_project
from viz.state import Edit, History, JobKind, LatentState, PointPair
from viz.state.history import Moment
from viz.state.picture import PictureState


def history_of(*done: Moment) -> History:
    past = History()
    for moment in done:
        past = record(past, moment)
    return past


def work() -> History:
    """A history with something of every kind in it."""
    own = w_of(0)
    start = Moment(INFO, LatentState(), PictureState(own, own))
    mask = np.zeros((64, 64), np.float32)
    mask[20:40, 20:40] = 0.5
    pointed = dataclasses.replace(start, pairs=(PointPair((1, 2), (3, 4)),), mask=mask)
    edit = Edit(JobKind.DRAG, "Drag", path_of(0, 1, 2), 2.0)
    edited = dataclasses.replace(pointed, picture=PictureState(w_of(2), own, edit), edits=1)
    return history_of(start, pointed, edited)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "work.zip"
    write_project(path, work())
    return path


# ----------------------------------------------------------------------------
# There and back.


def identical(one: Any, other: Any) -> bool:
    """Compare to the bit, through records and arrays."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(
            identical(getattr(one, field.name), getattr(other, field.name))
            for field in dataclasses.fields(one)
        )
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(identical, one, other))
    return bool(one == other)


def plain(moment: Moment) -> Moment:
    """A moment without what a file does not promise: how the mask is stored, and where the network is."""
    network = dataclasses.replace(moment.network, path=Path(moment.network.path.name))
    return dataclasses.replace(moment, mask=unpacked(moment.mask), network=network)


# One folder for all examples does no harm.
ITS_FOLDER = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


def form_of(file: Path) -> Any:
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read("project.json"))


@settings(max_examples=40, suppress_health_check=ITS_FOLDER, deadline=None)
@given(st.lists(moments(), min_size=1, max_size=5), st.data())
def test_a_project_comes_back_to_the_bit(tmp_path, done, data):
    past = history_of(*done)
    past = dataclasses.replace(past, at=data.draw(st.integers(0, len(past.entries) - 1)))
    write_project(tmp_path / "work.zip", past)
    read = read_project(tmp_path / "work.zip").history
    assert read.at == past.at
    assert [entry.words for entry in read.entries] == [entry.words for entry in past.entries]
    assert [entry.topics for entry in read.entries] == [entry.topics for entry in past.entries]
    for one, other in zip(read.entries, past.entries, strict=True):
        assert identical(plain(one.moment), plain(other.moment))


def test_what_moments_share_they_share_again(file):
    first, second, third = (entry.moment for entry in read_project(file).history.entries)
    assert second.mask is third.mask
    assert first.picture.own_w is not None
    assert len(form_of(file)["paths"]) == 1
    with zipfile.ZipFile(file) as archive:
        assert len(archive.namelist()) == 8, "four of the path, two of w, a mask, and the JSON"


def test_there_is_no_pickle_in_it_and_it_reads_as_plain_json(file):
    with zipfile.ZipFile(file) as archive:
        form = json.loads(archive.read("project.json"))
        assert (form["format"], form["version"]) == ("drag-auto project", 1)
        for name in archive.namelist():
            if name != "project.json":
                np.load(io.BytesIO(archive.read(name)), allow_pickle=False)


def test_a_write_that_fails_leaves_the_older_file(file, monkeypatch):
    before = file.read_bytes()
    monkeypatch.setattr("msgspec.json.format", lambda *rest, **named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_project(file, work())
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["work.zip"]


# ----------------------------------------------------------------------------
# The network.


@pytest.mark.parametrize("content", [b"weights of a network", b"PK\x05\x06" + 18 * b"\0"])
def test_what_is_no_project_is_not_written_over(tmp_path, content):
    path = tmp_path / "network.pt"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="no project, so it stays as it is"):
        write_project(path, work())
    assert path.read_bytes() == content


def made_with(folder: Path, name: str, content: bytes) -> Path:
    """Write a project whose network is a file of that content."""
    network = folder / name
    network.parent.mkdir(parents=True, exist_ok=True)
    network.write_bytes(content)
    info = dataclasses.replace(INFO, path=network, sha256=sha256_of(network))
    write_project(folder / "work.zip", history_of(Moment(info, LatentState(), PictureState())))
    return folder / "work.zip"


def test_the_network_is_found_where_it_was_and_where_it_moved_with_the_project(tmp_path):
    file = made_with(tmp_path / "here", "nets/a.pkl", b"a network")
    assert read_project(file).missing == ""
    (tmp_path / "here").rename(tmp_path / "there")
    read = read_project(tmp_path / "there" / "work.zip")
    assert read.missing == ""
    assert read.history.entries[0].moment.network.path == tmp_path / "there" / "nets" / "a.pkl"


def test_a_network_that_is_gone_is_named_with_its_hash(tmp_path):
    file = made_with(tmp_path, "a.pkl", b"a network")
    (tmp_path / "a.pkl").unlink()
    missing = read_project(file).missing
    assert "a.pkl is not there" in missing and sha256_start(b"a network") in missing


def test_a_network_that_has_changed_is_not_taken_for_the_one_that_was(tmp_path):
    file = made_with(tmp_path, "a.pkl", b"a network")
    (tmp_path / "a.pkl").write_bytes(b"another one")
    assert "another file by now" in read_project(file).missing


def sha256_start(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()[:12]
