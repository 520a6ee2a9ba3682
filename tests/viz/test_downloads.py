"""Fetching published checkpoints from the window: the rules, the thread, and the panel."""

import dataclasses
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loopback import running
from tests.viz.conftest import EditorPerson
from tests.viz.fake_catalogue import FakeCatalogue
from tests.viz.fakes import FakeSession
from tools.families import make_generator
from tools.opening import open_for_window
from tools.published import PublishedCheckpoints
from training.published_form import save_published
from viz import actions, answers, commands
from viz.catalogue import Offer
from viz.editor import act, hear
from viz.fetcher import Fetcher
from viz.opening import Opening
from viz.state import EditorState, Job, JobKind
from viz.words import download_text, status_text

OFFER = Offer("first", "The first", "StyleGAN2", "about 10 MB", "CC0 1.0", "https://fake.example")


@pytest.fixture
def offered() -> EditorState:
    state, _ = hear(EditorState(), answers.Offered((OFFER, dataclasses.replace(OFFER, name="second"))))
    return state


# ----------------------------------------------------------------------------
# The rules.


def test_a_download_is_asked_of_the_fetcher_and_opened_when_it_is_there(offered: EditorState) -> None:
    assert offered.downloads.chosen == "first"
    state, _ = act(offered, actions.ChooseOffer("second"))
    state, (asked,) = act(state, actions.StartDownload("second"))
    assert asked == commands.Fetch(state.epoch, "second")
    again, nothing = act(state, actions.StartDownload("first"))
    assert nothing == () and again.downloads.fetch == state.downloads.fetch
    state, _ = hear(state, answers.Fetching(asked.epoch, 3_000_000, 10_000_000, 500_000))
    assert status_text(state) == "Fetching second: 3 MB of 10 MB, 500 kB a second, 0:14 left"
    state, (load,) = hear(state, answers.Fetched(asked.epoch, Path("second.pkl")))
    assert load == commands.Load(state.epoch, Path("second.pkl"))
    assert state.downloads.fetch is None


def test_a_running_edit_is_not_ended_by_a_download_that_arrives(offered: EditorState) -> None:
    state, (asked,) = act(offered, actions.StartDownload("first"))
    state = dataclasses.replace(state, job=Job(state.epoch, JobKind.DRAG, "Drag"))
    state, nothing = hear(state, answers.Fetched(asked.epoch, Path("first.pkl")))
    assert nothing == () and "first.pkl" in state.notice and state.busy


def test_a_download_that_fails_is_a_banner_and_can_be_tried_again(offered: EditorState) -> None:
    state, (asked,) = act(offered, actions.StartDownload("first"))
    state, _ = hear(state, answers.Failed(asked.epoch, "first.pkl could not be fetched"))
    assert state.banners[0].text == "first.pkl could not be fetched" and state.downloads.fetch is None
    _, again = act(state, actions.StartDownload("first"))
    assert len(again) == 1


def test_a_cancelled_download_opens_nothing(offered: EditorState) -> None:
    assert act(offered, actions.CancelDownload())[1] == ()
    state, (asked,) = act(offered, actions.StartDownload("first"))
    state, (cancel,) = act(state, actions.CancelDownload())
    assert isinstance(cancel, commands.CancelFetch)
    assert state.downloads.fetch is not None and download_text(state.downloads.fetch) == "cancelling …"
    state, nothing = hear(state, answers.Fetched(asked.epoch, None))
    assert nothing == () and state.downloads.fetch is None and "cancelled" in state.notice


def test_news_of_an_older_download_is_let_go(offered: EditorState) -> None:
    state, (asked,) = act(offered, actions.StartDownload("first"))
    late, _ = hear(state, answers.Fetching(asked.epoch - 1, 1, 2))
    assert late == state


# ----------------------------------------------------------------------------
# The thread.


class Ear:
    """Hears a fetcher out, one piece of news after the other."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self.waiting: list[answers.News] = []

    def hear(self, kind: type, seconds: float = 60.0) -> Any:
        """Pass over news until one of a kind comes; give it."""
        until = time.monotonic() + seconds
        while True:
            self.waiting += self.fetcher.poll()
            while self.waiting:
                if isinstance(news := self.waiting.pop(0), kind):
                    return news
            assert time.monotonic() < until, f"no {kind.__name__} came"
            time.sleep(0.002)


def test_the_fetcher_lists_fetches_and_lists_again(tmp_path: Path) -> None:
    catalogue = FakeCatalogue(tmp_path)
    fetcher = Fetcher(catalogue)
    ear = Ear(fetcher)
    assert [offer.path for offer in ear.hear(answers.Offered).offers] == [None, None]
    catalogue.go.set()
    fetcher.send(commands.Fetch(7, "second"))
    assert [offer.path is not None for offer in ear.hear(answers.Offered).offers] == [False, True]
    assert ear.hear(answers.Fetched) == answers.Fetched(7, tmp_path / "second.pkl")
    assert threading.get_ident() not in catalogue.threads
    fetcher.close()


def test_the_fetcher_says_why_it_failed_and_can_be_asked_again(tmp_path: Path) -> None:
    catalogue = FakeCatalogue(tmp_path)
    catalogue.fails = "no such host"
    fetcher = Fetcher(catalogue)
    ear = Ear(fetcher)
    fetcher.send(commands.Fetch(1, "first"))
    assert ear.hear(answers.Failed) == answers.Failed(1, "no such host")
    catalogue.fails = ""
    catalogue.go.set()
    fetcher.send(commands.Fetch(2, "first"))
    assert ear.hear(answers.Fetched).path == tmp_path / "first.pkl"
    fetcher.close()


def test_the_fetcher_ends_at_once_when_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viz.fetcher._CLOSE_SECONDS", 60.0)
    fetcher = Fetcher(FakeCatalogue(tmp_path))
    fetcher.send(commands.Fetch(1, "first"))
    Ear(fetcher).hear(answers.Fetching)
    fetcher.close()
    assert not fetcher._thread.is_alive(), "it has not given up waiting, but is done"


# ----------------------------------------------------------------------------
# The panel, in the real window.


@pytest.fixture
def catalogue(tmp_path: Path) -> FakeCatalogue:
    return FakeCatalogue(tmp_path)


@pytest.fixture
def person(
    window: Any, catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[EditorPerson]:
    from viz.app import App

    session = FakeSession()

    def open_session(path: Path, opening: Opening) -> Any:
        session.path = path
        return session

    monkeypatch.chdir(tmp_path)
    app = App(window, open_session, catalogue=catalogue)
    person = EditorPerson(app, session, monkeypatch)
    person.wait_for(lambda: bool(app.state.downloads.offers))
    person.look(2)
    if not person.sees("The first ones##first"):  # The window remembers what the test before has opened.
        person.click("Get a model")
        person.look(2)
    yield person
    app.close()


def test_a_model_is_chosen_fetched_and_opened(person: EditorPerson, catalogue: FakeCatalogue) -> None:
    person.click("The second ones##second")
    person.look(2)
    person.click("Download")
    person.wait_for(lambda: person.state.downloads.fetch.progress is not None)
    person.look(3)
    assert person.sees("Cancel##fetch") and not person.sees("Download")
    catalogue.go.set()
    person.wait_for(lambda: person.state.network.loaded is not None)
    assert person.state.network.loaded.path.name == "second.pkl"
    person.look(2)
    assert person.sees("Open##offer")


def test_a_download_can_be_cancelled_and_begun_again(person: EditorPerson, catalogue: FakeCatalogue) -> None:
    person.click("Download")
    person.wait_for(lambda: person.state.downloads.fetch.progress is not None)
    person.look(2)
    person.click("Cancel##fetch")
    person.wait_for(lambda: person.state.downloads.fetch is None)
    assert person.state.network.loaded is None
    person.look(2)
    catalogue.go.set()
    person.click("Download")
    person.wait_for(lambda: person.state.network.loaded is not None)


def test_a_failed_download_is_a_banner(person: EditorPerson, catalogue: FakeCatalogue) -> None:
    catalogue.fails = "first.pkl could not be fetched: fake.example: answered 404"
    person.click("Download")
    person.wait_for(lambda: bool(person.state.banners))
    assert "answered 404" in person.state.banners[0].text and person.state.downloads.fetch is None


# ----------------------------------------------------------------------------
# All of it together: a server, the downloader, the catalogue, the window, and a real network.


def test_a_network_comes_from_a_server_that_cuts_and_is_opened_in_the_window(
    window: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from training import catalogue as published
    from viz.app import App

    monkeypatch.chdir(tmp_path)
    for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    save_published(tmp_path / "source.pkl", make_generator("stylegan2", 32), {})
    content = (tmp_path / "source.pkl").read_bytes()
    with running() as server:
        address = server.page("/net.pkl", content=content, cuts=(1000, 20_000))
        one = published.Published(
            "tiny", "Tiny", "StyleGAN2", (32, 32), "CC0", "https://x.example", (address,)
        )
        monkeypatch.setattr(published, "read_catalogue", lambda: (one,))
        app = App(window, open_for_window, catalogue=PublishedCheckpoints(tmp_path / "checkpoints"))
        person = EditorPerson(app, FakeSession(), monkeypatch)
        person.wait_for(lambda: bool(app.state.downloads.offers))
        app.do(actions.StartDownload("tiny"))
        person.wait_for(lambda: bool(app.state.banners) or app.state.frame is not None, 60)
        assert app.state.banners == () and app.state.frame is not None
        assert [asked for _, asked in server.asked] == ["", "bytes=1000-", "bytes=21000-"]
        assert app.state.network.loaded is not None
        assert app.state.network.loaded.path == tmp_path / "checkpoints" / "tiny.pkl"
        assert app.state.downloads.offers[0].path == tmp_path / "checkpoints" / "tiny.pkl"
        app.close()
