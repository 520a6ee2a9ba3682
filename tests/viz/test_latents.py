"""Rules of latents: the walk keeps its pace, files come back exactly, and what does not fit is let go."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dnnlib.latents import COLUMNS, GivenLatent, Latent, z_of
from viz import actions, answers, commands, editor
from viz.state import EditorState, PointPair, WalkState

INFO = answers.NetworkInfo(Path("a.safetensors"), "A", "00", 64, 64, 8, 16, 4, z_dim=12)
W = np.random.RandomState(0).randn(8, 16).astype(np.float32)


def act(state: Any, action: actions.Action) -> Any:
    return editor.act(state, action)


def hear(state: Any, news: answers.News | answers.Frame) -> Any:
    return editor.hear(state, news)


def frame(epoch: int) -> answers.Frame:
    return answers.Frame(epoch, np.zeros((64, 64, 3), np.uint8), w=W * epoch)


@pytest.fixture
def ready() -> Any:
    state, (load,) = act(EditorState(), actions.OpenNetwork("a.safetensors"))
    state, (generate,) = hear(state, answers.Loaded(load.epoch, INFO))
    return hear(state, frame(generate.epoch))[0]


def playing(state: Any, speed: float = 2.0) -> Any:
    return act(state, actions.ChangeWalk(WalkState(playing=True, speed=speed)))[0]


# ----------------------------------------------------------------------------
# The walk.


def test_a_walk_goes_as_fast_as_it_says_whatever_the_frames(ready) -> None:
    state = playing(ready)
    for seconds in (0.1, 0.02, 0.13):
        state, asked = act(state, actions.PassTime(seconds))
        (generate,) = asked
        state, _ = hear(state, frame(generate.epoch))
    assert state.latent.seed + state.latent.east == pytest.approx(18 + 2.0 * 0.25)


def test_a_walk_waits_for_its_picture_and_then_makes_up_for_the_time(ready) -> None:
    state = playing(ready)
    state, (generate,) = act(state, actions.PassTime(0.1))
    for _ in range(10):
        state, asked = act(state, actions.PassTime(0.1))
        assert asked == (), "a slow network gets no queue of pictures"
    state, _ = hear(state, frame(generate.epoch))
    state, (generate,) = act(state, actions.PassTime(0.1))
    assert state.latent.seed + state.latent.east == pytest.approx(18 + 2.0 * 1.2)


def test_backwards_and_stopped(ready) -> None:
    state = playing(ready, speed=-1.0)
    state, _ = act(state, actions.PassTime(0.5))
    assert (state.latent.seed, state.latent.east) == (17, 0.5)
    state, _ = act(state, actions.ChangeWalk(dataclasses.replace(state.walk, playing=False)))
    assert act(state, actions.PassTime(0.5))[1] == ()


def test_an_edit_ends_the_walk_and_is_not_ended_by_it(ready) -> None:
    state = playing(ready)
    drag = dataclasses.replace(state.drag, pairs=(PointPair((5, 5), (9, 9)),))
    state, _ = act(state, actions.ChangeDrag(drag))
    state, (asked,) = act(state, actions.StartDrag())
    state, nothing = act(state, actions.PassTime(1.0))
    assert nothing == () and not state.walk.playing and state.job.epoch == asked.epoch


def test_a_whole_walk_is_undone_at_once(ready) -> None:
    state = playing(ready)
    for _ in range(4):
        state, (generate,) = act(state, actions.PassTime(0.1))
        state, _ = hear(state, frame(generate.epoch))
    state, _ = act(state, actions.LetGo())
    state, (generate,) = act(state, actions.Undo())
    assert state.latent == Latent(18)


# ----------------------------------------------------------------------------
# Files.


def test_z_and_seed_go_along_where_w_is_what_they_give(ready) -> None:
    _, (write,) = act(ready, actions.SaveLatent())
    assert isinstance(write, commands.WriteLatent)
    assert write.w is ready.picture.w and write.seed == 18 and write.path == Path("out/latent-seed18-01.npz")
    assert write.z is not None and write.z == pytest.approx(z_of(18, 12))


@pytest.mark.parametrize("changes", [{"east": 0.5}, {"mix_seed": 2, "mix_layers": (0, 1)}])
def test_they_do_not_where_w_is_of_several_seeds(ready, changes) -> None:
    state, (generate,) = act(ready, actions.ChangeLatent(dataclasses.replace(ready.latent, **changes)))
    state, _ = hear(state, frame(generate.epoch))
    _, (write,) = act(state, actions.SaveLatent())
    assert write.w is state.picture.w and write.z is None and write.seed is None


def test_after_an_edit_the_edited_w_is_saved_alone(ready) -> None:
    state = dataclasses.replace(ready, edits=1, picture=dataclasses.replace(ready.picture, w=2 * W, own_w=W))
    _, (write,) = act(state, actions.SaveLatent())
    assert (write.w == 2 * W).all() and write.z is None


def test_a_latent_that_is_opened_or_dropped_is_read_and_shown(ready) -> None:
    for action in (actions.OpenLatent("x/a.npz"), actions.DropFiles((Path("x/a.npz"),))):
        state, (read,) = act(ready, action)
        assert isinstance(read, commands.ReadLatent) and read.path == Path("x/a.npz")
        given = GivenLatent("a.npz", w=W, seed=5)
        state, (generate,) = hear(state, answers.LatentRead(read.epoch, given))
        assert generate.latent.given is given and state.latent.seed == 5
        state, (generate,) = act(state, actions.ChangeLatent(state.latent.moved(1, 0)))
        assert generate.latent.given is None and state.latent.seed == 6


def test_one_that_does_not_fit_is_refused_and_all_stays(ready) -> None:
    given = GivenLatent("a.npz", w=np.zeros((18, 512), np.float32))
    state, asked = hear(ready, answers.LatentRead(9, given))
    assert asked == () and state.latent == ready.latent
    assert "a.npz: w is [18, 512]; this network takes [8, 16]" in state.banners[0].text


def test_without_a_network_no_latent_is_opened_or_saved() -> None:
    for action in (actions.OpenLatent("a.npz"), actions.SaveLatent()):
        state, asked = act(EditorState(), action)
        assert asked == () and "load" in state.banners[0].text


def test_another_network_keeps_of_a_latent_what_it_can_draw(ready) -> None:
    latent = Latent(7, cutoff=6, mix_layers=(0, 7), given=GivenLatent("a.npz", w=W), east=0.5)
    state, _ = act(ready, actions.ChangeLatent(latent))
    state, (load,) = act(state, actions.OpenNetwork("b.pkl"))
    other = dataclasses.replace(INFO, num_ws=6, sha256="11")
    state, (generate,) = hear(state, answers.Loaded(load.epoch, other))
    assert generate.latent == Latent(7, mix_layers=(0,), east=0.5)


def test_the_lattice_is_gone_over_in_both_directions(ready) -> None:
    state, (generate,) = act(ready, actions.ChangeLatent(ready.latent.moved(0.25, 2.5)))
    assert generate.latent == Latent(18 + 2 * COLUMNS, east=0.25, south=0.5)
