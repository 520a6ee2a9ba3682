"""Projects: what is written is read again to the bit; what is broken or hostile is refused in one line."""

import dataclasses
import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dnnlib.files import sha256_of
from faces.stack import Layer
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


# ----------------------------------------------------------------------------
# Hostile and broken files.


def changed(file: Path, change: Any = None, **members: bytes | None) -> Path:
    """Write the file anew, with another project.json or other members."""
    with zipfile.ZipFile(file) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    if change is not None:
        form = json.loads(content["project.json"])
        change(form)
        content["project.json"] = json.dumps(form).encode()
    for name, data in members.items():
        name = name.replace("__", "/").replace("_npy", ".npy")
        if data is None:
            del content[name]
        else:
            content[name] = data
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file


def refusal(file: Path) -> str:
    with pytest.raises(ProjectError) as refused:
        read_project(file)
    text = str(refused.value)
    assert "\n" not in text and file.name in text and len(text) < 600
    return text


def npy(header: str, data: bytes = b"") -> bytes:
    line = header.encode() + b" " * (63 - (len(header) + 10) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(line).to_bytes(2, "little") + line + data


def form_of(file: Path) -> Any:
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read("project.json"))


def set_at(*keys: Any, value: Any) -> Any:
    def change(form: Any) -> None:
        for key in keys[:-1]:
            form = form[key]
        form[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("keys", "value", "says"),
    [
        (("version",), 2, "newer program"),
        (("version",), 0, "from 1 on"),
        (("version",), "x", "Expected `int`"),
        (("format",), "something", "no project of this program"),
        (("at",), 99, "entry 99 of 3"),
        (("at",), -1, ">= 0"),
        (("entries",), [], ">= 1"),
        (("entries", 0, "moment", "network"), 7, "there are 1"),
        (("entries", 2, "moment", "edit", "path"), 7, "there are 1"),
        (("entries", 0, "moment", "w"), "arrays/999.npy", "is missing"),
        (("entries", 0, "moment", "w"), "../../etc/passwd", "no name of an array"),
        (("entries", 0, "moment", "w"), {"a": 1}, "no name of an array"),
        (("entries", 0, "moment", "w"), "WS", "expected float32 [8, 16]"),
        (("entries", 0, "moment", "config", "max_steps"), -4, "max_steps: expected 0 to 10000"),
        (("entries", 0, "moment", "config", "space"), "evil", "Invalid enum value"),
        (("entries", 1, "moment", "pairs"), [{"point": [1]}], "length 2"),
        (("entries", 1, "moment", "pairs"), [{"point": ["a", 2]}], "Expected `float`"),
        (("entries", 0, "moment", "strengths"), {"close_eyes": "much"}, "Expected `float`"),
        (("entries", 0, "moment", "latent", "given"), {"name": "x", "w": "STEPS"}, "the latent's w is int32"),
        (("entries", 0, "moment", "latent", "seed"), "x", "Expected `int`"),
        (("networks", 0, "sha256"), "short", "matching regex"),
        (("networks", 0, "width"), 10**9, "<= 16384"),
        (("paths", 0, "steps"), "WS", "no ascending whole numbers"),
        (("paths", 0, "targets"), "WS", "number of dimensions"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(file, keys, value, says):
    path = form_of(file)["paths"][0]
    value = path["ws"] if value == "WS" else value
    if isinstance(value, dict) and value.get("w") == "STEPS":
        value = {**value, "w": path["steps"]}
    assert says in refusal(changed(file, set_at(*keys, value=value)))


def test_numbers_that_are_none_are_refused(file):
    bad = io.BytesIO()
    np.save(bad, np.full((8, 16), np.nan, np.float32))
    name = form_of(file)["entries"][0]["moment"]["w"].replace("/", "__").replace(".npy", "_npy")
    assert "not a number" in refusal(changed(file, **{name: bad.getvalue()}))


@pytest.mark.parametrize(
    ("array", "says"),
    [
        (npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"cos\nsystem"), "expected float32"),
        (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999, 99999, 99), }"), "expected 3959"),
        (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 16), }"), "expected float32"),
        (npy("{'descr': '<f4', 'fortran_order': False, 'shape': (8, 16), }", b"short"), "expected 512"),
        (npy("__import__('os').system('true')"), "arrays/0.npy"),
        (b"\x93NUMPY\x02\x00", "not 1.0"),
        (b"nothing", "magic"),
        (b"", "magic"),
    ],
)  # fmt: skip
def test_an_array_that_is_none_is_refused_before_memory_is_taken(file, array, says):
    changed(file, arrays__0_npy=array)
    tracemalloc.start()
    assert says in refusal(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 << 20


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"project.json": b"["}, "no project that can be read"),
        ({"project.json": b'{"x":' + b"[" * 100_000}, "nested too deeply"),
        ({"project.json": b'{"format": "drag-auto project", "version": 1}'}, "missing required field"),
        ({}, "no project.json"),
        ({"project.json": b"{}", "../evil.npy": b""}, "no project does"),
        ({"project.json": b"{}", "__pycache__/x.pyc": b""}, "no project does"),
    ],
)
def test_a_zip_of_something_else_is_refused(tmp_path, members, says):
    file = tmp_path / "other.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert says in refusal(file)


def test_a_zip_bomb_is_refused_unpacked(tmp_path):
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        with archive.open("project.json", "w") as member:
            for _ in range(80):
                member.write(bytes(1 << 20))
    tracemalloc.start()
    assert "too much for a project" in refusal(file)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(file):
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("arrays/0.npy", b"")
    assert "two files of one name" in refusal(file)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_file_that_is_cut_short_is_refused(file, share):
    data = file.read_bytes()
    file.write_bytes(data[: int(share * len(data))])
    refusal(file)


@settings(max_examples=60, suppress_health_check=ITS_FOLDER, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4))
def test_whatever_bytes_are_changed_it_is_read_or_refused_in_one_line(tmp_path, flips):
    file = tmp_path / "work.zip"
    file.unlink(missing_ok=True)  # What is no project any more is not written over.
    write_project(file, work())
    data = bytearray(file.read_bytes())
    for place, value in flips:
        data[place % len(data)] = value
    file.write_bytes(data)
    try:
        read_project(file)
    except ProjectError as error:
        assert "\n" not in str(error)


def test_a_file_that_is_not_there_or_no_file_is_said(tmp_path):
    assert "no such file" in refusal(tmp_path / "nothing.zip")
    with pytest.raises(ProjectError, match="is a directory"):
        read_project(tmp_path)


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        (Layer("x", start=np.zeros((3, 3), np.float32)), "edit 0 of the stack: start is float32"),
        (Layer("x", pending=np.full((8, 16), np.nan, np.float32)), "pending: it holds what is not a number"),
    ],
)
def test_a_stack_that_does_not_fit_its_network_is_refused(tmp_path, layer, says):
    picture = PictureState(w_of(0), w_of(0), stack=(layer,))
    write_project(tmp_path / "work.zip", history_of(Moment(INFO, LatentState(), picture)))
    with pytest.raises(ProjectError, match=says):
        read_project(tmp_path / "work.zip")


def test_numbers_of_numpy_become_plain_ones(tmp_path):
    odd: Any = {"close_eyes": np.float32(0.5), "big_eyes": np.float64(0.25)}
    click: Any = (np.float32(1), 2.0)
    moment = Moment(INFO, LatentState(seed=3), PictureState(), strengths=odd, click=click)
    write_project(tmp_path / "work.zip", history_of(moment))
    read = read_project(tmp_path / "work.zip").history.entries[0].moment
    assert read.strengths == {"close_eyes": 0.5, "big_eyes": 0.25}
    assert read.click == (1.0, 2.0) and type(read.click[0]) is float


def test_what_has_no_form_in_a_project_is_refused_and_leaves_the_older_file(file):
    before = file.read_bytes()
    odd: Any = {"close_eyes": object()}
    with pytest.raises(TypeError, match="no form for object"):
        write_project(file, history_of(Moment(INFO, LatentState(), PictureState(), strengths=odd)))
    assert file.read_bytes() == before
