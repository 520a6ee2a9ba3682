"""Files are whole or not there."""

import errno
import hashlib
import os

import pytest

from dnnlib.errors import EditorError
from dnnlib.files import FileError, atomic_write, sha256_of, writable_folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_whole_and_alone(tmp_path):
    with atomic_write(tmp_path / "edit.json") as temporary:
        temporary.write_text("{}")
        assert names(tmp_path) == [temporary.name]
        assert temporary.suffix == ".json"
    assert names(tmp_path) == ["edit.json"]
    assert (tmp_path / "edit.json").read_text() == "{}"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError, SystemExit])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, interruption):
    target = tmp_path / "edit.json"
    target.write_text("old")
    with pytest.raises(interruption), atomic_write(target) as temporary:
        temporary.write_text("half of the n")
        raise interruption
    assert names(tmp_path) == ["edit.json"]
    assert target.read_text() == "old"


def test_a_full_disk_ends_in_one_line_and_leaves_nothing(tmp_path):
    with pytest.raises(FileError, match="edit.gif: cannot be written .no space left"):
        with atomic_write(tmp_path / "edit.gif") as temporary:
            temporary.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
    assert names(tmp_path) == []


def test_a_missing_folder_and_a_folder_in_the_way_end_in_one_line(tmp_path):
    for target in (tmp_path / "missing" / "a.png", tmp_path):
        with pytest.raises(FileError) as caught, atomic_write(target) as temporary:
            temporary.write_bytes(b"x")
        assert str(target) in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
    assert names(tmp_path) == []


def test_a_missing_folder_is_said_before_the_block_does_its_work(tmp_path):
    worked = False
    with pytest.raises(FileError), atomic_write(tmp_path / "missing" / "a.png"):
        worked = True
    assert not worked


@pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX systems")
def test_others_may_read_a_file_whatever_its_writer_thinks(tmp_path):
    (tmp_path / "plain").touch()
    with atomic_write(tmp_path / "weights") as temporary:
        temporary.touch(mode=0o600)
    assert (tmp_path / "weights").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_block_that_writes_nothing_is_told_so(tmp_path):
    with pytest.raises(FileError), atomic_write(tmp_path / "a.png"):
        pass


def test_what_was_said_inside_the_block_is_what_the_person_reads(tmp_path):
    with pytest.raises(EditorError, match="^no face$"), atomic_write(tmp_path / "a.png"):
        raise EditorError("no face")


def test_sha256_is_that_of_the_content(tmp_path):
    content = bytes(range(256)) * 9000
    (tmp_path / "weights").write_bytes(content)
    assert sha256_of(tmp_path / "weights") == hashlib.sha256(content).hexdigest()
    with pytest.raises(FileError, match="missing: cannot be read"):
        sha256_of(tmp_path / "missing")


def test_a_missing_output_folder_is_made_and_left_empty(tmp_path):
    folder = writable_folder(tmp_path / "out" / "today")
    assert folder == tmp_path / "out" / "today"
    assert names(folder) == []
    assert writable_folder(folder) == folder


def test_an_output_folder_that_takes_no_files_is_refused_before_work_starts(tmp_path, monkeypatch):
    in_the_way = tmp_path / "out"
    in_the_way.write_text("a file")
    for folder in (in_the_way, in_the_way / "today"):
        with pytest.raises(FileError) as caught:
            writable_folder(folder)
        assert str(folder) in str(caught.value) and "choose another output folder" in str(caught.value)

    def refuse(**_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(FileError, match="permission denied"):
        writable_folder(tmp_path)
