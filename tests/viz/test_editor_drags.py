"""The editor's rules for drags by hand, and for the way that an edit took."""

import dataclasses

import numpy as np
import pytest

from drag.path import EditPath
from tests.viz.test_editor import busy
from tests.viz.test_editor import ready as ready
from viz import actions, answers, commands
from viz.editor import act, hear
from viz.state import EditorState, LatentState, PointPair
from viz.words import status_text


def with_pairs(state: EditorState, *pairs: PointPair) -> EditorState:
    state, _ = act(state, actions.ChangeDrag(dataclasses.replace(state.drag, pairs=pairs)))
    return state


def test_a_drag_takes_the_points_that_have_a_target(ready: EditorState) -> None:
    state = with_pairs(ready, PointPair((5, 6), (7, 8)), PointPair((9, 9)))
    assert status_text(state) == "Click a target for the red point (2)."
    state, (drag,) = act(state, actions.StartDrag())
    assert isinstance(drag, commands.Drag)
    assert drag.request.points.tolist() == [[5, 6]]
    assert drag.request.targets.tolist() == [[7, 8]]
    assert len(state.drag.pairs) == 1


def test_a_drag_without_points_is_a_banner(ready: EditorState) -> None:
    state, asked = act(ready, actions.StartDrag())
    assert asked == ()
    assert "Nothing to drag" in state.banners[0].text


def test_a_mask_that_lets_nothing_move_is_a_banner(ready: EditorState) -> None:
    state = with_pairs(ready, PointPair((5, 6), (7, 8)))
    drag = dataclasses.replace(state.drag, mask=np.zeros((64, 64), np.float32))
    state, asked = act(dataclasses.replace(state, drag=drag), actions.StartDrag())
    assert asked == ()
    assert "nothing move" in state.banners[0].text


def test_points_stay_where_the_drag_left_them(ready: EditorState) -> None:
    state, (drag,) = act(with_pairs(ready, PointPair((5, 5), (9, 9))), actions.StartDrag())
    state, _ = hear(state, answers.Progress(drag.epoch, 3, 60, points=np.array([[8, 8]], np.float32)))
    state, _ = hear(state, answers.Ended(drag.epoch, "step limit", "", 60, 9.0))
    assert state.drag.pairs == (PointPair((8.0, 8.0), (9, 9)),)


def test_options_act_on_the_drag_that_runs_and_on_no_other(ready: EditorState) -> None:
    state, _ = act(with_pairs(ready, PointPair((5, 5), (9, 9))), actions.StartDrag())
    config = dataclasses.replace(state.drag.config, step_size=0.01)
    _, asked = act(state, actions.ChangeDrag(dataclasses.replace(state.drag, config=config)))
    assert asked == (commands.Retune(state.epoch, config),)
    assert act(ready, actions.ChangeDrag(dataclasses.replace(ready.drag, config=config)))[1] == ()


def test_painting_makes_a_mask_and_the_right_button_undoes_it(ready: EditorState) -> None:
    state, _ = act(ready, actions.Paint((20, 20), (40, 20)))
    mask = state.drag.mask
    assert mask is not None
    assert (mask[20, 30], mask[60, 60]) == (1, 0)
    state, _ = act(state, actions.Paint((20, 20), (40, 20), erase=True))
    assert state.drag.mask is not None
    assert state.drag.mask[20, 30] == 0
    assert mask[20, 30] == 1, "a mask that was handed out does not change"


def test_a_first_stroke_that_holds_lets_all_else_move(ready: EditorState) -> None:
    state, _ = act(ready, actions.ChangeDrag(dataclasses.replace(ready.drag, brush_moves=False)))
    state, _ = act(state, actions.Paint((20, 20), (20, 20)))
    assert state.drag.mask is not None
    assert (state.drag.mask[20, 20], state.drag.mask[60, 60]) == (0, 1)


# ----------------------------------------------------------------------------
# W, and the way of an edit.

W = np.ones((8, 16), np.float32)
PATH = EditPath.of(
    [*range(5)],
    [W * index for index in range(5)],
    [np.array([[10 + index, 20]]) for index in range(5)],
    np.array([[14, 20]]),
)


def dragged(state):
    """A drag by hand has run, along PATH."""
    state = dataclasses.replace(
        state, drag=dataclasses.replace(state.drag, pairs=(PointPair((10, 20), (14, 20)),))
    )
    state, (drag,) = act(state, actions.StartDrag())
    state, _ = hear(state, answers.Ended(drag.epoch, "reached", "There.", 4, 1.0, path=PATH))
    return state


def test_the_first_frame_of_a_picture_tells_its_w(ready):
    state, (generate,) = act(ready, actions.ChangeLatent(LatentState(seed=5)))
    assert state.picture.w is None
    state, _ = hear(state, answers.Frame(generate.epoch, ready.frame.picture, w=W))
    assert state.picture.w is W and state.picture.own_w is W


def test_an_edit_leaves_its_path_and_its_end(ready):
    state = dragged(ready)
    assert state.picture.edit.path is PATH
    assert state.picture.edit.place == 4
    assert np.array_equal(state.picture.w, 4 * W)
    assert np.array_equal(state.picture.own_w, 0 * W), "no frame had told it before"


def test_going_along_an_edit_asks_for_that_w_and_takes_the_handles_along(ready):
    state, (go_to,) = act(dragged(ready), actions.ScrubEdit(1.5))
    assert isinstance(go_to, commands.GoTo)
    assert go_to.w == pytest.approx(1.5 * W)
    assert state.picture.w is go_to.w
    assert state.drag.pairs[0].point == pytest.approx((11.5, 20))
    assert state.picture.edit is not None and state.picture.edit.place == 1.5
    assert act(state, actions.ScrubEdit(1.5))[1] == ()
    state, _ = act(state, actions.ScrubEdit(99))
    assert state.picture.w is not None and state.picture.w[0, 0] == 4


def test_nothing_is_gone_along_while_an_edit_runs_or_where_there_was_none(ready):
    assert act(ready, actions.ScrubEdit(1.0))[1] == ()
    assert act(busy(dragged(ready)), actions.ScrubEdit(1.0))[1] == ()


def test_another_seed_forgets_the_edit(ready):
    state, _ = act(dragged(ready), actions.ChangeLatent(LatentState(seed=5)))
    assert state.picture.edit is None and state.picture.own_w is None
