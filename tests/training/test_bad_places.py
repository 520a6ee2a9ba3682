"""Files that are half there, locked, far away or none at all: a line says why, and the old network stays."""

import contextlib
import errno
import io
import os
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from dnnlib.latents import Latent
from tests.torch_utils.network_pickles import dumps, snapshot
from tests.training.small_generators import make
from tools.opening import open_session
from training.checkpoint import CheckpointError, load_generator, save_generator
from training.convert import main as convert
from viz import answers, commands
from viz.worker import Worker


@pytest.fixture(params=["safetensors", "pkl"])
def whole(request, tmp_path) -> Path:
    """A sound file in either form."""
    path = tmp_path / f"network.{request.param}"
    if request.param == "pkl":
        path.write_bytes(dumps(snapshot(make("skip"))))
    else:
        save_generator(path, make("skip"))
    return path


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_generator(path)
    message = str(caught.value)
    assert str(path)[:200] in message and "\n" not in message
    return message


# ----------------------------------------------------------------------------
# Half-written, and changed while it is read.


def test_a_file_that_is_being_copied_is_refused_until_it_is_there(whole, tmp_path):
    content, target = whole.read_bytes(), tmp_path / "copy"
    target.write_bytes(content[:100])

    def copy() -> None:
        with target.open("wb", buffering=0) as file:
            for start in range(0, len(content), len(content) // 20):
                file.write(content[start : start + len(content) // 20])
                time.sleep(0.02)

    copying = threading.Thread(target=copy)
    copying.start()
    outcomes: list[Any] = []
    while copying.is_alive():
        with contextlib.suppress(CheckpointError):
            outcomes.append(load_generator(target))
        outcomes.append(None)
    copying.join()
    assert outcomes
    found = load_generator(target)  # What is whole is read, at the first try.
    for early in outcomes:
        assert early is None or early.source_sha256 == found.source_sha256


class Odd(io.FileIO):
    """A file to which something happens at its second read."""

    def __init__(self, path: Path, happens: Any) -> None:
        super().__init__(path, "rb")
        self.happens, self.reads = happens, 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads == 2:
            self.happens()
        return super().read(size)


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen while a file is read."""

    def arrange(happens: Any) -> None:
        monkeypatch.setattr(Path, "open", lambda self, *args, **kwargs: Odd(self, happens))

    return arrange


def test_a_file_that_is_cut_short_while_it_is_read(whole, meanwhile):
    meanwhile(lambda: os.truncate(whole, 50))
    assert "became shorter while it was read" in refused(whole)


def test_a_file_that_is_written_anew_while_it_is_read(whole, meanwhile):
    meanwhile(lambda: os.utime(whole, ns=(0, 12345)))  # Other content, the same length.
    assert "was changed while it was read; wait until it is whole" in refused(whole)


@pytest.mark.parametrize("code", [errno.ESTALE, errno.EIO, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN])
def test_a_share_that_vanishes_while_it_is_read(whole, meanwhile, code):
    def vanish() -> None:
        raise OSError(code, os.strerror(code))

    meanwhile(vanish)
    assert f"cannot be read ({os.strerror(code).lower()})" in refused(whole)


def test_a_share_that_has_vanished(whole, monkeypatch):
    def gone(self: Path, **kwargs: Any) -> os.stat_result:
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    monkeypatch.setattr(Path, "stat", gone)
    assert "stale file handle" in refused(whole)


# ----------------------------------------------------------------------------
# Locked, and no file at all.


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything: be somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_without_permission(whole):
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        shutil.copy(whole, folder / "locked")
        (folder / "locked").chmod(0)
        with as_nobody():
            assert "may not be read (no permission)" in refused(folder / "locked")
    finally:
        shutil.rmtree(folder)


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("missing")
    (tmp_path / "empty").touch()
    for path, says in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "is a pipe or a device"),
        (Path("/dev/zero"), "is a pipe or a device"),
        (tmp_path / "loop", "cannot be read"),
        (tmp_path / "nowhere", "no such file"),
        (tmp_path / ("n" * 300), "cannot be read (file name too long)"),
        (tmp_path / "empty", "the file is empty"),
    ):
        said: list[str] = []
        # A pipe that nobody writes into would be waited for without end.
        reading = threading.Thread(
            target=lambda path=path, said=said: said.append(refused(path)), daemon=True
        )
        reading.start()
        reading.join(10)
        assert said and says in said[0], path
    with pytest.raises(CheckpointError, match="null"):
        load_generator("a\0b")


# ----------------------------------------------------------------------------
# Writing.


@contextlib.contextmanager
def disk_full(left: int) -> Iterator[None]:
    """Let the system refuse files of more than so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ["out.safetensors", "out.pkl"])
def test_a_full_disk_leaves_the_old_file(whole, tmp_path, name):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / name).write_bytes(b"the old file")
    with disk_full(left=5000):
        done = CliRunner().invoke(convert, [str(whole), str(folder / name)])
    assert done.exit_code == 1 and "cannot be written (file too large)" in done.output
    assert "Traceback" not in done.output
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_bytes() == b"the old file"


# ----------------------------------------------------------------------------
# The worker behind the window.


def test_the_old_network_stays_whatever_is_dropped(tmp_path, monkeypatch):
    """Bad files, one after the other: each failure says why, and the picture is still to be had."""
    save_generator(tmp_path / "good.safetensors", make("skip"))
    content = (tmp_path / "good.safetensors").read_bytes()
    (tmp_path / "half.safetensors").write_bytes(content[: len(content) // 2])
    (tmp_path / "hostile.pkl").write_bytes(b"\x80\x04cos\nsystem\n.")
    (tmp_path / "empty.pkl").touch()
    os.mkfifo(tmp_path / "pipe.pkl")
    (tmp_path / "gone.pkl").write_bytes(content)
    bad = {
        "half": "cut off",
        "hostile": "os.system",
        "empty": "is empty",
        "pipe": "is a pipe",
        "gone": "stale",
    }
    stat = Path.stat

    def stat_of_a_share(self: Path, **kwargs: Any) -> os.stat_result:
        if self.name == "gone.pkl":
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return stat(self, **kwargs)

    monkeypatch.setattr(Path, "stat", stat_of_a_share)
    news: list[Any] = []
    worker = Worker(lambda path, opening: open_session(path, "cpu"))

    def wait_for(kind: Any, epoch: int) -> Any:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            more, frame = worker.poll()
            news.extend(more)
            news.append(frame)
            for one in news:
                if isinstance(one, kind) and one.epoch == epoch:
                    return one
            time.sleep(0.005)
        raise AssertionError(f"no {kind.__name__}; there is {news}")

    try:
        worker.send(commands.Load(1, tmp_path / "good.safetensors"))
        wait_for(answers.Loaded, 1)
        worker.send(commands.Generate(2, Latent(5, 0.7)))
        picture = wait_for(answers.Frame, 2).picture
        for epoch, (name, says) in enumerate(bad.items(), start=1):
            path = next(path for path in tmp_path.iterdir() if path.stem == name)
            worker.send(commands.Load(10 * epoch, path))
            message = wait_for(answers.Failed, 10 * epoch).message
            assert says in message and path.name in message and "\n" not in message
            worker.send(commands.Generate(10 * epoch + 1, Latent(5, 0.7)))
            assert np.array_equal(wait_for(answers.Frame, 10 * epoch + 1).picture, picture)
    finally:
        worker.close()


def test_a_network_in_use_does_not_look_at_its_file_again(tmp_path):
    """Its file may be overwritten or taken away: the weights are the network's own."""
    path = tmp_path / "network"
    save_generator(path, make("skip"))
    generator = load_generator(path)
    z = torch.ones([1, 8])
    before = generator(z)
    os.truncate(path, 10)
    path.unlink()
    assert torch.equal(generator(z), before)
