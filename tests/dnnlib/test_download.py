"""Downloads from a server that cuts, stalls, lies and changes its mind."""

import contextlib
import hashlib
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from dnnlib import transfer
from dnnlib.download import DownloadCancelledError, DownloadError, download, host_of, size_text, terminal_bar
from dnnlib.errors import EditorError
from dnnlib.files import FileError
from dnnlib.partial_file import PartialFile
from tests.loopback import CONTENT, Page, running

SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = bytes(reversed(CONTENT))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server():
    with running() as loopback:
        yield loopback


@pytest.fixture
def path(tmp_path):
    return tmp_path / "in" / "network.pkl"


def left_in(path):
    return sorted(file.name for file in path.parent.iterdir())


def ranges(server):
    return [asked for _, asked in server.asked]


# ----------------------------------------------------------------------------
# What goes well.


def test_a_file_arrives_whole_and_nothing_else_stays(server, path):
    told = []
    address = server.page("/file")
    assert download([address], path, progress=lambda *step: told.append(step), sha256=SHA256) == path
    assert path.read_bytes() == CONTENT and left_in(path) == ["network.pkl"]
    assert told[0] == (0, len(CONTENT)) and told[-1] == (len(CONTENT), len(CONTENT))


def test_what_is_there_is_not_asked_for_again(server, path):
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    download([server.page("/file")], path, size=len(CONTENT), sha256=SHA256)
    assert server.asked == []


def test_what_is_there_but_is_another_file_is_replaced_only_by_the_right_one(server, path):
    path.parent.mkdir()
    path.write_bytes(b"older")
    with pytest.raises(DownloadError):
        download([server.page("/other", content=OTHER)], path, sha256=SHA256)
    assert path.read_bytes() == b"older"
    download([server.page("/file")], path, sha256=SHA256)
    assert path.read_bytes() == CONTENT


def test_a_redirect_is_followed(server, path):
    download([server.page("/old", to=server.page("/file"))], path)
    assert path.read_bytes() == CONTENT


def test_a_proxy_from_the_environment_is_asked(server, path, monkeypatch):
    monkeypatch.setenv("http_proxy", server.address)
    server.pages["http://models.invalid/file"] = Page()
    download(["http://models.invalid/file"], path)
    assert path.read_bytes() == CONTENT
    assert server.asked == [("http://models.invalid/file", "")]


def test_a_server_that_does_not_say_the_length_is_believed_where_the_digest_agrees(server, path):
    told = []
    download([server.page("/file", claim=0)], path, sha256=SHA256, progress=lambda *step: told.append(step))
    assert path.read_bytes() == CONTENT and told[-1] == (len(CONTENT), None)


# ----------------------------------------------------------------------------
# Cuts.


def test_a_fetch_that_is_cut_goes_on_where_it_stopped(server, path):
    download([server.page("/file", cuts=(5000, 700, 90000))], path)
    assert path.read_bytes() == CONTENT
    assert ranges(server) == ["", "bytes=5000-", "bytes=5700-", "bytes=95700-"]


def test_a_later_call_goes_on_with_what_an_earlier_one_left(server, path):
    address = server.page("/file", cuts=(5000, 0))
    with pytest.raises(DownloadError, match="ended after 5 kB of 102 kB"):
        download([address], path)
    assert left_in(path) == ["network.pkl.part", "network.pkl.part.json"]
    download([address], path)
    assert ranges(server)[-1] == "bytes=5000-" and path.read_bytes() == CONTENT


def test_a_program_that_was_killed_leaves_what_another_goes_on_with(server, path):
    address = server.page("/file", stall=60_000)
    program = "from pathlib import Path\nfrom dnnlib.download import download\n"
    program += f"download([{address!r}], Path({str(path)!r}))"
    killed = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2])
    part = path.with_name("network.pkl.part")
    until = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size > 20_000):
        assert time.monotonic() < until and killed.poll() is None
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    size = part.stat().st_size
    server.page("/file")
    download([address], path)
    assert path.read_bytes() == CONTENT and ranges(server)[-1] == f"bytes={size}-"
    assert left_in(path) == ["network.pkl"]


def test_two_editions_are_never_glued_together(server, path):
    newer = Page(content=OTHER, tag='"two"')
    download([server.page("/file", cuts=(5000,), changes_to=newer)], path)
    assert path.read_bytes() == OTHER


def test_a_server_that_swears_by_a_tag_and_sends_something_else_is_found_out_by_the_digest(server, path):
    address = server.page("/file", content=OTHER, cuts=(5000, 0))
    with pytest.raises(DownloadError):
        download([address], path, sha256=SHA256)
    server.page("/file")  # The same tag, another content.
    download([address], path, sha256=SHA256)
    assert path.read_bytes() == CONTENT
    assert ranges(server)[-2:] == ["bytes=5000-", ""]


@pytest.mark.parametrize("ranges_heeded", [False, "wrong"])
def test_a_server_that_mistakes_the_range_sends_everything_again(server, path, ranges_heeded):
    address = server.page("/file", cuts=(5000,), ranges=ranges_heeded)
    if ranges_heeded == "wrong":
        server.pages["/file"].changes_to = Page(cuts=(1,), ranges="wrong", changes_to=Page())
    download([address], path)
    assert path.read_bytes() == CONTENT


def test_without_a_mark_of_the_edition_nothing_is_gone_on_with(server, path):
    address = server.page("/file", cuts=(5000,), tag="")
    with pytest.raises(DownloadError):
        download([address], path)
    assert left_in(path) == []
    server.page("/weak", cuts=(5000,), tag='W/"one"')
    with pytest.raises(DownloadError):
        download([server.address + "/weak"], path)


def test_a_date_marks_an_edition_too(server, path):
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    download([server.page("/file", cuts=(5000,), tag="", headers={"Last-Modified": date})], path)
    assert path.read_bytes() == CONTENT


def test_a_part_longer_than_the_file_is_thrown_away(server, path):
    address = server.page("/file", cuts=(5000, 0))
    with pytest.raises(DownloadError):
        download([address], path)
    server.page("/file", content=CONTENT[:3000])
    download([address], path)
    assert path.read_bytes() == CONTENT[:3000]


def test_a_note_that_is_damaged_makes_the_part_worthless(server, path):
    address = server.page("/file", cuts=(5000, 0))
    with pytest.raises(DownloadError):
        download([address], path)
    for text in ("", "{", "[]", '{"address": 1}', '{"address": "a", "validator": "b", "total": "many"}'):
        (path.parent / "network.pkl.part.json").write_text(text)
        with PartialFile(path) as part:
            assert part.edition.address == "" and part.size == 5000
            part.edition = part.edition.__class__("kept", "by this test")
    (path.parent / "network.pkl.part.json").write_text("{")
    download([address], path)
    assert path.read_bytes() == CONTENT and ranges(server)[-1] == ""


def test_a_server_that_cuts_for_ever_is_given_up(server, path, monkeypatch):
    monkeypatch.setattr(transfer, "_MOST_CUTS", 4)
    with pytest.raises(DownloadError, match="cut again and again"):
        download([server.page("/file", cuts=(10,) * 50)], path)
    assert len(server.asked) == 4


# ----------------------------------------------------------------------------
# Silence, cancel, mirrors.


def test_a_server_that_falls_silent_is_given_up(server, path):
    with pytest.raises(DownloadError, match=r"said nothing for 1\.5 s"):
        download([server.page("/file", stall=3000)], path, timeout=1.5)
    assert "network.pkl.part" in left_in(path)


def test_a_cancel_ends_the_fetch_and_leaves_what_came(server, path, monkeypatch):
    monkeypatch.setattr(transfer, "_BLOCK", 1000)
    got = []
    with pytest.raises(DownloadCancelledError, match=r"network\.pkl: the download was cancelled"):
        download(
            [server.page("/file"), server.address + "/never"],
            path,
            progress=lambda count, total: got.append(count),
            cancelled=lambda: bool(got) and got[-1] > 3000,
        )
    assert not path.exists() and (path.parent / "network.pkl.part").stat().st_size == got[-1] < len(CONTENT)
    download([server.address + "/file"], path)
    assert path.read_bytes() == CONTENT and ranges(server) == ["", f"bytes={got[-1]}-"]


def test_mirrors_are_asked_in_turn_until_one_has_the_file(server, path):
    mirrors = [
        server.address + "/gone",
        server.page("/html", content=b" <!DOCTYPE html><p>Quota exceeded"),
        server.page("/wrong", content=OTHER),
        server.page("/file"),
        server.page("/never"),
    ]
    download(mirrors, path, sha256=SHA256)
    assert path.read_bytes() == CONTENT
    assert [path for path, _ in server.asked] == ["/gone", "/html", "/wrong", "/file"]


def test_where_a_digest_will_tell_a_mirror_goes_on_with_the_part_of_another(server, path):
    mirrors = [server.page("/cut", cuts=(5000, 0), tag=""), server.page("/file")]
    download(mirrors, path, sha256=SHA256)
    assert path.read_bytes() == CONTENT and ("/file", "bytes=5000-") in server.asked


# ----------------------------------------------------------------------------
# Refusals. None leaves anything under the final name.


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


# ----------------------------------------------------------------------------
# Words.


def test_the_bar_says_how_much_has_come(server, path, capsys):
    with terminal_bar("Fetching network.pkl") as progress:
        download([server.page("/file", cuts=(5000,))], path, progress=progress)
    said = capsys.readouterr().err
    assert "Fetching network.pkl" in said and "100%" in said and "102k" in said


def test_sizes_and_hosts_in_words():
    assert [size_text(count) for count in (1, 96_000_000, 3_810_000_000)] == ["1 kB", "96 MB", "3.8 GB"]
    assert host_of("https://user:secret@host.example:8/a/b") == "host.example:8"
