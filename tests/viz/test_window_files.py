"""Files in the real window: dropped, typed and saved."""

import glfw

from tests.viz.conftest import EditorPerson
from tests.viz.test_window import colour_at


def test_a_bad_file_that_is_dropped_leaves_all_as_it_was(editor: EditorPerson) -> None:
    before = editor.state.network.loaded
    editor.window.events.on_drop(["/somewhere/holiday.txt"])
    editor.wait_for(lambda: bool(editor.state.banners))
    assert editor.state.banners[0].text == "holiday.txt: this is no checkpoint"
    assert editor.state.network.loaded is before
    assert colour_at(editor, 32, 32) == [18, 70, 0]
    editor.click(f"Dismiss##{editor.state.banners[0].number}")
    assert editor.state.banners == ()


def test_a_good_file_that_is_dropped_is_loaded(editor: EditorPerson) -> None:
    editor.window.events.on_drop(["/somewhere/other.pkl"])
    editor.wait_for(lambda: editor.state.network.loaded.path.name == "other.pkl")


def test_load_with_an_empty_path_is_a_banner(editor: EditorPerson) -> None:
    editor.click("##path")
    editor.key(glfw.KEY_A, glfw.MOD_CONTROL)
    editor.key(glfw.KEY_BACKSPACE)
    editor.look(2)
    editor.click("Load")
    assert "No path" in editor.state.banners[0].text


def test_a_path_can_be_typed(editor: EditorPerson) -> None:
    editor.click("##path")
    editor.key(glfw.KEY_A, glfw.MOD_CONTROL)
    editor.type("third.pkl")
    editor.key(glfw.KEY_ENTER)
    editor.wait_for(lambda: editor.state.network.loaded.path.name == "third.pkl")


def test_picture_and_film_are_saved(editor: EditorPerson) -> None:
    editor.click("Close eyes")
    editor.wait_for(lambda: editor.state.edits == 1)
    editor.look(2)
    editor.click("Picture (PNG)")
    picture = editor.state.capture.saved
    assert picture.read_bytes()[:4] == b"\x89PNG"
    editor.click("Save the edit (GIF)")
    editor.wait_for(lambda: editor.state.capture.saved != picture)
    assert editor.state.capture.saved.suffix == ".gif"
