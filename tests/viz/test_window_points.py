"""Points and mask in the real window: nudged, mirrored, listed, painted softly, grown and locked."""

import glfw
import numpy as np
import pytest

from tests.viz.conftest import EditorPerson
from tests.viz.fakes import face_at
from tests.viz.test_window import colour_at
from viz.state import Marker


def set_pair(editor: EditorPerson) -> None:
    editor.click_at(*editor.on_picture(10, 20))
    editor.click_at(*editor.on_picture(30, 40))


def test_the_arrow_keys_move_what_was_set_last_and_with_shift_by_ten(editor: EditorPerson) -> None:
    set_pair(editor)
    x, y = editor.state.drag.pairs[0].target
    editor.key(glfw.KEY_RIGHT)
    editor.key(glfw.KEY_DOWN)
    editor.key(glfw.KEY_DOWN)
    assert editor.state.drag.pairs[0].target == pytest.approx((x + 1, y + 2))
    editor.key(glfw.KEY_LEFT, glfw.MOD_SHIFT)
    editor.key(glfw.KEY_UP, glfw.MOD_SHIFT)
    assert editor.state.drag.pairs[0].target == pytest.approx((x - 9, y - 8))
    assert editor.state.drag.pairs[0].point == pytest.approx((10, 20), abs=0.6)


def test_a_click_selects_and_the_ring_is_seen(editor: EditorPerson) -> None:
    set_pair(editor)
    editor.click_at(*editor.on_picture(10, 20))
    assert editor.state.drag.selected == Marker(0, "point")
    editor.move(5, 5)
    left, top = editor.on_picture(*editor.state.drag.pairs[0].point)
    picture = editor.picture()
    ring = [picture[round(top), round(left + beside)].astype(int) for beside in np.arange(3, 12, 0.5)]
    assert any(red > 180 and green > 140 and blue < 130 for red, green, blue in ring)
    point = editor.state.drag.pairs[0].point
    editor.key(glfw.KEY_LEFT)
    assert editor.state.drag.pairs[0].point == pytest.approx((point[0] - 1, point[1]))
    editor.key(glfw.KEY_DELETE)
    assert editor.state.drag.pairs == ()


def test_the_arrow_keys_move_nothing_while_somebody_types(editor: EditorPerson) -> None:
    set_pair(editor)
    before = editor.state.drag.pairs
    editor.click("##path")
    editor.look()
    editor.key(glfw.KEY_LEFT)
    editor.key(glfw.KEY_BACKSPACE)
    editor.key(glfw.KEY_DELETE)
    assert editor.state.drag.pairs == before
    editor.key(glfw.KEY_ESCAPE)


def test_the_list_selects_points_and_targets_and_their_places_are_typed(editor: EditorPerson) -> None:
    set_pair(editor)
    editor.pull(editor.on_picture(50, 10), editor.on_picture(50, 30))
    editor.find("Mirror all")
    label = next(seen for seen, _ in editor._seen if "###pair0" in seen)
    editor.click(label)
    assert editor.state.drag.selected == Marker(0, "point")
    editor.click(label)
    assert editor.state.drag.selected == Marker(0, "target")
    editor.look()
    left, top, right, bottom = editor.place_of("##place")
    editor.pull((left + 20, (top + bottom) / 2), (left + 60, (top + bottom) / 2))
    assert editor.state.drag.pairs[0].target[0] > 35
    editor.click("Delete")
    assert len(editor.state.drag.pairs) == 1 and editor.state.drag.pairs[0].point[0] > 45


def test_mirrored_points_appear_on_the_other_side(editor: EditorPerson) -> None:
    editor.session.faces = []
    set_pair(editor)
    editor.look()
    editor.click("Mirror all")
    editor.wait_for(lambda: len(editor.state.drag.pairs) == 2)
    first, twin = editor.state.drag.pairs
    assert twin.point == pytest.approx((63 - first.point[0], first.point[1]))
    assert twin.target == pytest.approx((63 - first.target[0], first.target[1]))
    editor.move(5, 5)
    assert colour_at(editor, *twin.target)[2] > 200


def test_a_soft_brush_leaves_a_soft_edge_in_the_mask(editor: EditorPerson) -> None:
    editor.click("Mask brush")
    editor.look()
    left, top, right, bottom = editor.place_of("##hardness")
    editor.click_at(left + 3, (top + bottom) / 2)
    assert editor.state.drag.brush_hardness < 0.05
    editor.pull(editor.on_picture(20, 30), editor.on_picture(44, 30))
    mask, radius = editor.state.drag.mask, editor.state.drag.brush_radius
    for away in (0, 3, 6, 9):
        assert mask[30 + away, 32] == pytest.approx(1 - away / radius, abs=0.12)
    assert mask[round(31 + radius), 32] == 0
    editor.click_at(left + 0.99 * (right - left), (top + bottom) / 2)
    editor.pull(editor.on_picture(20, 30), editor.on_picture(44, 30))
    assert editor.state.drag.mask[36, 32] == 1
    editor.pull(editor.on_picture(20, 30), editor.on_picture(44, 30), button=1)
    assert editor.state.drag.mask[30, 32] == 0


def test_the_mask_is_grown_shrunk_feathered_inverted_and_cleared(editor: EditorPerson) -> None:
    editor.click("Mask brush")
    editor.look()
    editor.click_at(*editor.on_picture(32, 32))
    areas = [editor.state.drag.mask.sum()]
    for label in ("Grow", "Shrink", "Shrink"):
        editor.look()
        editor.click(label)
        areas.append(editor.state.drag.mask.sum())
    assert areas[1] > areas[0] > areas[3] and areas[1] > areas[2] > areas[3]
    editor.click("Feather")
    soft = editor.state.drag.mask
    assert ((soft > 0.05) & (soft < 0.95)).sum() > 100
    editor.click("Invert")
    assert editor.state.drag.mask == pytest.approx(1 - soft)
    editor.click("Clear")
    assert editor.state.drag.mask is None


def test_all_but_points_or_face_is_locked(editor: EditorPerson) -> None:
    editor.session.faces = [face_at(40, 40, 8)]
    set_pair(editor)
    editor.click("Mask brush")
    editor.look()
    editor.click("points")
    mask = editor.state.drag.mask
    assert mask[20, 10] == mask[40, 30] == mask[30, 20] == 1 and mask[5, 60] == 0
    editor.click("face")
    editor.wait_for(lambda: editor.state.drag.mask is not mask)
    mask = editor.state.drag.mask
    assert mask[40, 40] == 1 and mask[5, 5] == 0
    editor.move(5, 5)
    assert colour_at(editor, 40, 40)[1] > colour_at(editor, 5, 50)[1] + 15


def test_the_overlay_is_as_strong_as_it_is_set(editor: EditorPerson) -> None:
    editor.click("Mask brush")
    editor.look()
    editor.click_at(*editor.on_picture(32, 32))
    left, top, right, bottom = editor.place_of("##overlay")
    shades = []
    for share in (0.02, 0.5, 0.98):
        editor.click_at(left + share * (right - left), (top + bottom) / 2)
        shades.append(colour_at(editor, 5, 5)[1])
    assert shades[0] > 65 and shades[0] > shades[1] + 10 and shades[1] > shades[2] + 10
    assert editor.state.drag.mask[5, 5] == 0


def test_pause_move_one_step_continue_and_stop(editor: EditorPerson) -> None:
    editor.session.step_seconds, editor.session.steps = 0.02, 100_000
    set_pair(editor)
    editor.look(2)
    editor.click("Start")
    editor.wait_for(lambda: editor.state.job is not None and editor.state.job.progress is not None)
    editor.click("Pause")
    editor.wait_for(lambda: editor.state.job.paused)
    editor.look(2)
    stood = editor.state.job.progress.done
    x, y = editor.state.drag.pairs[0].target
    editor.key(glfw.KEY_UP)
    editor.pull(editor.on_picture(x, y - 1), editor.on_picture(50, 50))
    assert editor.state.drag.pairs[0].target == pytest.approx((50, 50), abs=0.6)
    editor.click_at(*editor.on_picture(5, 60))
    assert len(editor.state.drag.pairs) == 1, "no point comes while a drag is under way"
    editor.click("One step")
    editor.wait_for(lambda: editor.state.job.paused and editor.state.job.progress.done == stood + 1)
    assert editor.session.requests[-1].targets[0] == pytest.approx((50, 50), abs=0.6)
    editor.look(2)
    editor.click("Continue")
    editor.wait_for(lambda: editor.state.job.progress.done > stood + 2)
    editor.look()
    editor.click("Stop")
    editor.wait_for(lambda: not editor.state.busy)
    assert editor.state.face.outcome.reason == "stopped"


def test_one_step_from_rest(editor: EditorPerson) -> None:
    set_pair(editor)
    editor.look(2)
    editor.click("One step")
    editor.wait_for(lambda: editor.state.job is not None and editor.state.job.paused)
    assert editor.state.job.progress.done == 1
    editor.look(2)
    editor.click("Continue")
    editor.wait_for(lambda: editor.state.edits == 1)


def test_escape_lets_a_point_go_that_waits_and_then_selects_none(editor: EditorPerson) -> None:
    set_pair(editor)
    editor.click_at(*editor.on_picture(50, 10))
    assert len(editor.state.drag.pairs) == 2
    editor.key(glfw.KEY_ESCAPE)
    assert len(editor.state.drag.pairs) == 1
    editor.click_at(*editor.on_picture(*editor.state.drag.pairs[0].point))
    assert editor.state.drag.selected == Marker(0, "point")
    editor.key(glfw.KEY_ESCAPE)
    assert editor.state.drag.selected is None and len(editor.state.drag.pairs) == 1


def test_the_masks_tools_have_keys(editor: EditorPerson) -> None:
    set_pair(editor)
    editor.key(glfw.KEY_K)
    areas = [editor.state.drag.mask.sum()]
    for key in (glfw.KEY_RIGHT_BRACKET, glfw.KEY_LEFT_BRACKET, glfw.KEY_LEFT_BRACKET):
        editor.key(key, glfw.MOD_CONTROL)
        areas.append(editor.state.drag.mask.sum())
    assert areas[1] > areas[0] > areas[3]
    before = editor.state.drag.mask
    editor.key(glfw.KEY_I, glfw.MOD_CONTROL)
    editor.key(glfw.KEY_I)
    assert editor.state.drag.mask.sum() == pytest.approx(before.size - before.sum(), rel=0.02)
    editor.key(glfw.KEY_DELETE, glfw.MOD_SHIFT)
    assert editor.state.drag.mask is None and len(editor.state.drag.pairs) == 1


def test_the_mask_is_hidden_and_shown_and_counts_all_the_same(editor: EditorPerson) -> None:
    editor.click("Mask brush")
    editor.look()
    editor.click_at(*editor.on_picture(32, 32))
    dark = colour_at(editor, 5, 5)[1]
    editor.click("##show_mask")
    assert colour_at(editor, 5, 5)[1] > dark + 15
    editor.key(glfw.KEY_M)
    assert editor.state.drag.show_mask and colour_at(editor, 5, 5)[1] == pytest.approx(dark, abs=2)
    assert editor.state.drag.mask[5, 5] == 0
