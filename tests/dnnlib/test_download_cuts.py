"""A download that was cut goes on where it stopped, and never glues two editions together."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from dnnlib import transfer
from dnnlib.download import DownloadError, download
from dnnlib.partial_file import PartialFile
from tests.dnnlib.downloads import OTHER, SHA256, left_in, ranges
from tests.loopback import CONTENT, Page


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
