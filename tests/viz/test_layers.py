"""The view into the network: drawn while it is looked at, with each picture, and never otherwise."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import glfw
import numpy as np
import pytest

from dnnlib.latents import Latent
from drag.config import DragConfig
from drag.request import DragRequest
from headless.session import EditSession
from tests.training.small_generators import make
from tests.viz.conftest import EditorPerson
from tests.viz.desk import Desk, open_desk
from tests.viz.fakes import FakeSession
from viz import actions, answers, commands, editor
from viz.feature_pictures import LayerMode, LayerView
from viz.panels.table import PANELS
from viz.state import EditorState

REQUEST = DragRequest([[10, 10]], [[20, 20]])

# ----------------------------------------------------------------------------
# The session.


@pytest.mark.parametrize(("kind", "margin"), [("skip", 0), ("resnet", 0), ("stylegan3", 4)])
def test_a_session_gives_the_features_of_every_block(kind: str, margin: int) -> None:
    generator = make(kind)
    session = EditSession(generator, Path("small.safetensors"), choose_detector=None)  # type: ignore[arg-type]
    session.go_to_latent(Latent(4))
    for block in range(session.num_blocks):
        features, beyond = session.features(block)
        expected = generator.taps(session.w[None], feature_block=block).features
        assert (features == expected[0].numpy()).all() and features.ndim == 3
        assert beyond in (0, margin)


# ----------------------------------------------------------------------------
# The worker.


@pytest.fixture
def desk() -> Iterator[Desk]:
    with open_desk(FakeSession(steps=6)) as desk:
        yield desk


def layers_of(desk: Desk) -> list[answers.Layer]:
    desk.poll()
    return [one for one in desk.news if isinstance(one, answers.Layer)]


def test_nothing_is_drawn_that_nobody_watches(desk: Desk) -> None:
    desk.worker.send(commands.Generate(2, Latent(5)))
    desk.wait_for(answers.Frame, 2)
    desk.worker.send(commands.Watch(3, None))
    desk.worker.send(commands.Generate(4, Latent(6)))
    desk.wait_for(answers.Frame, 4)
    assert layers_of(desk) == [] and desk.session.looked_at == []


def test_what_is_watched_is_drawn_at_once_and_with_each_picture(desk: Desk) -> None:
    desk.worker.send(commands.Generate(2, Latent(5)))
    desk.wait_for(answers.Frame, 2)
    desk.worker.send(commands.Watch(3, LayerView(block=2)))
    layer = desk.wait_for(answers.Layer, 3)
    assert (layer.block, layer.shape, layer.margin, layer.extent) == (2, (6, 16, 16), 0, (-1.0, 0.5))
    assert layer.picture.shape == (16, 16, 3)
    desk.worker.send(commands.Generate(4, Latent(6)))
    desk.wait_until(lambda: desk.session.looked_at[-1] == (2, 6))
    desk.worker.send(commands.Watch(5, LayerView(block=99)))
    assert desk.wait_for(answers.Layer, 5).block == 3, "of a network with fewer blocks the last one"
    assert desk.session.looked_at == [(2, 5), (2, 6), (3, 6)]


def test_a_flood_from_a_slider_leaves_its_newest_value(desk: Desk) -> None:
    desk.session.gate.shut()
    desk.worker.send(commands.Generate(2, Latent(5)))
    desk.session.gate.wait_for_somebody()
    for epoch in range(3, 30):
        desk.worker.send(commands.Watch(epoch, LayerView(block=epoch % 4)))
    desk.session.gate.open()
    desk.wait_for(answers.Layer, 29)
    desk.worker.send(commands.Detect(30, "auto"))
    desk.wait_for(answers.Detected)
    assert desk.session.looked_at == [(1, 5)]


def test_features_follow_a_drag_and_can_be_changed_while_it_is_paused(desk: Desk) -> None:
    desk.worker.send(commands.Watch(2, LayerView(block=1)))
    desk.worker.send(commands.Pace(3, 1))
    desk.worker.send(commands.Drag(3, REQUEST, DragConfig()))
    desk.wait_for(answers.Paused)
    assert layers_of(desk)[-1].block == 1
    desk.worker.send(commands.Watch(4, LayerView(block=3)))
    assert desk.wait_for(answers.Layer, 4).block == 3
    before = len(desk.session.looked_at)
    desk.worker.send(commands.Pace(3, None))
    desk.wait_for(answers.Ended)
    assert len(desk.session.looked_at) > before


# ----------------------------------------------------------------------------
# The rules.


def test_what_is_not_in_sight_is_not_watched() -> None:
    state: Any = EditorState()
    layers = dataclasses.replace(state.layers, shown=True)
    state, (watch,) = editor.act(state, actions.ChangeLayers(layers))
    assert watch == commands.Watch(state.epoch, LayerView())
    state, (watch,) = editor.act(state, actions.ChangeLayers(dataclasses.replace(state.layers, shown=False)))
    assert watch == commands.Watch(state.epoch, None)
    old = answers.Layer(state.epoch - 1, np.zeros((4, 4, 3), np.uint8), 0, (1, 4, 4), 0, (0.0, 1.0))
    assert editor.hear(state, old)[0].layers.layer is None
    new = dataclasses.replace(old, epoch=state.epoch)
    assert editor.hear(state, new)[0].layers.layer is new


# ----------------------------------------------------------------------------
# The window.


def show_layers(editor: EditorPerson) -> None:
    """Bring the panel to the front, and wait for its picture."""
    hide_layers(editor)
    # Before the first layout stands, every panel is in sight for a frame.
    editor.session.looked_at.clear()
    (key,) = (panel.key for panel in PANELS if panel.name == "Layers")
    *held, name = key.split("+")
    editor.key(getattr(glfw, f"KEY_{name.upper()}"), glfw.MOD_SHIFT if held else 0)
    editor.wait_for(lambda: editor.state.layers.shown)
    editor.wait_for(lambda: is_new(editor))


def hide_layers(editor: EditorPerson) -> None:
    """Bring the other panels of its place to the front."""
    (place,) = (panel.place for panel in PANELS if panel.name == "Layers")
    other = next(panel.name for panel in PANELS if panel.place is place and panel.name != "Layers")
    editor.app.do(actions.ShowPanel(other))
    editor.wait_for(lambda: not editor.state.layers.shown)


def is_new(editor: EditorPerson) -> bool:
    layers = editor.state.layers
    return layers.layer is not None and layers.layer.epoch == layers.epoch


def colour_of_layer(editor: EditorPerson) -> list[int]:
    left, top, right, bottom = editor.place_of("##layer")
    picture = editor.picture()
    return picture[round((top + bottom) / 2) + 4, round((left + right) / 2)].tolist()


def test_the_picture_changes_with_the_block_and_with_the_seed(editor: EditorPerson) -> None:
    show_layers(editor)
    editor.look(2)
    assert set(editor.session.looked_at) == {(3, 18)}
    first = colour_of_layer(editor)
    left, top, right, bottom = editor.place_of("##layer_block")
    editor.click_at(left + 3, (top + bottom) / 2)
    editor.wait_for(lambda: editor.state.layers.layer.block == 0)
    editor.look(2)
    second = colour_of_layer(editor)
    assert second[0] < first[0] - 60, "the first channel of block 0 is nothing, and grey"
    assert editor.state.layers.layer.shape == (6, 4, 4)
    editor.key(glfw.KEY_PAGE_DOWN)
    editor.wait_for(lambda: editor.session.looked_at[-1] == (0, 19))


def test_modes_gain_and_channels_are_set(editor: EditorPerson) -> None:
    show_layers(editor)
    editor.look(2)
    editor.key(glfw.KEY_PAGE_UP, glfw.MOD_SHIFT)
    assert editor.state.layers.view.block == 2 and editor.state.latent.seed == 18
    editor.key(glfw.KEY_PAGE_DOWN, glfw.MOD_SHIFT)
    for label, mode in (("Grid", LayerMode.GRID), ("Mean", LayerMode.MEAN), ("Norm", LayerMode.NORM)):
        editor.click(label)
        editor.look(2)
        assert editor.state.layers.view.mode is mode
    editor.click("Grid")
    editor.look(2)
    left, top, right, bottom = editor.place_of("##tiles")
    editor.click_at(left + 3, (top + bottom) / 2)
    editor.wait_for(lambda: editor.state.layers.layer.epoch == editor.state.layers.epoch)
    assert editor.state.layers.view.count == 1 and editor.state.layers.layer.picture.shape == (32, 32, 3)
    editor.click("##normalise")
    assert not editor.state.layers.view.normalise


def test_another_tab_in_front_ends_the_watching(editor: EditorPerson) -> None:
    show_layers(editor)
    hide_layers(editor)
    looked = len(editor.session.looked_at)
    editor.key(glfw.KEY_PAGE_DOWN)
    editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch)
    editor.look(3)
    assert len(editor.session.looked_at) == looked


def test_the_wheel_zooms_into_the_features_and_a_double_click_fits_them(editor: EditorPerson) -> None:
    show_layers(editor)
    editor.look(2)
    left, top, right, bottom = editor.place_of("##layer")
    editor.move((left + right) / 2, (top + bottom) / 2)
    editor.window.events.on_scroll(0, 3)
    editor.look(2)
    zoom = editor.state.layers.seen.zoom
    assert zoom is not None and editor.state.view.zoom is None
    centre = editor.state.layers.seen.centre
    editor.pull(((left + right) / 2, (top + bottom) / 2), ((left + right) / 2 + 8, (top + bottom) / 2))
    assert editor.state.layers.seen.centre[0] < centre[0]
    from imgui_bundle import imgui

    io = imgui.get_io()
    usual = io.mouse_double_click_time, io.mouse_single_click_delay
    io.mouse_double_click_time, io.mouse_single_click_delay = 60.0, 61.0
    for _ in range(2):
        editor.click_at((left + right) / 2, (top + bottom) / 2)
    io.mouse_double_click_time, io.mouse_single_click_delay = usual
    assert editor.state.layers.seen.zoom is None
