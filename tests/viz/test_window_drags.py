"""Points and mask in the real window, set and painted with the mouse."""

import glfw
import pytest

from tests.viz.conftest import EditorPerson
from tests.viz.test_window import colour_at
from viz.state import Tool


def test_a_click_sets_a_point_and_the_next_its_target(editor: EditorPerson) -> None:
    editor.click_at(*editor.on_picture(10, 20))
    editor.click_at(*editor.on_picture(30, 40))
    (pair,) = editor.state.drag.pairs
    assert pair.point == pytest.approx((10, 20), abs=0.6)
    assert pair.target == pytest.approx((30, 40), abs=0.6)
    assert colour_at(editor, 10, 20)[0] > 200
    assert colour_at(editor, 30, 40)[2] > 200


def test_a_pull_sets_both(editor: EditorPerson) -> None:
    editor.pull(editor.on_picture(10, 20), editor.on_picture(30, 20))
    (pair,) = editor.state.drag.pairs
    assert pair.target == pytest.approx((30, 20), abs=0.6)


def test_points_and_targets_are_moved_and_deleted(editor: EditorPerson) -> None:
    editor.click_at(*editor.on_picture(10, 20))
    editor.click_at(*editor.on_picture(30, 40))
    editor.pull(editor.on_picture(10, 20), editor.on_picture(12, 50))
    editor.pull(editor.on_picture(30, 40), editor.on_picture(40, 8))
    (pair,) = editor.state.drag.pairs
    assert pair.point == pytest.approx((12, 50), abs=0.6)
    assert pair.target == pytest.approx((40, 8), abs=0.6)
    editor.click_at(*editor.on_picture(40, 8), button=1)
    assert editor.state.drag.pairs == ()


def test_a_point_is_deleted_with_the_key(editor: EditorPerson) -> None:
    editor.click_at(*editor.on_picture(10, 20))
    editor.key(glfw.KEY_DELETE)
    assert editor.state.drag.pairs == ()


def test_a_click_beside_the_picture_sets_nothing(editor: EditorPerson) -> None:
    x, y = editor.on_picture(32, 64)
    editor.click_at(x, y + 30)
    assert editor.state.drag.pairs == ()


def test_a_point_that_is_pulled_off_the_picture_stays_on_its_edge(editor: EditorPerson) -> None:
    editor.click_at(*editor.on_picture(10, 20))
    editor.pull(editor.on_picture(10, 20), editor.on_picture(10, 90))
    assert editor.state.drag.pairs[0].point[1] == 63


def test_start_drags_the_points(editor: EditorPerson) -> None:
    editor.pull(editor.on_picture(10, 20), editor.on_picture(30, 20))
    editor.click("Start")
    editor.wait_for(lambda: editor.state.edits == 1)
    assert editor.state.drag.pairs[0].point == pytest.approx((30, 20), abs=0.6)
    assert editor.state.face.outcome.title == "Drag"


def test_a_slider_of_the_engine_acts_on_the_drag_that_runs(editor: EditorPerson) -> None:
    editor.session.step_seconds, editor.session.steps = 0.02, 10_000
    editor.pull(editor.on_picture(10, 20), editor.on_picture(30, 20))
    editor.click("Start")
    editor.wait_for(lambda: editor.state.job is not None and editor.state.job.progress is not None)
    left, top, right, bottom = editor.place_of("##step_size")
    editor.click_at(right - 3, (top + bottom) / 2)
    editor.wait_for(lambda: editor.session.configs[-1].step_size > 0.5)
    editor.click("Stop")
    editor.wait_for(lambda: not editor.state.busy)


def test_the_brush_paints_what_may_move_and_the_right_button_takes_it_back(editor: EditorPerson) -> None:
    editor.click("Mask brush")
    assert editor.state.drag.tool is Tool.BRUSH
    editor.look()
    editor.pull(editor.on_picture(20, 20), editor.on_picture(44, 20))
    mask = editor.state.drag.mask
    assert (mask[20, 20], mask[20, 32], mask[20, 44], mask[60, 32]) == (1, 1, 1, 0)
    assert colour_at(editor, 32, 20)[1] > colour_at(editor, 32, 60)[1] + 30
    editor.pull(editor.on_picture(20, 20), editor.on_picture(44, 20), button=1)
    assert editor.state.drag.mask[20, 32] == 0
    editor.click("Invert")
    assert editor.state.drag.mask[20, 32] == 1
    editor.click("Clear")
    assert editor.state.drag.mask is None


def test_painting_sets_no_points(editor: EditorPerson) -> None:
    editor.click("Mask brush")
    editor.look()
    editor.click_at(*editor.on_picture(20, 20))
    assert editor.state.drag.pairs == ()
