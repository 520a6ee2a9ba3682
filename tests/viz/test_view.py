"""Zoom and pan: what is under the cursor stays there, and points and brush go where they are seen."""

import dataclasses

import glfw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.viz.conftest import EditorPerson
from tests.viz.test_editor import frame
from viz import actions
from viz.editor import act
from viz.state import EditorState, ViewState
from viz.view import View

PLACES = st.tuples(st.floats(0, 255), st.floats(0, 255))


@given(PLACES, st.floats(0.1, 64), st.tuples(st.floats(0, 1000), st.floats(0, 1000)))
def test_a_view_around_a_point_shows_it_in_the_middle(
    centre: tuple[float, float], zoom: float, middle: tuple[float, float]
) -> None:
    view = View.around(centre, zoom, middle)
    assert np.hypot(*np.subtract(view.to_screen(centre), middle)) <= 0.75  # The corner is on a whole unit.
    assert view.to_picture(view.to_screen(centre)) == pytest.approx(centre, abs=1e-6)


def scroll(editor: EditorPerson, notches: float) -> None:
    editor.window.events.on_scroll(0, notches)
    editor.look(2)


def test_the_wheel_zooms_and_what_is_under_the_cursor_stays_there(editor: EditorPerson) -> None:
    place = editor.on_picture(20, 40)
    editor.move(*place)
    for _ in range(6):
        scroll(editor, 1)
    view = editor.app.canvas.view
    assert view.zoom == pytest.approx(editor.state.view.fit * 1.2**6)
    assert view.to_picture(place) == pytest.approx((20, 40), abs=1.0 / view.zoom * 4)


def test_the_way_back_stops_at_the_whole_picture(editor: EditorPerson) -> None:
    editor.move(*editor.on_picture(20, 40))
    scroll(editor, 3)
    assert editor.state.view.zoom is not None
    scroll(editor, -9)
    assert editor.state.view.zoom is None


def test_a_pull_with_the_middle_button_or_with_space_moves_the_picture(editor: EditorPerson) -> None:
    editor.move(*editor.on_picture(32, 32))
    scroll(editor, 5)
    for button, space in ((2, False), (0, True)):
        before = editor.on_picture(32, 32)
        if space:
            editor.window.events.on_key(glfw.KEY_SPACE, 1)
            editor.look()
        editor.pull(before, (before[0] + 30, before[1] - 20), button=button)
        if space:
            editor.window.events.on_key(glfw.KEY_SPACE, 0)
            editor.look()
        after = editor.on_picture(32, 32)
        assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((30, -20), abs=1)
    assert editor.state.drag.pairs == ()


def test_a_double_click_of_the_middle_button_and_the_key_fit_the_picture(editor: EditorPerson) -> None:
    editor.move(*editor.on_picture(32, 32))
    scroll(editor, 4)
    editor.key(glfw.KEY_F)
    assert editor.state.view.zoom is None
    editor.key(glfw.KEY_1, glfw.MOD_CONTROL)
    assert editor.app.canvas.view.zoom == 1
    from imgui_bundle import imgui

    io = imgui.get_io()
    usual = io.mouse_double_click_time, io.mouse_single_click_delay
    io.mouse_double_click_time, io.mouse_single_click_delay = 60.0, 61.0
    for _ in range(2):
        editor.press(2)
        editor.release(2)
    io.mouse_double_click_time, io.mouse_single_click_delay = usual
    editor.look()
    assert editor.state.view.zoom is None


def test_points_and_brush_work_where_the_picture_is_seen_larger(editor: EditorPerson) -> None:
    editor.move(*editor.on_picture(30, 30))
    scroll(editor, 8)
    editor.pull(editor.on_picture(30, 30), editor.on_picture(34, 28))
    (pair,) = editor.state.drag.pairs
    assert pair.point == pytest.approx((30, 30), abs=0.1)
    assert pair.target == pytest.approx((34, 28), abs=0.1)
    editor.key(glfw.KEY_B)
    editor.look()
    editor.pull(editor.on_picture(28, 31), editor.on_picture(32, 31))
    assert editor.state.drag.mask[31, 30] == 1


def test_near_pixels_are_crisp_and_have_lines_between_them(
    editor: EditorPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = np.zeros((64, 64, 3), np.uint8)
    checks[::2, ::2] = 255
    monkeypatch.setattr(editor.session, "frame", lambda: checks)
    editor.key(glfw.KEY_PAGE_DOWN)
    editor.wait_for(lambda: editor.state.frame is not None and editor.state.frame.picture is checks)
    editor.move(*editor.on_picture(32, 32))
    scroll(editor, 20)
    editor.move(1, 1)
    seen, view = editor.picture().astype(int), editor.app.canvas.view
    x, y = (round(value) for value in view.to_screen((32, 32)))
    half = int(view.zoom / 2) - 2
    assert (seen[y, x - half : x + half] == 255).all(), "a pixel has one colour"
    edge = round(view.left + 33 * view.zoom)
    assert 20 < seen[y, edge - 1 : edge + 2].min() < 235 or 20 < np.median(seen[y, edge - 1 : edge + 2]) < 235


@given(st.floats(0.001, 1000), PLACES)
def test_a_view_keeps_within_the_picture(zoom: float, centre: tuple[float, float]) -> None:
    state = dataclasses.replace(EditorState(), frame=frame(0))
    state, _ = act(state, actions.ChangeView(ViewState(zoom, centre)))
    assert 0.05 <= (state.view.zoom or 0) <= 64
    assert all(-0.5 <= value <= 63.5 for value in state.view.centre)
