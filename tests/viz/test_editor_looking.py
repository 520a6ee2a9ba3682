"""The editor's rules for what is seen in a picture: is there a face, and of which class is it."""

import dataclasses

from dnnlib.latents import Latent
from tests.viz.fakes import face_at
from tests.viz.test_editor import INFO, frame
from tests.viz.test_editor import ready as ready
from viz import actions, answers, commands
from viz.editor import act, hear
from viz.state import EditorState, LatentState
from viz.words import status_text


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
