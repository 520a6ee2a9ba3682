"""Points, pace, latents and layers on real networks, in the real window: what fakes cannot show."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import glfw
import numpy as np
import pytest

from tests.viz.conftest import EditorPerson
from tools.families import make_generator
from tools.opening import open_for_window
from training.checkpoint import save_generator
from viz.actions import ChangeDrag, ChangeLatent, ShowPanel


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("families")

    def file(name: str) -> Path:
        """A network of a family; where it can have noise, with some."""
        generator = make_generator(name, 32)
        for weight, value in generator.named_parameters():
            if weight.endswith("noise_strength"):
                value.data.fill_(0.4)
        save_generator(folder / f"{name}.safetensors", generator)
        return folder / f"{name}.safetensors"

    return file


@pytest.fixture
def person(window: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[EditorPerson]:
    from viz.app import App

    monkeypatch.chdir(tmp_path)
    app = App(window, open_for_window)
    person = EditorPerson(app, None, monkeypatch)  # type: ignore[arg-type]
    yield person
    for button in (0, 1):
        person.release(button)
    app.close()


def open_file(person: EditorPerson, path: Path) -> None:
    person.app.open(path)
    person.wait_for(lambda: person.state.picture.w is not None)
    person.wait_for(lambda: person.state.frame.epoch == person.state.picture_epoch)


def picture_of(person: EditorPerson, **changes: object) -> np.ndarray:
    """Ask for another picture, and give it."""
    import dataclasses

    person.app.do(ChangeLatent(dataclasses.replace(person.state.latent, **changes)))
    person.wait_for(lambda: person.state.frame.epoch == person.state.picture_epoch)
    return person.state.frame.picture


@pytest.mark.parametrize(("name", "noisy"), [("stylegan2", True), ("stylegan3-t", False)])
def test_noise_mixing_and_cutoff_change_the_picture_as_the_family_has_them(
    person: EditorPerson, files: Callable[[str], Path], name: str, noisy: bool
) -> None:
    open_file(person, files(name))
    assert person.state.network.loaded.has_noise == noisy
    plain = person.state.frame.picture
    random = picture_of(person, noise="random", noise_seed=3)
    assert (random != plain).any() == noisy
    assert (picture_of(person, noise="const") == plain).all()
    mixed = picture_of(person, mix_seed=5, mix_layers=tuple(range(person.state.network.loaded.num_ws)))
    other = picture_of(person, seed=5, mix_layers=())
    assert (mixed == other).all() and (mixed != plain).any()
    assert (picture_of(person, psi=0.3, cutoff=2) != picture_of(person, psi=0.3, cutoff=None)).any()


def test_a_saved_latent_draws_the_very_picture_again(
    person: EditorPerson, files: Callable[[str], Path]
) -> None:
    open_file(person, files("stylegan2"))
    before = picture_of(person, east=0.4, south=0.3, psi=0.9)
    person.key(glfw.KEY_L, glfw.MOD_CONTROL)
    person.wait_for(lambda: person.state.capture.saved is not None)
    path = person.state.capture.saved
    assert (picture_of(person, seed=44) != before).any()
    person.window.events.on_drop([str(path)])
    person.wait_for(lambda: person.state.latent.given is not None)
    person.wait_for(lambda: person.state.frame.epoch == person.state.picture_epoch)
    assert (person.state.frame.picture == before).all()


@pytest.mark.parametrize("name", ["stylegan2", "stylegan3-t"])
def test_layers_follow_a_drag_that_is_done_step_by_step_with_its_target_moved(
    person: EditorPerson, files: Callable[[str], Path], name: str
) -> None:
    import dataclasses

    open_file(person, files(name))
    person.app.do(ShowPanel("Layers"))
    person.wait_for(lambda: person.state.layers.layer is not None)
    first = person.state.layers.layer
    assert first.picture.shape[:2] == first.shape[1:] and first.extent[0] < first.extent[1]
    drag = person.state.drag
    config = dataclasses.replace(drag.config, step_size=0.05, feature_block=2)
    person.app.do(ChangeDrag(dataclasses.replace(drag, config=config)))
    person.pull(person.on_picture(16, 16), person.on_picture(20, 16))
    person.key(glfw.KEY_ENTER, glfw.MOD_SHIFT)
    person.wait_for(lambda: person.state.job is not None and person.state.job.paused)
    assert person.state.job.progress.done == 1
    person.wait_for(lambda: person.state.layers.layer is not first)
    assert (person.state.layers.layer.picture != first.picture).any()
    person.key(glfw.KEY_DOWN, glfw.MOD_SHIFT)
    target = person.state.drag.pairs[0].target
    assert target[1] > 24
    person.key(glfw.KEY_ENTER, glfw.MOD_SHIFT)
    person.wait_for(lambda: person.state.job.paused and person.state.job.progress.done == 2)
    left = np.hypot(*np.subtract(target, person.state.job.progress.points[0]))
    assert person.state.job.progress.distance == pytest.approx(left, abs=1e-3)
    person.key(glfw.KEY_ESCAPE)
    person.wait_for(lambda: not person.state.busy)
    assert person.state.face.outcome.reason == "stopped" and person.state.banners == ()
