"""Keys, menus and the look of the window, tried with mouse and keys."""

from collections import Counter
from dataclasses import replace

import glfw
import pytest

from gui_utils import theme
from gui_utils.keys import chord
from tests.viz.conftest import EditorPerson
from viz.actions import ChangeWindow, HidePanel, ShowPanel
from viz.menus import all_rows
from viz.panels.table import PANELS
from viz.shortcuts import keys_of, with_keys
from viz.state import EditorState


def test_a_panel_is_closed_by_its_cross_and_comes_back_by_its_key(editor: EditorPerson) -> None:
    editor.app.do(ShowPanel("Network"))
    editor.look(3)
    assert editor.sees("##path")
    editor.app.do(HidePanel("Network"))
    editor.look(3)
    assert not editor.sees("##path")
    editor.key(getattr(glfw, f"KEY_{keys_of_panel('Network')}"))
    editor.look(3)
    assert editor.sees("##path")


def keys_of_panel(name: str) -> str:
    return next(panel.key for panel in PANELS if panel.name == name)


def test_dark_and_light_by_the_key_and_size_by_the_key(editor: EditorPerson) -> None:
    editor.key(glfw.KEY_T, glfw.MOD_CONTROL)
    editor.look(2)
    light = editor.picture()
    assert light[2, -3].mean() > 150
    assert theme.palette() is theme.PALETTES["light"]
    editor.key(glfw.KEY_T, glfw.MOD_CONTROL)
    editor.look(2)
    assert editor.picture()[2, -3].mean() < 60
    before = editor.window.scale
    editor.key(glfw.KEY_EQUAL, glfw.MOD_CONTROL)
    editor.look()
    assert editor.window.scale == pytest.approx(before * 1.1)


@pytest.mark.parametrize("name", theme.THEMES)
def test_text_is_readable_on_everything_that_it_stands_on(name: str) -> None:
    palette = theme.PALETTES[name]
    for ground in (palette.panel, palette.background, palette.popup, palette.severe, palette.remark):
        assert contrast(palette.text, ground) > 7
        assert contrast(palette.muted, ground) > 4.5
    for words in (palette.good, palette.warning, palette.bad, palette.accent):
        assert contrast(words, palette.panel) > 4.0


def contrast(a: theme.Colour, b: theme.Colour) -> float:
    """The contrast of WCAG 2: 1 to 21."""
    first, second = sorted((luminance(a), luminance(b)))
    return (second + 0.05) / (first + 0.05)


def luminance(colour: theme.Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_no_two_rows_share_their_keys_and_all_keys_are_known() -> None:
    rows = [row for row in all_rows() if row.keys and row.keys != "?"]
    counts = Counter(chord(row.keys) for row in rows)
    assert [count for count in counts.values() if count > 1] == []
    assert len({row.words for row in rows}) == len(rows)


def test_every_row_makes_an_action_or_none_of_any_state(editor: EditorPerson) -> None:
    for state in (EditorState(), editor.state):
        for row in all_rows():
            action = row.act(state)
            assert action is None or type(action).__module__.startswith("viz.actions")


def test_the_question_mark_lists_all_keys_until_a_key_puts_the_list_away(editor: EditorPerson) -> None:
    before = editor.picture()
    editor.type("?")
    editor.look(12)
    assert editor.state.window.help
    shown = editor.picture()
    height, width = shown.shape[:2]
    middle = (slice(height // 2 - 40, height // 2 + 40), slice(width // 2 - 60, width // 2 + 60))
    assert (shown[middle].astype(int) != before[middle]).mean() > 0.5
    seed = editor.state.latent.seed
    editor.key(glfw.KEY_PAGE_DOWN)
    assert editor.state.latent.seed == seed, "the list is in front of everything"
    editor.key(glfw.KEY_ESCAPE)
    editor.look(3)
    assert not editor.state.window.help
    editor.key(glfw.KEY_PAGE_DOWN)
    assert editor.state.latent.seed == seed + 1


def test_keys_are_letters_while_somebody_types(editor: EditorPerson) -> None:
    editor.click("##path")
    editor.look(2)
    editor.key(glfw.KEY_B)
    editor.type("b?")
    editor.look(2)
    assert editor.state.drag.tool.value == "points"
    assert not editor.state.window.help
    editor.key(glfw.KEY_ESCAPE)


def test_a_number_does_its_expression(editor: EditorPerson) -> None:
    editor.move(*editor.on_picture(5, 5))
    editor.key(glfw.KEY_2)
    editor.wait_for(lambda: editor.state.edits == 1)
    assert editor.session.planned[0]["expression"] == "big_eyes"


def test_a_tooltip_tells_the_keys() -> None:
    assert (
        with_keys("Saves it", "Save the picture (PNG)")
        == f"Saves it\nKey: {keys_of('Save the picture (PNG)')}"
    )
    with pytest.raises(KeyError):
        keys_of("Make coffee")


def test_a_menu_does_what_its_row_says(editor: EditorPerson) -> None:
    editor.app.do(ChangeWindow(replace(editor.state.window, theme="light")))
    editor.look(2)
    editor.click("View##menu")
    editor.look(3)
    editor.click("Dark or light")
    editor.look(3)
    assert editor.state.window.theme == "dark"
