"""The Stack panel in the real window: edits are weighed, moved, saved and replayed."""

import json
from pathlib import Path

import numpy as np
import pytest

from faces.recipe import load_recipe
from tests.faces.test_expression_files import GOOD
from tests.viz.conftest import EditorPerson
from viz import actions


def edited(editor: EditorPerson, *titles: str) -> None:
    for title in titles:
        edits = editor.state.edits
        editor.click(title)
        editor.wait_for(lambda: editor.state.edits > edits and not editor.state.busy)  # noqa: B023
    editor.look(3)


def test_the_slider_weighs_an_edit_with_no_further_steps(editor: EditorPerson) -> None:
    edited(editor, "Close eyes")
    steps = len(editor.session.configs)
    left, top, right, bottom = editor.place_of("##amount")
    width, middle = right - left, (top + bottom) / 2
    editor.pull((left + 0.8 * width, middle), (left + 0.6 * width, middle))
    editor.wait_for(lambda: bool(abs(int(editor.state.frame.picture[0, 0, 2]) - 100) < 30))
    assert editor.state.picture.stack[0].amount == pytest.approx(0.5, abs=0.15)
    assert len(editor.session.configs) == steps


def test_the_box_switches_an_edit_off_and_the_cross_takes_it_out(editor: EditorPerson) -> None:
    edited(editor, "Close eyes")
    editor.click("##on")
    editor.wait_for(lambda: editor.state.frame.picture[0, 0, 2] == 0)
    editor.click("##on")
    editor.wait_for(lambda: editor.state.frame.picture[0, 0, 2] == 200)
    editor.click("×##remove")
    editor.wait_for(lambda: editor.state.frame.picture[0, 0, 2] == 0)
    assert editor.state.picture.stack == ()


def test_a_title_is_pulled_to_another_place(editor: EditorPerson) -> None:
    edited(editor, "Close eyes", "Big eyes")
    left, top, right, bottom = editor.place_of("Close eyes##title")
    below = editor.place_of("Big eyes##title")
    editor.pull((left + 9, (top + bottom) / 2), (left + 9, below[3] + 9), stops=6)
    assert [layer.title for layer in editor.state.picture.stack] == ["Big eyes", "Close eyes"]


def test_a_stack_is_saved_opened_and_replayed_on_another_seed(editor: EditorPerson, tmp_path: Path) -> None:
    edited(editor, "Close eyes", "Big eyes")
    editor.click("Save recipe")
    saved = tmp_path / "out" / "recipe-seed18-01.json"
    assert [layer.title for layer in load_recipe(saved)] == ["Close eyes", "Big eyes"]
    first = json.loads(saved.read_text())["entries"][0]
    assert first["expressions"] == [{"key": "close_eyes", "strength": 1.0}]
    editor.click("Clear##stack")
    editor.click("+##seed")
    editor.wait_for(lambda: editor.state.picture.w is not None)
    editor.app.do(actions.OpenStackFile(str(saved)))
    editor.look(3)
    assert [layer.done for layer in editor.state.picture.stack] == [False, False]
    editor.click("Replay on this picture")
    editor.wait_for(lambda: all(layer.done for layer in editor.state.picture.stack))
    editor.wait_for(lambda: not editor.state.busy)
    assert [one["expression"] for one in editor.session.planned] == ["close_eyes", "big_eyes"] * 2


def test_an_edit_becomes_a_direction_that_another_seed_takes(editor: EditorPerson, tmp_path: Path) -> None:
    edited(editor, "Close eyes")
    editor.click("Save##direction")
    saved = tmp_path / "out" / "direction-seed18-01.npz"
    assert np.load(saved)["offset"].shape == (8, 16)
    editor.click("+##seed")
    editor.wait_for(lambda: editor.state.picture.w is not None and editor.state.frame.picture[0, 0, 0] == 19)
    editor.app.do(actions.OpenStackFile(str(saved)))
    editor.wait_for(lambda: editor.state.frame.picture[0, 0].tolist() == [19, 70, 200])
    assert len(editor.session.planned) == 1, "nothing was run again"


@pytest.mark.parametrize(("name", "text"), [("r.json", "{"), ("d.npz", "x"), ("none.json", None)])
def test_a_file_that_is_no_recipe_is_a_banner(
    editor: EditorPerson, tmp_path: Path, name: str, text: str | None
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    edited(editor, "Close eyes")
    editor.app.do(actions.OpenStackFile(str(tmp_path / name)))
    assert name in editor.state.banners[-1].text
    assert len(editor.state.picture.stack) == 1


def test_an_expression_in_a_toml_file_has_its_button_and_a_bad_file_is_named_with_its_line(
    editor: EditorPerson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAG_AUTO_EXPRESSIONS", str(tmp_path))
    own = GOOD.replace('group = "brows"', 'group = "mine"')
    (tmp_path / "own.toml").write_text(own)
    (tmp_path / "wrong.toml").write_text(own.replace("down = -0.06", 'down = "up"'))
    editor.click("Own expressions")
    editor.look(2)
    editor.click("Read again")
    assert (
        "wrong.toml, line 11: raise_left_brow.move.down: expected a number" in editor.state.banners[-1].text
    )
    editor.look(3)
    editor.click("Mine")
    editor.look(2)
    edited(editor, "Raise one brow")
    assert editor.session.planned[0]["expression"] == "raise_left_brow"
    assert editor.state.picture.stack[0].title == "Raise one brow"


def test_an_expression_is_found_by_letters_in_any_group(editor: EditorPerson) -> None:
    editor.click("##search")
    editor.type("nose")
    editor.look(2)
    assert editor.sees("Narrow nose") and editor.sees("Wide nose") and not editor.sees("Close eyes")
    edited(editor, "Wide nose")
    assert editor.session.planned[0]["expression"] == "wide_nose"
