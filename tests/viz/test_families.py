"""Every family in the real window, with a real network from a file: opened, drawn, dragged, saved."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.viz.conftest import EditorPerson
from tests.viz.fakes import FakeSession
from tools.families import FAMILIES, make_generator, save_family
from tools.opening import open_for_window
from training.published_form import save_published

GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "pkl"


class Opener(EditorPerson):
    """A person who opens files."""

    def open(self, path: Path) -> None:
        """Drop a file on the window, and wait until its first picture has been looked at."""
        self.window.events.on_drop([str(path)])
        self.wait_for(lambda: bool(self.state.banners) or self.state.network.loaded is not None, 60)
        assert self.state.banners == ()
        self.wait_for(lambda: self.state.face.glanced, 60)
        self.look(2)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("families")
    return lambda name: save_family(name, folder, 64 if name == "human" else 32)


@pytest.fixture
def person(window: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Opener]:
    from viz.app import App

    monkeypatch.chdir(tmp_path)
    # Nothing is fetched in a test: a detector that is not here is answered for by the bundled one.
    monkeypatch.setattr("faces.weights.fetch", _no_network)
    app = App(window, open_for_window)
    yield Opener(app, FakeSession(), monkeypatch)
    app.close()


def _no_network(*given: object, **named: object) -> None:
    from faces.weights import WeightsError

    raise WeightsError("no network in a test")


def drag_by_hand(person: Opener, steps: int) -> None:
    """Pull a point of the picture a little, and let it be dragged for some steps."""
    from viz.actions import ChangeDrag

    drag = person.state.drag
    person.app.do(
        ChangeDrag(dataclasses.replace(drag, config=dataclasses.replace(drag.config, max_steps=steps)))
    )
    height, width = person.state.image_size
    place = person.app.canvas.view.to_screen
    person.pull(place((width / 2, height / 2)), place((width / 2 + 3, height / 2)))
    person.look(2)
    person.click("Start")
    person.wait_for(lambda: person.state.edits == 1, 60)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_opens_is_dragged_and_saved(person: Opener, files: Callable[[str], Path], name: str) -> None:
    person.open(files(name))
    assert person.state.network.loaded.title.startswith(FAMILIES[name].title)
    before = person.state.frame.picture
    drag_by_hand(person, steps=3)
    outcome = person.state.face.outcome
    assert outcome is not None and outcome.steps >= 1 and person.state.banners == ()
    assert (person.state.frame.picture != before).any()
    person.click("Picture (PNG)")
    person.look(2)
    with Image.open(person.state.capture.saved) as picture:
        assert picture.size == (before.shape[1], before.shape[0])


def test_a_person_of_stylegan_human_is_drawn_as_high_as_two_widths(
    person: Opener, files: Callable[[str], Path]
) -> None:
    person.open(files("human"))
    assert person.state.frame.picture.shape == (64, 32, 3)
    loaded = person.state.network.loaded
    assert (loaded.width, loaded.height) == (32, 64)
    seen = person.picture()
    place = person.app.canvas.view.to_screen
    (left, top), (right, bottom) = place((-0.5, -0.5)), place((31.5, 63.5))
    assert (bottom - top) == pytest.approx(2 * (right - left), abs=2)
    # What is on the screen is the picture, and beside it is nothing: no padding, no stretching.
    row = round((top + bottom) / 2)
    for column, x in ((3, place((3, 32))[0]), (16, place((16, 32))[0]), (28, place((28, 32))[0])):
        shown = seen[round(place((0, 32))[1]), round(x)].astype(int)
        assert abs(shown - person.state.frame.picture[32, column].astype(int)).max() <= 12
    background = seen[row, round(left) - 6]
    assert all((seen[row, round(right) + beside] == background).all() for beside in (3, 6))


def test_a_class_changes_the_picture_of_a_conditional_network(
    person: Opener, files: Callable[[str], Path]
) -> None:
    person.open(files("conditional"))
    first = person.state.frame.picture
    left, top, right, bottom = person.place_of("##label")
    person.click_at(right - 3, (top + bottom) / 2)
    person.wait_for(lambda: person.state.frame.epoch == person.state.picture_epoch)
    assert person.state.latent.label == 9 and (person.state.frame.picture != first).any()


def test_a_pattern_is_no_face_and_the_panel_says_so(person: Opener, files: Callable[[str], Path]) -> None:
    person.open(files("stylegan3-t"))
    assert person.state.face.glimpse is False and not person.state.face.there
    person.click("Close eyes")
    assert not person.state.busy and person.sees("Look closely")


@pytest.mark.parametrize("name", ["human", "conditional", "stylegan3-r"])
def test_a_pickle_in_the_form_of_the_published_tools_opens_too(
    person: Opener, tmp_path: Path, name: str
) -> None:
    generator = make_generator(name, 32)
    save_published(tmp_path / "network.pkl", generator, {})
    person.open(tmp_path / "network.pkl")
    loaded = person.state.network.loaded
    assert (loaded.height, loaded.width) == generator.image_size and loaded.c_dim == generator.c_dim


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the reference figures are not beside the checkout")
def test_a_pickle_of_the_tensorflow_era_opens_and_is_dragged(person: Opener) -> None:
    person.open(GOLDEN / "tf_stylegan2_32.pkl")
    drag_by_hand(person, steps=2)
    assert person.state.banners == ()
