"""The catalogue of published checkpoints, and fetching from it."""

import dataclasses
import hashlib

import pytest
from click.testing import CliRunner

from dnnlib.download import DownloadError
from tests.loopback import Page, running
from training import catalogue, download
from training.catalogue import (
    CatalogueError,
    Published,
    fetch,
    find,
    is_here,
    read_catalogue,
    recorded_digest,
)

PICKLE = b"\x80\x04" + bytes(range(256)) * 200
DIGEST = hashlib.sha256(PICKLE).hexdigest()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with running() as loopback:
        yield loopback


def published(*addresses, **known):
    return Published(
        "tiny", "A tiny one", "StyleGAN2", (8, 8), "CC0 1.0", "https://tiny.example", addresses, **known
    )


@pytest.fixture
def offered(server, monkeypatch, tmp_path):
    """A catalogue of one checkpoint, which the server has, for the command line."""
    one = published(server.page("/tiny.pkl", content=PICKLE), about_mb=1)
    monkeypatch.setattr(download, "read_catalogue", lambda: (one,))
    return one


def run(*arguments):
    return CliRunner().invoke(download.main, [str(one) for one in arguments])


# ----------------------------------------------------------------------------
# What it holds.


def test_the_catalogue_holds_what_people_ask_for():
    names = {one.name for one in read_catalogue()}
    wanted = [f"stylegan2-ffhq-{size}x{size}" for size in (256, 512, 1024)]
    wanted += [f"stylegan2-afhq{animal}-512x512" for animal in ("cat", "dog", "wild")]
    wanted += [f"stylegan3-{form}-ffhq{u}-1024x1024" for form in "tr" for u in ("", "u")]
    wanted += [f"self-distilled-{kind}" for kind in ("lions-512", "dogs-1024", "horses-256", "elephants-512")]
    wanted += ["stylegan2-metfaces-1024x1024", "stylegan-human-v2-512", "stylegan-human-v2-1024"]
    wanted += ["stylegan2-car-config-f", "stylegan2-cat-config-f"]
    assert set(wanted) <= names


def test_every_entry_says_what_a_person_has_to_know():
    for one in read_catalogue():
        assert one.title and one.licence and one.page.startswith("https://"), one.name
        assert all(address.startswith("https://") for address in one.addresses), one.name
        assert min(one.picture) >= 256 and one.size_text != "size unknown", one.name


def test_an_unknown_name_is_answered_with_those_that_come_near():
    with pytest.raises(CatalogueError, match="did you mean stylegan2-ffhq-512x512"):
        find("stylegan2-ffhq-512", read_catalogue())
    with pytest.raises(CatalogueError, match="--list"):
        find("zzzzz", read_catalogue())


GOOD = """
[licences]
free = "CC0"
[[checkpoint]]
name = "tiny"
title = "Tiny"
family = "StyleGAN2"
picture = [8, 8]
licence = "free"
page = "https://x.example"
addresses = ["https://x.example/a.pkl"]
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[licences]", "[licences", "cannot be read"),
        ('title = "Tiny"', "", "tiny: title is missing"),
        ('title = "Tiny"', 'title = "Tiny"\nsha1 = "a"', "tiny: sha1 is missing, or not known"),
        ('name = "tiny"', 'name = "../tiny"', "a name is made of"),
        ('licence = "free"', 'licence = "other"', "not under .licences."),
        ('licence = "free"', 'licence = "free"\nsha256 = "ABC"', "64 hexadecimal digits"),
        ("https://x.example/a.pkl", "http://x.example/a.pkl", "begin with https"),
        ('["https://x.example/a.pkl"]', "[]", "begin with https"),
    ],
)
def test_a_catalogue_that_is_not_in_order_is_said(tmp_path, old, new, says):
    path = tmp_path / "catalogue.toml"
    path.write_text(GOOD)
    assert read_catalogue(path)[0].licence == "CC0"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(CatalogueError, match=says):
        read_catalogue(path)
    path.write_text(GOOD + GOOD.partition('free = "CC0"')[2])
    with pytest.raises(CatalogueError, match="twice"):
        read_catalogue(path)


# ----------------------------------------------------------------------------
# Fetching.


def test_the_first_fetch_records_the_digest_and_later_ones_are_held_to_it(server, tmp_path):
    one = published(server.page("/tiny.pkl", content=PICKLE))
    path = fetch(one, tmp_path)
    assert path == tmp_path / "tiny.pkl" and path.read_bytes() == PICKLE
    assert recorded_digest(path) == DIGEST and is_here(one, tmp_path)
    path.unlink()
    server.page("/tiny.pkl", content=PICKLE + b"another", tag='"two"')
    with pytest.raises(DownloadError, match="not the file that was published"):
        fetch(one, tmp_path)
    assert not path.exists() and not is_here(one, tmp_path)


def test_a_file_that_was_changed_on_the_disk_is_fetched_again(server, tmp_path):
    one = published(server.page("/tiny.pkl", content=PICKLE))
    path = fetch(one, tmp_path)
    path.write_bytes(b"\x80\x04 changed")
    assert not is_here(one, tmp_path)
    with pytest.raises(DownloadError, match="is not the file that was asked for"):
        fetch(one, tmp_path, offline=True)
    assert fetch(one, tmp_path).read_bytes() == PICKLE


def test_a_digest_that_is_stated_counts_from_the_first_time(server, tmp_path):
    one = published(server.page("/tiny.pkl", content=PICKLE), sha256="0" * 64)
    with pytest.raises(DownloadError):
        fetch(one, tmp_path)
    fetch(dataclasses.replace(one, sha256=DIGEST, size=len(PICKLE)), tmp_path)
    assert recorded_digest(tmp_path / "tiny.pkl") == DIGEST


@pytest.mark.parametrize(
    "page",
    [
        Page(content=b"no network at all"),
        Page(content=b"<html>Too many people have asked for this file</html>"),
        Page(content=PICKLE, kind="text/html"),
    ],
)
def test_what_is_no_network_never_gets_the_name_of_one(server, tmp_path, page):
    one = published(server.page("/tiny.pkl", page))
    with pytest.raises(DownloadError):
        fetch(one, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_is_damaged_is_said(server, tmp_path):
    one = published(server.page("/tiny.pkl", content=PICKLE))
    (tmp_path / "tiny.pkl.sha256").write_text("nothing\n")
    with pytest.raises(CatalogueError, match="delete it to record it anew"):
        fetch(one, tmp_path)


def test_a_mirror_takes_over(server, tmp_path):
    one = published(server.address + "/gone", server.page("/tiny.pkl", content=PICKLE))
    assert fetch(one, tmp_path).read_bytes() == PICKLE


# ----------------------------------------------------------------------------
# The command.


def test_the_command_fetches_says_the_licence_and_prints_the_path(offered, tmp_path):
    result = run("tiny", "--out", tmp_path / "new")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == str(tmp_path / "new" / "tiny.pkl")
    assert "CC0 1.0" in result.stderr and "about 1 MB" in result.stderr and "100%" in result.stderr
    again = run("tiny", "--out", tmp_path / "new")
    assert again.exit_code == 0 and again.stderr == ""


def test_a_command_that_was_cut_goes_on_when_it_is_given_again(offered, server, tmp_path):
    server.page("/tiny.pkl", content=PICKLE, cuts=(3000, 0))
    first = run("tiny", "--out", tmp_path)
    assert first.exit_code == 1 and "ended after 3 kB of 51 kB" in first.stderr.splitlines()[-1]
    assert not (tmp_path / "tiny.pkl").exists()
    assert run("tiny", "--out", tmp_path).exit_code == 0
    assert (tmp_path / "tiny.pkl").read_bytes() == PICKLE and server.asked[-1] == ("/tiny.pkl", "bytes=3000-")


def test_offline_the_command_never_asks(offered, server, tmp_path):
    result = run("tiny", "--offline", "--out", tmp_path)
    assert result.exit_code == 1 and "offline nothing is fetched" in result.stderr
    assert len(result.stderr.splitlines()) == 1 and server.asked == []
    (tmp_path / "tiny.pkl").write_bytes(PICKLE)
    assert run("tiny", "--offline", "--out", tmp_path).exit_code == 0 and server.asked == []


def test_the_list_shows_names_sizes_and_licences(offered, tmp_path):
    result = run("--list", "--out", tmp_path)
    assert "tiny" in result.stdout and "about 1 MB" in result.stdout and "CC0 1.0" in result.stdout
    (tmp_path / "tiny.pkl").write_bytes(PICKLE)
    assert "here" in run("--out", tmp_path).stdout


def test_a_name_that_there_is_not_ends_in_one_line(offered, server):
    result = run("tiny", "huge")
    assert result.exit_code == 1 and result.stderr.startswith("error: huge: not in the catalogue")
    assert server.asked == []


def test_every_published_file_has_a_place_of_its_own():
    paths = [one.path() for one in read_catalogue()]
    assert len(set(paths)) == len(paths) and {path.parent for path in paths} == {catalogue.CHECKPOINTS}
