"""Downloads come whole, by mirrors and redirects, and are cancelled and told of."""

import pytest

from dnnlib import transfer
from dnnlib.download import DownloadCancelledError, DownloadError, download, host_of, size_text, terminal_bar
from tests.dnnlib.downloads import OTHER, SHA256, left_in, ranges
from tests.loopback import CONTENT, Page

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
# Words.


def test_the_bar_says_how_much_has_come(server, path, capsys):
    with terminal_bar("Fetching network.pkl") as progress:
        download([server.page("/file", cuts=(5000,))], path, progress=progress)
    said = capsys.readouterr().err
    assert "Fetching network.pkl" in said and "100%" in said and "102k" in said


def test_sizes_and_hosts_in_words():
    assert [size_text(count) for count in (1, 96_000_000, 3_810_000_000)] == ["1 kB", "96 MB", "3.8 GB"]
    assert host_of("https://user:secret@host.example:8/a/b") == "host.example:8"
