"""The real window: undo, redo and the scrubber, by mouse and by keys."""

import glfw
import numpy as np
import pytest

from tests.viz.conftest import EditorPerson
from tests.viz.test_window import colour_at


def close_eyes(editor: EditorPerson) -> None:
    edits = editor.state.edits
    editor.click("Close eyes")
    editor.wait_for(lambda: editor.state.edits == edits + 1)
    editor.look(2)


def undo(editor: EditorPerson) -> None:
    editor.key(glfw.KEY_Z, glfw.MOD_CONTROL)


def redo(editor: EditorPerson) -> None:
    editor.key(glfw.KEY_Z, glfw.MOD_CONTROL | glfw.MOD_SHIFT)


def words(editor: EditorPerson) -> list[str]:
    return [entry.words for entry in editor.state.history.entries]


def test_an_edit_is_taken_back_and_done_again_by_keys(editor: EditorPerson) -> None:
    close_eyes(editor)
    after = editor.state.picture.w
    undo(editor)
    editor.wait_for(lambda: colour_at(editor, 32, 32) == [18, 70, 0])
    redo(editor)
    editor.wait_for(lambda: colour_at(editor, 32, 32) == [18, 70, 200])
    assert editor.state.picture.w is after
    assert np.array_equal(editor.session.current_w(), after), "the worker is there, too"
    assert len(editor.session.planned) == 1, "nothing was run again"


def test_a_pull_at_the_seed_is_one_entry(editor: EditorPerson) -> None:
    left, top, right, bottom = editor.place_of("##seed")
    editor.pull(
        ((left + right) / 2, (top + bottom) / 2), ((left + right) / 2 + 200, (top + bottom) / 2), stops=8
    )
    assert words(editor) == ["Opened A fake", f"Seed {editor.state.latent.seed}"]
    undo(editor)
    editor.wait_for(lambda: colour_at(editor, 32, 32)[0] == 18)


def test_two_clicks_are_two_entries(editor: EditorPerson) -> None:
    editor.click("+##seed")
    editor.click("+##seed")
    assert words(editor)[1:] == ["Seed 19", "Seed 20"]


def test_strokes_of_the_brush_are_one_entry_each(editor: EditorPerson) -> None:
    editor.click("Mask brush")
    editor.look()
    editor.pull(editor.on_picture(20, 20), editor.on_picture(44, 20), stops=6)
    first = editor.state.drag.mask
    editor.pull(editor.on_picture(20, 40), editor.on_picture(44, 40), stops=6)
    assert words(editor)[1:] == ["Mask painted", "Mask painted"]
    undo(editor)
    assert np.array_equal(editor.state.drag.mask, first)
    undo(editor)
    assert editor.state.drag.mask is None


def test_an_entry_is_gone_to_with_a_click_on_its_words(editor: EditorPerson) -> None:
    editor.pull(editor.on_picture(10, 20), editor.on_picture(30, 20))
    close_eyes(editor)
    editor.look(2)
    editor.click("Point 1 set with its target##entry1")
    editor.wait_for(lambda: colour_at(editor, 50, 50) == [18, 70, 0])
    assert len(editor.state.drag.pairs) == 1
    editor.click("Opened A fake##entry0")
    assert editor.state.drag.pairs == ()
    editor.click("Redo")
    editor.look()
    editor.click("Redo")
    editor.wait_for(lambda: colour_at(editor, 50, 50) == [18, 70, 200])
    assert len(editor.state.drag.pairs) == 1


def test_undo_while_an_edit_runs_takes_it_back(editor: EditorPerson) -> None:
    editor.session.step_seconds, editor.session.steps = 0.02, 10_000
    editor.click("Close eyes")
    editor.wait_for(lambda: editor.state.job is not None and editor.state.job.progress is not None)
    undo(editor)
    assert not editor.state.busy
    editor.wait_for(lambda: colour_at(editor, 32, 32) == [18, 70, 0])


def test_the_scrubber_goes_along_the_edit_and_the_next_one_begins_there(editor: EditorPerson) -> None:
    close_eyes(editor)
    left, top, right, bottom = editor.place_of("##scrub")
    editor.pull((right - 6, (top + bottom) / 2), ((left + right) / 2, (top + bottom) / 2))
    editor.wait_for(lambda: colour_at(editor, 32, 32)[2] == pytest.approx(100, abs=25))
    place = editor.state.picture.w
    assert words(editor)[-1].startswith("Close eyes: at step 5 of 10")
    close_eyes(editor)
    assert np.array_equal(editor.state.picture.edit.path.ws[0, 0, 0], place[0, 0])
    undo(editor)
    assert editor.state.picture.w is place
    undo(editor)
    editor.wait_for(lambda: colour_at(editor, 32, 32)[2] == 200)


def test_keys_are_letters_while_somebody_types(editor: EditorPerson) -> None:
    editor.click("+##seed")
    editor.click("##path")
    undo(editor)
    assert editor.state.latent.seed == 19


def test_keys_go_along_the_edit_step_by_step(editor: EditorPerson) -> None:
    close_eyes(editor)
    for _ in range(3):
        editor.key(glfw.KEY_COMMA)
    editor.wait_for(lambda: colour_at(editor, 32, 32)[2] == 140)
    editor.key(glfw.KEY_PERIOD)
    editor.wait_for(lambda: colour_at(editor, 32, 32)[2] == 160)
    assert words(editor)[-1] == "Close eyes: at step 8 of 10"
