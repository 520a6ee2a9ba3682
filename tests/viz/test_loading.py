"""Opening networks: told as it goes, cancelled at will, and never holding the window up."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from dnnlib.errors import CancelledError
from tests.screen import open_window
from tests.viz.conftest import EditorPerson
from tests.viz.fake_catalogue import FakeCatalogue
from tests.viz.fakes import FakeSession
from tools.opening import CHECKPOINT
from training.checkpoint import load_generator
from viz import actions, answers, commands
from viz.editor import act, hear
from viz.opening import Opening
from viz.state import EditorState
from viz.words import status_text

# ----------------------------------------------------------------------------
# The reader.


def test_the_reader_tells_stages_and_bytes_up_to_the_last() -> None:
    told: list[tuple[str, int, int]] = []
    load_generator(CHECKPOINT, progress=lambda *news: told.append(news))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["Reading", "Loading weights", "Checking"]
    assert told[-1][1:] == (CHECKPOINT.stat().st_size,) * 2
    for stage in stages[1:]:
        done = [done for name, done, _ in told if name == stage]
        assert done == sorted(done) and done[-1] <= told[-1][2]


def test_the_reader_leaves_off_when_it_is_told_to() -> None:
    told: list[str] = []

    def stop(stage: str, done: int, total: int) -> None:
        told.append(stage)
        if stage == "Loading weights" and done:
            raise CancelledError("cancelled")

    before = torch.get_rng_state()
    with pytest.raises(CancelledError):
        load_generator(CHECKPOINT, progress=stop)
    assert "Checking" not in told
    assert torch.equal(before, torch.get_rng_state())


# ----------------------------------------------------------------------------
# The rules.


def test_progress_of_an_older_load_is_not_shown() -> None:
    state, (first,) = act(EditorState(), actions.OpenNetwork("a.pkl"))
    state, (second,) = act(state, actions.OpenNetwork("b.pkl"))
    state, _ = hear(state, answers.Loading(first.epoch, "Loading weights", 1, 2))
    assert state.network.told is None
    state, _ = hear(state, answers.Loading(second.epoch, "Loading weights", 5_000_000, 20_000_000))
    assert status_text(state) == "Loading weights, b.pkl: 5 MB of 20 MB"


def test_an_address_is_fetched_rather_than_opened() -> None:
    address = "https://example.org/nets/face.pkl?download=1"
    state, asked = act(EditorState(), actions.OpenNetwork(f" {address} "))
    assert asked == (commands.FetchAddress(state.epoch, address),)
    assert state.downloads.fetch is not None and state.downloads.fetch.name == "face.pkl"
    state, (load,) = hear(state, answers.Fetched(state.downloads.fetch.epoch, Path("face.pkl")))
    assert isinstance(load, commands.Load)


def test_another_device_reads_the_network_again_onto_it() -> None:
    from tests.viz.test_editor import INFO

    state, (load,) = act(EditorState(), actions.OpenNetwork("a.safetensors"))
    state, _ = hear(state, answers.Loaded(load.epoch, INFO))
    state, (again,) = act(state, actions.ChooseDevice("cpu"))
    assert again == commands.Load(again.epoch, INFO.path, "cpu")
    assert act(state, actions.ChooseDevice("cpu"))[1] == ()


def test_the_checkpoints_used_before_are_listed_once_each_the_newest_first() -> None:
    from dataclasses import replace

    from tests.viz.test_editor import INFO

    state = EditorState()
    for name in ("a.pkl", "b.pkl", "a.pkl"):
        state, (load,) = act(state, actions.OpenNetwork(name))
        state, _ = hear(state, answers.Loaded(load.epoch, replace(INFO, path=Path(name))))
    assert [path.name for path in state.network.recent] == ["a.pkl", "b.pkl"]


# ----------------------------------------------------------------------------
# In the window.


class SlowFile:
    """Opens in a hundred pieces, for which it waits to be let."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.session = FakeSession()
        self.devices: list[str] = []

    def open(self, path: Path, opening: Opening) -> Any:
        self.devices.append(opening.device)
        if path.name == "slow.pkl":
            for piece in range(100):
                opening.tell("Loading weights", piece * 1_000_000, 100_000_000)
                if piece == 50:
                    while not self.go.wait(0.01):  # It tells again and again: what is told is thinned.
                        opening.tell("Loading weights", piece * 1_000_000, 100_000_000)
        self.session = FakeSession(path=path)
        return self.session


@pytest.fixture
def files() -> SlowFile:
    return SlowFile()


@pytest.fixture
def catalogue(tmp_path: Path) -> FakeCatalogue:
    return FakeCatalogue(tmp_path)


@pytest.fixture
def person(
    files: SlowFile, catalogue: FakeCatalogue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[EditorPerson]:
    from viz.app import App

    monkeypatch.chdir(tmp_path)
    with open_window(monkeypatch, 900, 600, scale=0.6) as window:
        app = App(window, files.open, catalogue=catalogue)
        person = EditorPerson(app, files.session, monkeypatch)
        app.open(Path("first.pkl"))
        person.wait_for(lambda: app.state.frame is not None)
        yield person
        app.close()


def test_a_slow_file_holds_nothing_up_and_can_be_cancelled(person: EditorPerson, files: SlowFile) -> None:
    person.window.events.on_drop(["slow.pkl"])
    person.wait_for(lambda: "Loading weights" in status_text(person.state))
    person.look(5)  # The file goes on when it is let, and not before: who waited for it would look in vain.
    assert "Loading weights" in status_text(person.state)
    person.find("Cancel##load")
    person.click("Cancel##load")
    assert person.state.network.loading is None
    assert person.state.network.loaded.path.name == "first.pkl"
    assert person.state.banners == ()
    person.click("+##seed")
    person.wait_for(lambda: person.state.frame.epoch == person.state.picture_epoch)
    assert person.state.frame.picture[0, 0, 0] == 19, "the worker is free again, with the old network"


def test_a_slow_file_that_is_let_opens(person: EditorPerson, files: SlowFile) -> None:
    files.go.set()
    person.window.events.on_drop(["slow.pkl"])
    person.wait_for(lambda: person.state.network.loaded.path.name == "slow.pkl")
    assert person.state.network.told is None
    assert [path.name for path in person.state.network.recent] == ["slow.pkl", "first.pkl"]


def test_a_newer_file_ends_the_opening_of_an_older_one(person: EditorPerson) -> None:
    person.window.events.on_drop(["slow.pkl"])
    person.wait_for(lambda: person.state.network.told is not None)
    person.window.events.on_drop(["third.pkl"])
    person.wait_for(lambda: person.state.network.loaded.path.name == "third.pkl")


def test_an_address_that_is_typed_is_fetched_and_opened(
    person: EditorPerson, catalogue: FakeCatalogue
) -> None:
    person.app.do(actions.OpenNetwork("https://fake.example/nets/first.pkl"))
    person.wait_for(lambda: person.state.downloads.fetch is not None)
    catalogue.go.set()
    person.wait_for(lambda: person.state.downloads.fetch is None and person.state.network.loading is None)
    assert person.state.network.loaded.path.name == "first.pkl"
