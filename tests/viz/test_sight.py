"""No key acts on what nobody sees: it brings it in sight, acts on what is there, or says what it needs."""

import dataclasses
from typing import Any

import glfw
import numpy as np
import pytest

from tests.viz.conftest import EditorPerson
from tests.viz.photographs import brought_in, opened
from tests.viz.photographs import photos as photos
from tests.viz.photographs import picture as picture
from tests.viz.test_window import colour_at
from tests.viz.test_window_history import close_eyes
from viz import actions
from viz.menus import all_rows
from viz.state import CompareMode, PhotoView, PointPair, Tool
from viz.words import status_text


@pytest.fixture
def photo(editor: EditorPerson, photos: Any, picture: Any) -> EditorPerson:
    """A photograph whose face is in, edited, on the stage."""
    opened(editor, picture)
    brought_in(editor, photos)
    editor.app.do(actions.ClickExpression("close_eyes"))
    editor.wait_for(lambda: editor.state.edits == 1 and editor.state.ready)
    show(editor, PhotoView.AFTER)
    return editor


def show(editor: EditorPerson, view: PhotoView) -> None:
    editor.app.do(actions.ChangePhoto(dataclasses.replace(editor.state.photo, view=view)))
    editor.look(2)


def seen_at(editor: EditorPerson, x: float, y: float) -> list[int]:
    """Look at the window where a pixel of the photograph is."""
    left, top = editor.app.photo_stage.view.to_screen((x, y))
    return editor.picture()[round(top), round(left)].tolist()


def mode_of(editor):
    return editor.state.compare.mode


def view_of(editor):
    return editor.state.photo.view


def hold(editor: EditorPerson, key: int, down: int) -> None:
    editor.window.events.on_key(key, down, 0)
    editor.look(2)


# ----------------------------------------------------------------------------
# Before and after of the photograph. Its pixels are random; in the face it has the colour of the edit.


def test_the_photograph_is_seen_as_it_was_while_the_key_is_held(photo: EditorPerson) -> None:
    editor, now = photo, photo.state.photo.edited
    assert seen_at(editor, 70, 60) == pytest.approx(now[60, 70].tolist(), abs=2)
    hold(editor, glfw.KEY_C, 1)
    held = seen_at(editor, 70, 60)
    hold(editor, glfw.KEY_C, 0)
    show(editor, PhotoView.BEFORE)
    editor.app.do(actions.ChangePhoto(dataclasses.replace(editor.state.photo, faces=())))
    editor.look()
    assert held == seen_at(editor, 70, 60) != now[60, 70].tolist()


def test_the_line_of_the_split_view_goes_over_the_photograph(photo: EditorPerson) -> None:
    editor = photo
    shades = [seen_at(editor, 70, 60)]
    editor.key(glfw.KEY_S)
    assert mode_of(editor) is CompareMode.SPLIT
    shades.append(seen_at(editor, 70, 60))  # Left of the line, which is at 110 of 220.
    view = editor.app.photo_stage.view
    editor.pull(view.to_screen((109.5, 20)), view.to_screen((20, 20)))
    assert editor.state.compare.line == pytest.approx(20.5 / 220, abs=0.02)
    shades.append(seen_at(editor, 70, 60))
    assert shades[0] == shades[2] != shades[1]
    editor.key(glfw.KEY_S)
    assert mode_of(editor) is CompareMode.OFF


def test_what_differs_is_shown_of_the_photograph(photo: EditorPerson) -> None:
    editor = photo
    editor.key(glfw.KEY_D)
    assert seen_at(editor, 190, 100) == [0, 0, 0], "beyond the face nothing has changed"
    assert max(seen_at(editor, 70, 60)) > 60, "the face has"
    editor.key(glfw.KEY_D)
    assert mode_of(editor) is CompareMode.OFF


def test_asked_for_where_the_photograph_is_shown_as_it_was_the_edited_one_comes(photo: EditorPerson) -> None:
    editor = photo
    show(editor, PhotoView.BEFORE)
    editor.key(glfw.KEY_S)
    assert view_of(editor) is PhotoView.AFTER and mode_of(editor) is CompareMode.SPLIT
    editor.key(glfw.KEY_C, glfw.MOD_SHIFT)
    assert "before is the photograph as it was" in status_text(editor.state)


def test_before_its_face_is_in_there_is_nothing_to_compare_and_nothing_to_edit(
    editor: EditorPerson, photos: Any, picture: Any
) -> None:
    opened(editor, picture)
    for key in (glfw.KEY_S, glfw.KEY_D):
        editor.key(key)
        assert mode_of(editor) is CompareMode.OFF
        assert "bring the face in first" in status_text(editor.state)
    editor.key(glfw.KEY_1)
    assert "Bring the face in" in editor.state.banners[-1].text
    assert not editor.state.busy and editor.session.planned == []


# ----------------------------------------------------------------------------
# The other keys.

_POINTS = ("Delete the selected point", "Mirror all points across the face's axis", "Larger brush",
           "Smaller brush", "Move the selected point left by 1 px", "Move the selected point up by 10 px",
           "Start the drag, or go on", "One step of the drag", "Show or hide landmarks")  # fmt: skip
_MASK = ("Invert the mask", "Grow the mask", "Shrink the mask", "Feather the mask", "Clear the mask",
         "Lock everything but the points", "Lock everything but the face",
         "Show or hide the mask")  # fmt: skip


def with_work(editor: EditorPerson) -> Any:
    """Points and a mask on the face."""
    drag = editor.state.drag
    pair = PointPair((10.0, 20.0), (30.0, 20.0))
    mask = np.zeros((64, 64), np.float32)
    mask[20:40, 20:40] = 1
    editor.app.do(actions.ChangeDrag(dataclasses.replace(drag, pairs=(pair,), mask=mask)))
    editor.app.do(actions.SelectMarker(actions.points.Marker(0, "point")))
    editor.look(2)
    return editor.state.drag


def told(found: list[Any]) -> list[str]:
    return [one.words for one in found if isinstance(one, actions.Tell)]


def acts_of(editor: EditorPerson, words: tuple[str, ...]) -> list[Any]:
    rows = {row.words: row for row in all_rows()}
    return [rows[one].act(editor.state) for one in words]


def test_points_and_mask_are_let_be_while_the_photograph_is_shown_and_the_keys_say_so(
    photo: EditorPerson,
) -> None:
    editor = photo
    with_work(editor)
    show(editor, PhotoView.BEFORE)
    words = told(acts_of(editor, _POINTS + _MASK))
    assert len(words) == len(_POINTS + _MASK) and all("V brings the face" in one for one in words)
    before = editor.state.drag
    for key in (glfw.KEY_LEFT, glfw.KEY_DELETE, glfw.KEY_ENTER):
        editor.key(key)
    assert editor.state.drag is before and not editor.state.busy
    assert "V brings the face" in status_text(editor.state)
    editor.key(glfw.KEY_V)
    assert view_of(editor) is PhotoView.FACE
    editor.key(glfw.KEY_LEFT)
    assert editor.state.drag.pairs[0].point == pytest.approx((9, 20))


def test_a_tool_brings_the_face_that_it_works_on(photo: EditorPerson) -> None:
    for key, tool in ((glfw.KEY_P, Tool.POINTS), (glfw.KEY_B, Tool.BRUSH)):
        show(photo, PhotoView.AFTER)
        photo.key(key)
        assert view_of(photo) is PhotoView.FACE and photo.state.drag.tool is tool


def test_another_seed_or_an_undo_is_seen(photo: EditorPerson) -> None:
    editor = photo
    show(editor, PhotoView.BEFORE)
    editor.key(glfw.KEY_Z, glfw.MOD_CONTROL)
    assert view_of(editor) is PhotoView.AFTER, "the photograph without the edit"
    show(editor, PhotoView.BEFORE)
    editor.key(glfw.KEY_PAGE_DOWN)
    assert view_of(editor) is PhotoView.FACE
    editor.wait_for(lambda: colour_at(editor, 32, 32)[0] == editor.state.latent.seed)


def test_what_is_saved_is_what_is_shown(photo: EditorPerson) -> None:
    (saving,) = acts_of(photo, ("Save the picture (PNG)",))
    assert saving == actions.SavePhoto()
    (film,) = acts_of(photo, ("Save the edit (film)",))
    assert film == actions.SaveEditFilm(photo=True)
    show(photo, PhotoView.BEFORE)
    assert "as it was" in told(acts_of(photo, ("Save the picture (PNG)",)))[0]
    show(photo, PhotoView.FACE)
    assert acts_of(photo, ("Save the picture (PNG)",)) == [actions.SavePicture()]


def test_the_photograph_is_zoomed_and_moved_and_the_face_is_not(photo: EditorPerson) -> None:
    editor, stage = photo, photo.app.photo_stage
    place = stage.view.to_screen((70, 60))
    editor.move(*place)
    for _ in range(4):
        editor.window.events.on_scroll(0, 1)
        editor.look(2)
    assert stage.view.zoom == pytest.approx(editor.state.photo.seen.fit * 1.2**4)
    assert stage.view.to_picture(place) == pytest.approx((70, 60), abs=1.5)
    before = stage.view.to_screen((70, 60))
    editor.pull(place, (place[0] + 30, place[1] - 20), button=2)
    after = stage.view.to_screen((70, 60))
    assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((30, -20), abs=1)
    editor.key(glfw.KEY_1, glfw.MOD_CONTROL)
    assert stage.view.zoom == 1 and editor.state.view.zoom is None
    editor.key(glfw.KEY_F)
    assert editor.state.photo.seen.zoom is None


@pytest.mark.parametrize(
    ("key", "words", "back"),
    [(glfw.KEY_D, _POINTS[:6] + _MASK, "D brings"), (glfw.KEY_S, _MASK[:-1], "S brings")],
)
def test_what_a_comparison_hides_is_let_be(
    editor: EditorPerson, key: int, words: tuple[str, ...], back: str
) -> None:
    close_eyes(editor)
    before = with_work(editor)
    editor.key(key)
    said = told(acts_of(editor, words))
    assert len(said) == len(words) and all(back in one for one in said)
    if key == glfw.KEY_D:
        editor.click_at(*editor.on_picture(50, 50))
        editor.key(glfw.KEY_LEFT)
        assert editor.state.drag.pairs == before.pairs and back in status_text(editor.state)
    editor.key(glfw.KEY_B)
    editor.look()
    editor.pull(editor.on_picture(5, 50), editor.on_picture(12, 50))
    assert editor.state.drag.mask is before.mask and back in status_text(editor.state)


def test_a_mask_that_is_hidden_is_not_painted(editor: EditorPerson) -> None:
    before = with_work(editor)
    editor.key(glfw.KEY_M)
    editor.key(glfw.KEY_B)
    editor.look()
    editor.pull(editor.on_picture(5, 50), editor.on_picture(30, 50))
    assert editor.state.drag.mask is before.mask and "M shows it" in status_text(editor.state)
    editor.key(glfw.KEY_M)
    editor.look()
    editor.pull(editor.on_picture(5, 50), editor.on_picture(30, 50))
    assert editor.state.drag.mask[50, 20] == 1
