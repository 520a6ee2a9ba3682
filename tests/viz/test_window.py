"""The real window, used with mouse and keys: what a person does, and what they then see."""

import glfw
import numpy as np
import pytest

from faces.expressions import EXPRESSIONS, GROUPS
from tests.viz.conftest import EditorPerson
from tests.viz.fakes import face_at
from viz.actions import HidePanel, ShowPanel
from viz.jobs import showing
from viz.panels.table import PANELS
from viz.stage.shown import pairs_to_show


def colour_at(editor: EditorPerson, x: float, y: float) -> list[int]:
    """Look at the window where a pixel of the picture is."""
    picture = editor.picture()
    left, top = editor.on_picture(x, y)
    return picture[round(top), round(left)].tolist()


def test_the_first_picture_is_on_the_screen(editor: EditorPerson) -> None:
    assert colour_at(editor, 32, 32) == [18, 70, 0]
    assert editor.state.network.loaded is not None


def test_the_picture_follows_the_seed_as_it_is_pulled(editor: EditorPerson) -> None:
    left, top, right, bottom = editor.place_of("##seed")
    middle = ((left + right) / 2, (top + bottom) / 2)
    editor.move(*middle)
    editor.press()
    shown = set()
    for step in range(1, 9):
        editor.move(middle[0] + 25 * step, middle[1])
        editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch)
        shown.add(colour_at(editor, 32, 32)[0])
    editor.release()
    assert len(shown) >= 4
    assert colour_at(editor, 32, 32)[0] == editor.state.latent.seed > 18


def test_the_step_buttons_go_one_seed_on_and_back(editor: EditorPerson) -> None:
    editor.click("+##seed")
    assert editor.state.latent.seed == 19
    editor.click("–##seed")
    editor.click("–##seed")
    assert editor.state.latent.seed == 17
    editor.wait_for(lambda: colour_at(editor, 32, 32)[0] == 17)


def test_a_seed_can_be_typed(editor: EditorPerson) -> None:
    from imgui_bundle import imgui

    # However slow the machine is, two clicks are to be a double click.
    io = imgui.get_io()
    usual = io.mouse_double_click_time, io.mouse_single_click_delay
    io.mouse_double_click_time, io.mouse_single_click_delay = 60.0, 61.0
    left, top, right, bottom = editor.place_of("##seed")
    for _ in range(2):
        editor.click_at((left + right) / 2, (top + bottom) / 2)
    editor.look(2)
    editor.type("77")
    editor.key(glfw.KEY_ENTER)
    io.mouse_double_click_time, io.mouse_single_click_delay = usual
    editor.wait_for(lambda: colour_at(editor, 32, 32)[0] == 77)


def test_psi_changes_the_picture(editor: EditorPerson) -> None:
    left, top, right, bottom = editor.place_of("##psi")
    editor.click_at(right - 3, (top + bottom) / 2)
    editor.wait_for(lambda: colour_at(editor, 32, 32)[1] == 150)


def show_group(editor: EditorPerson, key: str) -> None:
    """Bring an expression's group to the front of the panel."""
    editor.click(GROUPS[EXPRESSIONS[key].group])
    editor.look(2)


@pytest.mark.parametrize("key", EXPRESSIONS)
def test_one_click_on_an_expression_does_it_and_tells_how_it_went(editor: EditorPerson, key: str) -> None:
    show_group(editor, key)
    editor.click(EXPRESSIONS[key].title)
    editor.wait_for(lambda: editor.state.face.outcome is not None)
    assert editor.session.planned[0]["expression"] == key
    assert editor.state.face.outcome.reason == "reached"
    assert editor.state.face.outcome.report.achieved == 0.7
    assert colour_at(editor, 32, 32) == [18, 70, 200]


def test_the_strength_slider_says_how_far(editor: EditorPerson) -> None:
    left, top, right, bottom = editor.place_of("##strength", 1)
    editor.click_at(left + (right - left) / 3, (top + bottom) / 2)
    editor.click("Big eyes")
    editor.wait_for(lambda: bool(editor.session.planned))
    assert editor.session.planned[0]["strength"] == pytest.approx(0.5, abs=0.1)


def test_points_targets_and_mask_are_shown_while_an_expression_runs(editor: EditorPerson) -> None:
    editor.session.step_seconds, editor.session.steps = 0.05, 400
    editor.click("Close eyes")
    editor.wait_for(lambda: editor.state.job is not None and editor.state.job.progress is not None)
    assert len(pairs_to_show(editor.state)) == 2
    held = colour_at(editor, 3, 60)
    free = colour_at(editor, 30, 26)
    assert free[1] > held[1] + 15
    editor.click("Stop")
    editor.wait_for(lambda: not editor.state.busy)
    assert editor.state.face.outcome.reason == "stopped"


def test_stop_answers_within_one_step_while_the_window_keeps_its_pace(editor: EditorPerson) -> None:
    editor.session.steps = 100
    editor.session.gate.shut()
    editor.session.gate.let(3)
    editor.click("Close eyes")
    editor.wait_for(lambda: editor.state.job is not None and editor.state.job.progress is not None)
    editor.wait_for(lambda: editor.state.job.progress.done == 2 and editor.session.gate.holds_somebody)
    editor.look(5)  # The step that is under way ends when it is let: who waited for it would look in vain.
    assert editor.state.job.progress.done == 2
    editor.click("Stop")
    editor.session.gate.open()
    editor.wait_for(lambda: not editor.state.busy)
    assert editor.state.face.outcome.steps == 3


@pytest.mark.parametrize("while_busy", [False, True])
def test_every_panel_is_closed_and_comes_back_at_any_time(editor: EditorPerson, while_busy: bool) -> None:
    if while_busy:
        editor.session.step_seconds, editor.session.steps = 0.02, 10_000
        editor.click("Close eyes")
        editor.wait_for(lambda: editor.state.job is not None and editor.state.job.progress is not None)
    for panel in PANELS:
        editor.app.do(HidePanel(panel.name))
        editor.look(2)
    assert not any(map(editor.sees, ("Load", "##seed", "Close eyes", "Start", "Picture (PNG)")))
    assert editor.state.busy == while_busy
    for panel in PANELS:
        editor.app.do(ShowPanel(panel.name))
        editor.look(2)
    editor.find("Close eyes")
    assert editor.sees("Close eyes")
    if while_busy:
        editor.click("Stop", 0)
        editor.wait_for(lambda: not editor.state.busy)


# ----------------------------------------------------------------------------
# Faces.


def test_landmarks_are_drawn_over_the_face(editor: EditorPerson) -> None:
    plain = editor.picture()
    editor.click("Show landmarks")
    editor.wait_for(lambda: editor.state.face.faces is not None)
    editor.move(5, 5)
    marked = editor.picture()
    x, y = (round(value) for value in editor.on_picture(*editor.session.faces[0].landmarks[0]))
    assert np.abs(marked[y, x].astype(int) - plain[y, x]).max() > 60


def test_another_face_is_chosen_by_its_number(editor: EditorPerson) -> None:
    editor.session.faces = [face_at(20, 32, 15), face_at(48, 32, 10)]
    editor.click("Show landmarks")
    editor.wait_for(lambda: editor.state.face.faces is not None)
    assert editor.state.face.chosen is editor.session.faces[0]
    left, top, _, _ = editor.session.faces[1].box
    editor.click_at(*editor.on_picture(left, top))
    assert editor.state.face.chosen is editor.session.faces[1]
    assert editor.state.drag.pairs == ()


def test_a_picture_without_a_face_is_said(editor: EditorPerson) -> None:
    editor.session.faces = []
    editor.click("Close eyes")
    editor.wait_for(lambda: bool(editor.state.banners))
    assert "no face" in editor.state.banners[0].text
    assert not editor.state.busy


def test_where_there_is_no_face_the_buttons_are_grey_and_say_why(editor: EditorPerson) -> None:
    editor.session.faces = []
    editor.click("+##seed")
    editor.wait_for(lambda: editor.state.face.glimpse is False)
    editor.look(2)
    editor.click("Close eyes")
    assert not editor.state.busy and editor.session.planned == []
    editor.click("Look closely")
    editor.wait_for(lambda: editor.state.face.faces == ())
    editor.look(2)
    assert not editor.sees("Look closely")
    editor.session.faces = [face_at()]
    editor.click("+##seed")
    editor.wait_for(lambda: editor.state.face.glimpse is True)
    editor.look(2)
    editor.click("Close eyes")
    editor.wait_for(lambda: editor.state.edits == 1)


def test_seeds_that_are_run_through_are_not_glanced_at(
    editor: EditorPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor.wait_for(lambda: editor.state.face.glanced)
    editor.session.glances.clear()
    monkeypatch.setattr(showing, "_GLANCE_AFTER", 60.0)  # However slow the machine is, that is quicker.
    for _ in range(5):
        editor.click("+##seed")
        editor.wait_for(lambda: editor.state.frame.epoch == editor.state.picture_epoch)
    monkeypatch.setattr(showing, "_GLANCE_AFTER", 0.01)
    editor.click("+##seed")
    editor.wait_for(lambda: editor.state.face.glanced)
    assert editor.session.glances[-1] == 24 and len(editor.session.glances) <= 2


# ----------------------------------------------------------------------------
# Classes.


def test_a_network_without_classes_has_no_row_for_them(editor: EditorPerson) -> None:
    assert editor.sees("##seed") and not editor.sees("##label")


def test_the_class_of_a_conditional_network_is_chosen(editor: EditorPerson) -> None:
    editor.session.c_dim = 10
    editor.window.events.on_drop(["/somewhere/conditional.pkl"])
    editor.wait_for(lambda: editor.sees("##label"))
    left, top, right, bottom = editor.place_of("##label")
    editor.click_at(right - 3, (top + bottom) / 2)
    assert editor.state.latent.label == 9
    editor.wait_for(lambda: editor.session.labels[-1] == 9)
