"""The rules of the editor, as plain functions: what an action or news makes of the state."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from dnnlib.latents import Latent
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
