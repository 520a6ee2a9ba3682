"""Public sets are fetched, checked and unpacked safely, or it is said how to place them by hand."""

import gzip
import io
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from pix2pix import public
from pix2pix.data import DataError, Sources
from tests.pix2pix.conftest import picture


def png(seed):
    content = io.BytesIO()
    Image.fromarray(picture(seed, 32, 64)).save(content, format="PNG")
    return content.getvalue()


def archive(*extra, train=3, val=1, folder="tiny"):
    """A .tar.gz of a set, and members that do not belong into one."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for split, count in (("train", train), ("val", val)):
            for index in range(count):
                data = png(index)
                member = tarfile.TarInfo(f"{folder}/{split}/{index}.png")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        for member in extra:
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return content.getvalue()


@pytest.fixture
def server():
    """A server on loopback that gives `content`, or refuses with `status`."""

    class Handler(BaseHTTPRequestHandler):
        content, status, asked, address = b"", 200, 0, ""

        def do_GET(self):
            Handler.asked += 1
            self.send_response(Handler.status)
            self.send_header("Content-Length", str(len(Handler.content)))
            self.end_headers()
            self.wfile.write(Handler.content)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        Handler.address = f"http://127.0.0.1:{running.server_port}/tiny.tar.gz"
        yield Handler
        running.shutdown()


def fetch(server, folder, offline=False, **row):
    row = {"addresses": [server.address], "counts": {"train": 3, "val": 1}, **row}
    return public.fetch("tiny", row, Sources(folder, folder, offline=offline))


def test_a_set_is_fetched_unpacked_and_found_again(server, tmp_path):
    server.content = archive()
    folder = fetch(server, tmp_path, bytes=len(server.content))
    assert folder == tmp_path / "tiny"
    assert [path.name for path in tmp_path.iterdir()] == [
        "tiny"
    ]  # Neither archive nor half-unpacked folder stays.
    assert (folder / "train" / "2.png").read_bytes() == png(2)
    assert fetch(server, tmp_path) == folder and server.asked == 1


def test_a_wrong_size_a_wrong_count_and_no_archive_are_refused(server, tmp_path):
    server.content = archive()
    with pytest.raises(DataError, match="tiny"):
        fetch(server, tmp_path, bytes=len(server.content) + 1)
    server.content = archive(train=2)
    with pytest.raises(DataError, match="2 pictures in train, expected 3"):
        fetch(server, tmp_path)
    for content in (b"<html>moved</html>", gzip.compress(b"not a tar"), archive()[:400]):
        server.content = content
        with pytest.raises(DataError):
            fetch(server, tmp_path / str(len(content)))
    assert not (tmp_path / "tiny").exists()


def test_a_host_that_refuses_leads_to_the_way_by_hand(server, tmp_path):
    server.status = 403
    with pytest.raises(DataError, match="403.*register at example"):
        fetch(server, tmp_path, by_hand="register at example")
    with pytest.raises(DataError, match=r"place tiny\.tar\.gz from http://127"):
        fetch(server, tmp_path)


def test_offline_asks_nobody(server, tmp_path):
    with pytest.raises(DataError, match="offline nothing is fetched"):
        fetch(server, tmp_path, offline=True)
    assert server.asked == 0


def odd_member(name, kind=tarfile.REGTYPE, link=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    member.size = 3 if kind == tarfile.REGTYPE else 0
    return member


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (odd_member("../escaped.png"), "would lie outside"),
        (odd_member("tiny/../../escaped.png"), "would lie outside"),
        (odd_member("tiny/link", tarfile.SYMTYPE, "/etc/passwd"), "is a link"),
        (odd_member("tiny/hard", tarfile.LNKTYPE, "tiny/train/0.png"), "is a link"),
        (odd_member("tiny/fifo", tarfile.FIFOTYPE), "is a link or a device"),
    ],
)
def test_nothing_is_written_outside_and_no_link_is_made(tmp_path, member, said):
    path = tmp_path / "in" / "tiny.tar.gz"
    path.parent.mkdir()
    path.write_bytes(archive(member))
    with pytest.raises(DataError, match=said):
        public.unpack(path, tmp_path / "in" / "tiny", {})
    assert [file.name for file in tmp_path.rglob("*")] == ["in", "tiny.tar.gz"]


def test_an_archive_that_unpacks_to_too_much_is_stopped_before_it_does(tmp_path, monkeypatch):
    monkeypatch.setattr(public, "LARGEST", 100)
    path = tmp_path / "tiny.tar.gz"
    path.write_bytes(archive())
    with pytest.raises(DataError, match="unpacks to more than"):
        public.unpack(path, tmp_path / "tiny", {})
    assert list(tmp_path.iterdir()) == [path]


def test_an_absolute_path_stays_inside(tmp_path):
    path = tmp_path / "tiny.tar.gz"
    path.write_bytes(archive(odd_member("/tiny/train/9.png")))
    public.unpack(path, tmp_path / "set", {"train": 4})
    assert (tmp_path / "set" / "train" / "9.png").read_bytes() == b"xxx"
