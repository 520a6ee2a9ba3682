"""The status line: it says what to do next, and never what is over and done with."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from dnnlib.latents import GivenLatent
from tests.viz.bench import Bench
from tests.viz.fakes import face_at
from tests.viz.test_stack import path, w
from viz import actions, answers, commands
from viz.state import PhotoView, PointPair
from viz.words import status_text

PICTURE = np.zeros((90, 120, 3), np.uint8)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def finish(bench: Bench, report: answers.Report | None, message: str, reason: str = "stalled") -> None:
    assert bench.state.job is not None
    epoch = bench.state.job.epoch
    way = path(w(0), w(1))
    bench.hear(answers.Ended(epoch, reason, message, 9, 1.0, report, (face_at(),), way))
    bench.show()


def show_photo(bench: Bench, faces: int = 1) -> None:
    """Let a photograph be dropped, as the worker then tells of it."""
    bench.do(actions.DropFiles((Path("me.jpg"),)))
    found = tuple(face_at(30.0 * index, 60, 20) for index in range(1, faces + 1))
    bench.hear(answers.PhotoOpened(bench.state.epoch, Path("me.jpg"), PICTURE, (90, 120), found, "", False))


# ----------------------------------------------------------------------------
# After an edit.


def test_an_expression_that_has_ended_tells_how_and_what_can_be_done_with_it(bench: Bench) -> None:
    bench.do(actions.ClickExpression("big_eyes"))
    report = answers.Report("lid aperture", 11.4, 15.7, 15.3, 0.91, None, 0.6)
    finish(bench, report, "As far as this model goes; 28% of the way is left.")
    said = status_text(bench.state)
    assert said.startswith("Big eyes: as far as this model goes. ") and "Stack" in said
    assert "28%" not in said, (
        "the panel says 91 % of another measure: two figures would contradict each other"
    )


def test_a_drag_that_has_ended_tells_it_in_one_sentence(bench: Bench) -> None:
    drag = dataclasses.replace(bench.state.drag, pairs=(PointPair((5, 5), (9, 9)),))
    bench.do(actions.ChangeDrag(drag))
    bench.do(actions.StartDrag())
    finish(bench, None, "Reached in 9 steps.", "reached")
    assert status_text(bench.state) == "Drag: reached in 9 steps."


def test_points_set_after_an_edit_are_what_the_line_is_about(bench: Bench) -> None:
    bench.click("smile", w(1))
    bench.show()
    assert status_text(bench.state).startswith("Smile: ")
    drag = dataclasses.replace(bench.state.drag, pairs=(PointPair((5, 5), (9, 9)),))
    bench.do(actions.ChangeDrag(drag))
    assert status_text(bench.state).startswith("Press Start")
    bench.click("smile", w(2))
    bench.show()
    assert status_text(bench.state).startswith("Smile: "), "the edit is newer again"


# ----------------------------------------------------------------------------
# A photograph.


@pytest.mark.parametrize(
    ("faces", "said"), [(0, "There is no face"), (1, "Press Bring the face in"), (3, "Click the face")]
)
def test_a_photograph_on_the_stage_is_what_the_line_is_about(bench: Bench, faces: int, said: str) -> None:
    bench.click("smile", w(1))
    bench.show()
    show_photo(bench, faces)
    assert status_text(bench.state).startswith(said)


@pytest.mark.parametrize("wish", [actions.ClickExpression("smile"), actions.StartDrag()])
def test_nothing_behind_a_photograph_is_edited_unseen(bench: Bench, wish: actions.Action) -> None:
    drag = dataclasses.replace(bench.state.drag, pairs=(PointPair((5, 5), (9, 9)),))
    bench.do(actions.ChangeDrag(drag))
    show_photo(bench)
    bench.do(wish)
    assert bench.state.job is None and not bench.asked
    assert "Bring the face in" in bench.state.banners[-1].text
    bench.do(actions.ChangePhoto(dataclasses.replace(bench.state.photo, view=PhotoView.FACE)))
    bench.do(wish)
    assert bench.state.job is not None, "with the network's own picture on the stage it is meant"


def test_another_picture_that_is_chosen_is_seen(bench: Bench) -> None:
    show_photo(bench)
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    assert bench.of_kind(commands.Generate) and bench.state.photo.view is PhotoView.FACE
    bench.show(w(5))
    bench.do(actions.ChangePhoto(dataclasses.replace(bench.state.photo, view=PhotoView.BEFORE)))
    bench.hear(answers.LatentRead(bench.state.epoch, GivenLatent("mine.npz", w(3))))
    assert bench.state.photo.view is PhotoView.FACE
    bench.do(actions.ChangePhoto(dataclasses.replace(bench.state.photo, view=PhotoView.BEFORE)))
    bench.do(actions.Undo())
    assert bench.state.photo.view is PhotoView.FACE


# ----------------------------------------------------------------------------
# Dropped files.


def test_a_recipe_that_is_dropped_is_read_as_a_recipe(bench: Bench) -> None:
    bench.do(actions.DropFiles((Path("out/recipe-seed18-01.json"),)))
    (read,) = bench.asked
    assert isinstance(read, commands.ReadStackFile) and read.path == Path("out/recipe-seed18-01.json")
