"""The Latent panel in the real window: the pad is pulled, the walk goes, layers mix, files come back."""

import glfw
import numpy as np
import pytest

from dnnlib.latents import COLUMNS, Latent
from tests.viz.conftest import EditorPerson


def middle(editor: EditorPerson, label: str) -> tuple[float, float]:
    left, top, right, bottom = editor.place_of(label)
    return (left + right) / 2, (top + bottom) / 2


def test_the_pad_is_pulled_in_two_dimensions(editor: EditorPerson) -> None:
    x, y = middle(editor, "##pad")
    editor.move(x, y)
    editor.press()
    for stop in range(1, 7):
        editor.move(x + 5 * stop, y + 2 * stop)
        editor.wait_for(lambda: editor.session.latents[-1] == editor.state.latent)
    editor.release()
    latent = editor.state.latent
    right = latent.seed % COLUMNS - 18 + latent.east
    down = latent.seed // COLUMNS + latent.south
    assert right / down == pytest.approx(30 / 12, rel=0.01) and down > 0
    between = {(seen.east, seen.south) for seen in editor.session.latents}
    assert len(between) > 3, "the picture follows while it is pulled"
    # From where the first pull did not begin: two presses at one place could be a double click.
    editor.pull((x + 30, y + 12), (x, y), stops=6)
    back = editor.state.latent
    assert back.seed + back.east + COLUMNS * back.south == pytest.approx(18, abs=1e-4)


def test_the_keys_go_a_tenth_of_the_way(editor: EditorPerson) -> None:
    editor.key(glfw.KEY_RIGHT, glfw.MOD_ALT)
    editor.key(glfw.KEY_DOWN, glfw.MOD_ALT)
    assert (editor.state.latent.seed, editor.state.latent.east) == (18, pytest.approx(0.1))
    assert editor.state.latent.south == pytest.approx(0.1)
    editor.key(glfw.KEY_PAGE_DOWN)
    assert editor.state.latent == Latent(19)


def test_the_walk_plays_and_stops_and_the_window_keeps_its_pace(editor: EditorPerson) -> None:
    editor.session.step_seconds = 0.05
    editor.click("Play##walk")
    editor.wait_for(lambda: len(editor.session.latents) > 3)
    editor.session.gate.shut()
    editor.wait_for(lambda: editor.session.gate.holds_somebody)
    editor.look(5)  # The picture comes when it is let: who waited for it would look in vain.
    assert editor.session.gate.holds_somebody
    editor.session.gate.open()
    editor.click("Stop##walk")
    editor.look(2)
    latent = editor.state.latent
    editor.look(5)
    assert editor.state.latent == latent and latent != Latent(18)
    editor.key(glfw.KEY_W)
    assert editor.state.walk.playing
    editor.key(glfw.KEY_W)
    assert not editor.state.walk.playing


def test_the_cutoff_and_the_noise_reach_the_network(editor: EditorPerson) -> None:
    left, top, right, bottom = editor.place_of("##cutoff")
    editor.click_at((left + right) / 2, (top + bottom) / 2)
    assert editor.state.latent.cutoff == 4
    editor.click_at(right - 2, (top + bottom) / 2)
    assert editor.state.latent.cutoff is None
    editor.click("Random")
    editor.look()
    x, y = middle(editor, "##noise_seed")
    editor.pull((x, y), (x + 60, y))
    editor.wait_for(lambda: editor.session.latents[-1] == editor.state.latent)
    assert editor.session.latents[-1].noise == "random" and editor.session.latents[-1].noise_seed > 0
    editor.key(glfw.KEY_N)
    assert editor.state.latent.noise == "const"


def test_layers_are_taken_from_a_second_seed(editor: EditorPerson) -> None:
    editor.find("##pad")
    editor.click("Style mixing###mixing")
    editor.look(2)
    editor.click("3##layer3")
    editor.click("Coarse")
    assert editor.state.latent.mix_layers == (0, 1, 3)
    x, y = middle(editor, "##mix_seed")
    editor.pull((x, y), (x + 60, y))
    editor.look(2)
    editor.click("3##layer3")
    assert editor.state.latent.mix_layers == (0, 1) and editor.state.latent.mix_seed > 0
    editor.wait_for(lambda: editor.session.latents[-1] == editor.state.latent)
    editor.click("Clear##mix")
    assert editor.state.latent.mix_layers == ()


def test_a_latent_is_saved_and_dropped_back_exactly(editor: EditorPerson) -> None:
    editor.wait_for(lambda: editor.state.picture.w is not None)
    w = editor.state.picture.w
    editor.find("##pad")
    editor.move(*middle(editor, "##pad"))
    editor.window.events.on_scroll(0, -50)
    editor.look(3)
    editor.click("Save latent")
    path = editor.state.capture.saved
    with np.load(path, allow_pickle=False) as file:
        assert (file["w"] == w).all() and int(file["seed"]) == 18
    editor.click("+##seed")
    editor.window.events.on_drop([str(path)])
    editor.wait_for(lambda: editor.state.latent.given is not None)
    editor.wait_for(lambda: editor.session.latents[-1].given is not None)
    given = editor.session.latents[-1].given
    assert given is not None and (given.w == w).all()


def test_a_file_that_is_no_latent_is_a_banner(editor: EditorPerson, tmp_path) -> None:
    (tmp_path / "holiday.npz").write_text("sun")
    editor.window.events.on_drop([str(tmp_path / "holiday.npz")])
    editor.wait_for(lambda: bool(editor.state.banners))
    assert "holiday.npz: it is damaged or no numpy file" in editor.state.banners[0].text
    assert editor.state.latent == Latent(18)
