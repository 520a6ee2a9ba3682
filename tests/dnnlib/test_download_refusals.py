"""What is not the file is refused in one line, and leaves nothing under the final name."""

import contextlib
import socket
import threading

import pytest
import requests

from dnnlib import transfer
from dnnlib.download import DownloadError, download
from dnnlib.errors import EditorError
from dnnlib.files import FileError
from dnnlib.partial_file import PartialFile
from tests.dnnlib.downloads import OTHER, SHA256, left_in
from tests.loopback import CONTENT


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ({"status": 404}, "answered 404"),
        ({"status": 503}, "answered 503"),
        ({"content": b"<html><body>Log in first</body></html>", "claim": 0}, "sent a web page"),
        ({"kind": "text/html; charset=utf-8"}, "sent a web page"),
        ({"content": OTHER}, "not the file that was published"),
        ({"content": CONTENT[:-1]}, r"has a file of 102,399 bytes; expected 102,400"),
        ({"content": CONTENT[:-1], "claim": 0}, r"102,399 bytes came; expected 102,400"),
        ({"content": CONTENT + b"!", "claim": 0}, "sent more than 102 kB"),
        ({"claim": 102_401}, r"has a file of 102,401 bytes"),
        ({"content": b"", "claim": 0}, r"0 bytes came"),
        ({"headers": {"Content-Encoding": "gzip"}}, "sent the file packed"),
    ],
)
def test_what_is_not_the_file_is_refused(server, path, page, says):
    with pytest.raises(DownloadError, match=says) as error:
        download([server.page("/file", **page)], path, size=len(CONTENT), sha256=SHA256)
    assert "\n" not in str(error.value) and str(error.value).startswith("network.pkl could not be fetched")
    assert left_in(path) == []


def test_a_length_that_is_not_kept_is_noticed_without_a_digest(server, path):
    with pytest.raises(DownloadError, match="ended after 102 kB of 1 MB"):
        download([server.page("/file", claim=1_000_000, tag="")], path)
    with pytest.raises(DownloadError, match="sent an empty file"):
        download([server.page("/empty", content=b"", claim=0)], path)
    assert left_in(path) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n9\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Len",
        b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\n\r\nabcde",
        b"HTTP/1.1 206 Partial Content\r\nContent-Range: nonsense\r\n\r\nabcde",
        b"no answer of the web\r\n\r\n",
        b"",
    ],
)
def test_an_answer_that_is_broken_ends_in_one_line_and_leaves_nothing(path, monkeypatch, answer):
    monkeypatch.setattr(transfer, "_MOST_CUTS", 2)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=answer_with, args=(listening, answer, 2), daemon=True)
        thread.start()
        with pytest.raises(DownloadError) as error:
            download([f"http://127.0.0.1:{listening.getsockname()[1]}/file"], path, timeout=20)
    assert "\n" not in str(error.value) and left_in(path) == []


def answer_with(listening, answer, times):
    """Answer so many callers with these bytes, and hang up."""
    for _ in range(times):
        try:
            caller, _ = listening.accept()
        except OSError:
            return
        with caller, contextlib.suppress(OSError):  # Who asked may have hung up.
            caller.recv(65536)
            caller.sendall(answer)


def test_an_encrypted_address_that_leads_to_an_open_one_is_refused():
    answer = requests.Response()
    answer.status_code, answer.url = 200, "http://elsewhere.example/file"
    with pytest.raises(transfer.AddressError, match="not encrypted"):
        transfer._refuse_what_is_no_file(answer, "https://models.example/file")
    transfer._refuse_what_is_no_file(answer, "http://models.example/file")


def test_more_room_than_the_disk_has_is_not_begun_with(server, path):
    with pytest.raises(DownloadError, match=r"are needed and .* are free"):
        download([server.page("/file", claim=10**16)], path)
    assert left_in(path) == []


def test_a_full_disk_is_said(server, path, monkeypatch):
    def full(self, block):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PartialFile, "write", full)
    with pytest.raises(DownloadError, match="cannot be written .no space left"):
        download([server.page("/file"), server.page("/mirror")], path)
    assert [asked for asked, _ in server.asked] == ["/file"]


def test_the_caller_s_own_check_can_refuse_the_file(server, path):
    seen = []

    def check(file):
        seen.append(file.read_bytes())
        raise EditorError("no network in it")

    with pytest.raises(DownloadError, match="no network in it"):
        download([server.page("/file")], path, check=check)
    assert seen == [CONTENT] and left_in(path) == []


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/file", "file:///etc/passwd", "no address", "http://"])
def test_an_address_that_is_not_of_the_web_ends_in_one_line(path, address):
    with pytest.raises(DownloadError) as error:
        download([address], path)
    assert "\n" not in str(error.value) and left_in(path) == []


def test_a_server_that_is_not_there_ends_in_one_line(path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # And never listens: the port is nobody else's meanwhile.
        port = nobody.getsockname()[1]
        with pytest.raises(DownloadError, match=f"127.0.0.1:{port}: connection refused"):
            download([f"http://127.0.0.1:{port}/file"], path)


def test_offline_nothing_is_asked(server, path):
    with pytest.raises(DownloadError, match="offline"):
        download([server.page("/file")], path, offline=True)
    assert server.asked == [] and not path.parent.exists()
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    assert download([server.address + "/file"], path, sha256=SHA256, offline=True) == path


def test_two_programs_do_not_fetch_one_file_at_once(server, path):
    pytest.importorskip("fcntl")
    path.parent.mkdir()
    with PartialFile(path) as part:
        part.write(b"mine")
        with pytest.raises(FileError, match="is being fetched already"):
            download([server.page("/file")], path)
    assert server.asked == []


def test_a_folder_that_cannot_be_made_is_said(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="cannot be written to"):
        download([server.page("/file")], tmp_path / "file" / "network.pkl")
