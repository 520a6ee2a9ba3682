"""Hostile and broken projects are refused in one line, before memory is taken."""

import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.stack import Layer
from tests.viz.test_projects import ITS_FOLDER, form_of, history_of, work
from tests.viz.test_projects import file as file
from tests.viz.works import INFO, w_of
from viz.projects.arrays import ProjectError
from viz.projects.reading import read_project
from viz.projects.writing import write_project
from viz.state import LatentState
from viz.state.history import Moment
from viz.state.picture import PictureState


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
