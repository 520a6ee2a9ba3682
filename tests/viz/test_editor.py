"""The rules of the editor, as plain functions: what an action or news makes of the state."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from dnnlib.latents import Latent
from drag.path import EditPath
from faces.expressions import EXPRESSIONS
from tests.viz.fakes import face_at
from viz import actions, answers, commands
from viz.editor import act, hear
from viz.state import EditorState, JobKind, LatentState, PointPair
from viz.words import status_text

INFO = answers.NetworkInfo(Path("a.safetensors"), "A", "00", 64, 64, 8, 16, 4)


def frame(epoch: int, step: int = 0) -> answers.Frame:
    return answers.Frame(epoch, np.zeros((64, 64, 3), np.uint8), step)


@pytest.fixture
def ready() -> EditorState:
    """A network is loaded and the first picture is there."""
    state, _ = act(EditorState(), actions.OpenNetwork("a.safetensors"))
    state, (generate,) = hear(state, answers.Loaded(state.epoch, INFO))
    state, _ = hear(state, frame(generate.epoch))
    assert state.ready
    return state


def busy(state: EditorState, expression: str = "close_eyes") -> EditorState:
    state, _ = act(state, actions.ClickExpression(expression))
    return state


# ----------------------------------------------------------------------------
# Loading.


def test_loading_asks_the_worker_and_then_for_the_first_picture() -> None:
    state, asked = act(EditorState(), actions.OpenNetwork(" a.safetensors "))
    assert asked == (commands.Load(1, Path("a.safetensors")),)
    assert status_text(state) == "Loading a.safetensors …"
    state, asked = hear(state, answers.Loaded(1, INFO))
    assert asked == (commands.Generate(2, Latent(18, 0.7)),)
    assert state.network.loading is None


@pytest.mark.parametrize("typed", ["", "   "])
def test_an_empty_path_is_a_banner_and_nothing_else(typed: str) -> None:
    state, asked = act(EditorState(), actions.OpenNetwork(typed))
    assert asked == ()
    assert "No path" in state.banners[0].text


def test_a_failed_load_leaves_network_and_picture(ready: EditorState) -> None:
    state, (load,) = act(ready, actions.DropFiles((Path("notes.txt"), Path("b.pkl"))))
    assert load == commands.Load(load.epoch, Path("notes.txt"))
    state, asked = hear(state, answers.Failed(load.epoch, "notes.txt: no checkpoint"))
    assert asked == ()
    assert state.network.loaded == INFO
    assert state.frame is ready.frame
    assert state.network.loading is None
    assert [banner.text for banner in state.banners] == ["notes.txt: no checkpoint"]


def test_the_failure_of_an_older_load_does_not_end_the_wait_for_the_newer(ready: EditorState) -> None:
    state, (first,) = act(ready, actions.OpenNetwork("b.pkl"))
    state, (second,) = act(state, actions.OpenNetwork("c.pkl"))
    state, _ = hear(state, answers.Failed(first.epoch, "b.pkl: no checkpoint"))
    assert state.network.loading == Path("c.pkl")
    state, _ = hear(state, answers.Loaded(second.epoch, dataclasses.replace(INFO, path=Path("c.pkl"))))
    assert state.network.loading is None


def test_banners_are_dismissed_one_by_one_and_not_doubled(ready: EditorState) -> None:
    state = ready
    for text in ("one", "two", "one"):
        state, _ = hear(state, answers.Failed(99, text))
    assert [banner.text for banner in state.banners] == ["two", "one"]
    state, _ = act(state, actions.DismissBanner(state.banners[0].number))
    assert [banner.text for banner in state.banners] == ["one"]


# ----------------------------------------------------------------------------
# Pictures.


def test_a_frame_of_an_older_seed_is_ignored(ready: EditorState) -> None:
    state, (old,) = act(ready, actions.ChangeLatent(LatentState(seed=1)))
    state, (new,) = act(state, actions.ChangeLatent(LatentState(seed=2)))
    state, _ = hear(state, frame(old.epoch))
    assert state.frame is ready.frame
    assert status_text(state) == "Drawing seed 2 …"
    state, _ = hear(state, frame(new.epoch))
    assert state.frame is not ready.frame


def test_another_seed_ends_the_edit_under_way(ready: EditorState) -> None:
    state = busy(ready)
    old = state.epoch
    state, _ = act(state, actions.ChangeLatent(LatentState(seed=3)))
    assert not state.busy
    state, _ = hear(state, answers.Ended(old, "stopped", "", 3, 1.0))
    assert state.face.outcome is None


def test_landmarks_are_looked_for_when_they_are_to_be_shown(ready: EditorState) -> None:
    state, (detect,) = act(ready, actions.ChangeFace(dataclasses.replace(ready.face, show_landmarks=True)))
    assert detect == commands.Detect(state.epoch, "auto")
    state, _ = hear(state, answers.Detected(detect.epoch, (face_at(),)))
    assert len(state.face.faces or ()) == 1
    state, (generate,) = act(state, actions.ChangeLatent(LatentState(seed=4)))
    assert state.face.faces is None
    late, _ = hear(state, answers.Detected(detect.epoch, (face_at(),)))
    assert late.face.faces is None
    state, (again,) = hear(state, frame(generate.epoch))
    assert isinstance(again, commands.Detect)


# ----------------------------------------------------------------------------
# Expressions.


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_one_click_is_the_whole_job(ready: EditorState, expression: str) -> None:
    state, asked = act(ready, actions.ClickExpression(expression))
    assert len(asked) == 1
    assert isinstance(asked[0], commands.Adjust)
    assert (asked[0].expression, asked[0].strength) == (EXPRESSIONS[expression], 1.0)
    assert state.job is not None
    assert state.job.kind is JobKind.ADJUST


def test_a_second_click_while_busy_does_nothing(ready: EditorState) -> None:
    state = busy(ready)
    assert act(state, actions.ClickExpression("big_eyes")) == (dataclasses.replace(state, notice=""), ()) or (
        act(state, actions.ClickExpression("big_eyes"))[1] == ()
    )


def test_an_edit_runs_from_plan_to_outcome(ready: EditorState) -> None:
    state = busy(ready)
    epoch = state.epoch
    points = np.array([[10, 10]], np.float32)
    mask = np.ones((64, 64), np.float32)
    state, _ = hear(state, answers.Planned(epoch, face_at(), points, points + 4, mask))
    state, _ = hear(state, answers.Progress(epoch, 3, 60, 0.5, 2.0, 8.0, points + 2))
    assert "step 3 of 60, 2.0 px left, 8.0 steps a second" in status_text(state)
    report = answers.Report("lid aperture", 9.0, 0.0, 0.5, 0.94, 0.3, 1.1)
    ended = answers.Ended(epoch, "reached", "Reached after 12 steps.", 12, 3.0, report, (face_at(),))
    state, asked = hear(state, ended)
    assert asked == ()
    assert not state.busy
    assert state.face.outcome is not None
    assert state.face.outcome.report == report
    assert state.face.last_mask is mask
    assert state.drag.pairs == ready.drag.pairs


def test_progress_of_an_older_job_is_ignored(ready: EditorState) -> None:
    state = busy(ready)
    state, _ = hear(state, answers.Progress(state.epoch - 1, 3, 60))
    assert state.job is not None
    assert state.job.progress is None


def test_an_edit_that_fails_ends_with_a_banner(ready: EditorState) -> None:
    state = busy(ready)
    state, _ = hear(state, answers.Failed(state.epoch, "no face was found"))
    assert not state.busy
    assert state.banners[0].text == "no face was found"


def test_stop_is_asked_for_and_waited_for(ready: EditorState) -> None:
    state, (stop,) = act(busy(ready), actions.StopJob())
    assert isinstance(stop, commands.Stop)
    assert state.busy
    assert status_text(state) == "Close eyes: stopping …"
    assert act(ready, actions.StopJob())[1] == ()


def test_reset_goes_back_to_the_seed_without_points_mask_and_strengths(ready: EditorState) -> None:
    face = dataclasses.replace(ready.face, strengths={**ready.face.strengths, "big_eyes": 0.3})
    drag = dataclasses.replace(
        ready.drag, pairs=(PointPair((1, 1), (2, 2)),), mask=np.ones((64, 64), np.float32)
    )
    state, (generate,) = act(dataclasses.replace(ready, face=face, drag=drag), actions.ResetFace())
    assert isinstance(generate, commands.Generate)
    assert (state.drag.pairs, state.drag.mask) == ((), None)
    assert state.face.strength("big_eyes") == 1.0


# ----------------------------------------------------------------------------
# Drags by hand.


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
# Files.


def test_pictures_get_names_that_are_free(ready: EditorState, tmp_path: Path) -> None:
    capture = dataclasses.replace(ready.capture, folder=str(tmp_path))
    state, _ = act(ready, actions.ChangeCapture(capture))
    state, (first,) = act(state, actions.SavePicture())
    assert isinstance(first, commands.WritePicture)
    first.path.touch()
    _, (second,) = act(state, actions.SavePicture())
    assert isinstance(second, commands.WritePicture)
    assert second.path != first.path


def test_a_film_needs_an_edit(ready: EditorState) -> None:
    state, asked = act(ready, actions.SaveEditFilm())
    assert asked == ()
    assert "No edit to save" in state.banners[0].text


# ----------------------------------------------------------------------------
# Is there a face, and which class.


def glanced(state: EditorState, face: bool) -> EditorState:
    """Show another picture, at which somebody glanced."""
    state, (generate,) = act(state, actions.ChangeLatent(LatentState(seed=9)))
    state, (glance,) = hear(state, frame(generate.epoch))
    assert glance == commands.Glance(state.epoch)
    return hear(state, answers.Glimpsed(glance.epoch, face))[0]


def test_a_picture_is_glanced_at_once(ready: EditorState) -> None:
    state = glanced(ready, face=True)
    assert state.face.there
    assert hear(state, frame(state.picture_epoch))[1] == ()


def test_where_a_glance_sees_no_face_a_closer_look_decides(ready: EditorState) -> None:
    state = glanced(ready, face=False)
    assert not state.face.there
    state, (detect,) = act(state, actions.LookForFaces())
    assert isinstance(detect, commands.Detect)
    assert hear(state, answers.Detected(detect.epoch, (face_at(),)))[0].face.there
    assert not hear(state, answers.Detected(detect.epoch, ()))[0].face.there


def test_a_glance_at_an_older_picture_says_nothing(ready: EditorState) -> None:
    state, (generate,) = act(ready, actions.ChangeLatent(LatentState(seed=9)))
    state, (glance,) = hear(state, frame(generate.epoch))
    state, _ = act(state, actions.ChangeLatent(LatentState(seed=10)))
    state, _ = hear(state, answers.Glimpsed(glance.epoch, False))
    assert state.face.there and not state.face.glanced


def test_a_glance_counts_until_the_next_one_so_that_nothing_jumps(ready: EditorState) -> None:
    state = glanced(ready, face=False)
    state, (generate,) = act(state, actions.ChangeLatent(LatentState(seed=10)))
    assert not state.face.there
    state, (glance,) = hear(state, frame(generate.epoch))
    assert hear(state, answers.Glimpsed(glance.epoch, True))[0].face.there
    state, (load,) = act(state, actions.OpenNetwork("b.pkl"))
    assert hear(state, answers.Loaded(load.epoch, INFO))[0].face.there


def test_what_the_worker_waits_for_is_said_until_it_says_something_else(ready: EditorState) -> None:
    state, _ = act(ready, actions.ClickExpression("close_eyes"))
    state, _ = hear(state, answers.Waiting("Fetching net.pth: 1 MB of 96 MB"))
    assert status_text(state) == "Fetching net.pth: 1 MB of 96 MB"
    state, _ = hear(state, answers.Fetching(99, 1, 2))
    assert state.waiting
    state, _ = hear(state, answers.Progress(state.epoch, 1, 10))
    assert status_text(state).startswith("Close eyes: step 1 of 10")


def test_a_class_is_asked_for_and_kept_within_those_of_the_next_network(ready: EditorState) -> None:
    state, (generate,) = act(ready, actions.ChangeLatent(LatentState(seed=1, label=7)))
    assert generate == commands.Generate(state.epoch, Latent(1, 0.7, 7))
    for c_dim, label in ((10, 7), (3, 2), (0, 0)):
        state, (load,) = act(state, actions.OpenNetwork("b.pkl"))
        info = dataclasses.replace(INFO, c_dim=c_dim)
        state, (generate,) = hear(state, answers.Loaded(load.epoch, info))
        assert (
            isinstance(generate, commands.Generate) and generate.latent.label == state.latent.label == label
        )


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
