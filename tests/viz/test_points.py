"""Points and targets: what moving, nudging, deleting and mirroring make of them, and the rules of it."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.symmetry import axis_of_picture
from tests.viz.fakes import face_at
from viz import actions, answers, commands, editor, points
from viz.state import EditorState, Marker, MaskChange, PointPair

SIZE = (64, 48)
PLACES = st.tuples(st.floats(0, 47), st.floats(0, 63))
PAIRS = st.lists(st.builds(PointPair, PLACES, PLACES), max_size=5).map(tuple)
MARKERS = st.builds(Marker, st.integers(-1, 6), st.sampled_from(["point", "target"]))
WAYS = st.tuples(st.floats(-100, 100), st.floats(-100, 100))
INFO = answers.NetworkInfo(Path("a.safetensors"), "A", "00", 48, 64, 8, 16, 4)


def act(state: Any, action: actions.Action) -> Any:
    return editor.act(state, action)


def hear(state: Any, news: answers.News | answers.Frame) -> Any:
    return editor.hear(state, news)


# ----------------------------------------------------------------------------
# As plain functions.


@given(PAIRS, MARKERS, WAYS)
def test_a_nudge_moves_one_end_and_stays_on_the_picture(pairs, marker, way) -> None:
    after = points.nudged(pairs, marker, way, SIZE)
    assert len(after) == len(pairs)
    for index, (old, new) in enumerate(zip(pairs, after, strict=True)):
        for end in ("point", "target"):
            was, now = getattr(old, end), getattr(new, end)
            if Marker(index, end) != marker:
                assert now == was
            else:
                expected = (
                    min(max(was[0] + way[0], 0), SIZE[1] - 1),
                    min(max(was[1] + way[1], 0), SIZE[0] - 1),
                )
                assert now == pytest.approx(expected)


@given(PAIRS, st.integers(-2, 7))
def test_deleting_takes_one_pair_or_nothing(pairs, index) -> None:
    after = points.without(pairs, index)
    assert len(after) == len(pairs) - (0 <= index < len(pairs))
    assert [pair for number, pair in enumerate(pairs) if number != index] == list(after)


@given(PAIRS)
def test_mirroring_adds_each_twin_once(pairs: Any) -> None:
    axis = axis_of_picture(SIZE)
    after = points.mirrored(pairs, axis, SIZE)
    assert after[: len(pairs)] == pairs and len(after) <= 2 * len(pairs)
    for pair in pairs:
        twin = (axis.mirrored(pair.point), axis.mirrored(pair.target))
        assert any(
            np.allclose([*twin], [other.point, other.target or other.point], atol=1.5) for other in after
        )
    assert points.mirrored(after, axis, SIZE) == after


def test_a_point_that_waits_for_its_target_stays_the_last() -> None:
    pairs = (PointPair((5, 5), (9, 5)), PointPair((20, 30)))
    after = points.mirrored(pairs, axis_of_picture(SIZE), SIZE)
    assert after == (pairs[0], PointPair((42, 5), (38, 5)), pairs[1])


def test_a_twin_that_would_leave_the_picture_is_not_set() -> None:
    tilted = dataclasses.replace(axis_of_picture(SIZE), through=(40.0, 0.0))
    assert len(points.mirrored((PointPair((5, 5), (9, 5)),), tilted, SIZE)) == 1


# ----------------------------------------------------------------------------
# As rules.


@pytest.fixture
def ready() -> EditorState:
    """A network is loaded, its first picture shown, one pair set; nobody has looked for a face."""
    state, (load,) = act(EditorState(), actions.OpenNetwork("a.safetensors"))
    state, (generate,) = hear(state, answers.Loaded(load.epoch, INFO))
    picture = np.zeros((*SIZE, 3), np.uint8)
    state, _ = hear(state, answers.Frame(generate.epoch, picture))
    drag = dataclasses.replace(
        state.drag, pairs=(PointPair((10, 20), (12, 24)),), selected=Marker(0, "target")
    )
    return act(state, actions.ChangeDrag(drag))[0]


def test_the_selected_end_is_nudged(ready):
    state, asked = act(ready, actions.NudgeMarker((10, -1)))
    assert state.drag.pairs == (PointPair((10, 20), (22, 23)),) and asked == ()
    state, _ = act(state, actions.SelectMarker(Marker(0, "point")))
    state, _ = act(state, actions.NudgeMarker((0, -1)))
    assert state.drag.pairs == (PointPair((10, 19), (22, 23)),)
    state, _ = act(state, actions.SelectMarker(None))
    assert act(state, actions.NudgeMarker((1, 1)))[0].drag.pairs == state.drag.pairs


def test_a_marker_that_is_moved_is_selected(ready):
    state, _ = act(ready, actions.MoveMarker(Marker(0, "point"), (200, 30)))
    assert state.drag.pairs[0].point == (47, 30) and state.drag.selected == Marker(0, "point")


def test_deleting_keeps_what_is_selected_unless_it_goes(ready):
    pairs = tuple(PointPair((x, 5), (x, 9)) for x in (5, 15, 25))
    drag = dataclasses.replace(ready.drag, pairs=pairs, selected=Marker(2, "point"))
    state, _ = act(ready, actions.ChangeDrag(drag))
    state, _ = act(state, actions.DeletePair(0))
    assert state.drag.pairs == pairs[1:] and state.drag.selected == Marker(1, "point")
    state, _ = act(state, actions.DeletePair())
    assert state.drag.pairs == pairs[1:2] and state.drag.selected is None
    assert act(state, actions.DeletePair())[0].drag.pairs == pairs[1:2]


def test_mirroring_looks_for_the_face_first_and_then_goes_across_its_axis(ready):
    state, (detect,) = act(ready, actions.MirrorPairs())
    assert isinstance(detect, commands.Detect) and len(state.drag.pairs) == 1
    state, asked = hear(state, answers.Detected(detect.epoch, (face_at(20, 32, 10),)))
    assert asked == ()
    # The round face of the tests is no face: its axis is what the landmarks' numbers say.
    assert len(state.drag.pairs) == 2 and "the face's axis" in state.notice
    again, asked = act(state, actions.MirrorPairs())
    assert asked == () and again.drag.pairs == state.drag.pairs


def test_without_a_face_it_goes_across_the_pictures_middle_and_says_so(ready):
    state, (detect,) = act(ready, actions.MirrorPairs())
    state, _ = hear(state, answers.Detected(detect.epoch, ()))
    assert state.drag.pairs[1] == PointPair((37, 20), (35, 24))
    assert "the picture's middle, for no face was found" in state.notice


def test_what_waited_for_the_face_of_an_older_picture_is_forgotten(ready):
    state, (detect,) = act(ready, actions.MirrorPairs())
    state, (generate,) = act(state, actions.ChangeLatent(dataclasses.replace(state.latent, seed=5)))
    state, _ = hear(state, answers.Detected(detect.epoch, (face_at(20, 32, 10),)))
    state, _ = hear(state, answers.Frame(generate.epoch, state.frame.picture))
    state, _ = hear(state, answers.Detected(state.epoch + 1, ()))
    assert len(state.drag.pairs) == 1


def test_the_selected_pair_alone_is_mirrored(ready):
    pairs = (PointPair((5, 5), (9, 5)), PointPair((5, 15), (9, 15)))
    drag = dataclasses.replace(ready.drag, pairs=pairs, selected=Marker(1, "point"))
    state, _ = act(ready, actions.ChangeDrag(drag))
    state = dataclasses.replace(state, face=dataclasses.replace(state.face, faces=()))
    state, _ = act(state, actions.MirrorPairs(selected_only=True))
    assert state.drag.pairs == (*pairs, PointPair((42, 15), (38, 15)))


def test_nothing_to_mirror_is_said(ready):
    state, _ = act(ready, actions.DeletePair(0))
    state, asked = act(state, actions.MirrorPairs())
    assert asked == () and "Nothing to mirror" in state.banners[0].text


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (MaskChange.GROW, lambda before, after: after.sum() > before.sum()),
        (MaskChange.SHRINK, lambda before, after: after.sum() < before.sum()),
        (MaskChange.FEATHER, lambda before, after: 0 < after[20, 10] < 1),
        (MaskChange.INVERT, lambda before, after: (after == 1 - before).all()),
        (MaskChange.CLEAR, lambda before, after: after is None),
        (MaskChange.POINTS_ONLY, lambda before, after: after[20, 10] == 1 and after[60, 40] == 0),
    ],
)
def test_a_whole_mask_is_changed(ready, change, check):
    mask = np.zeros(SIZE, np.float32)
    mask[10:21, 5:11] = 1
    state, _ = act(ready, actions.ChangeDrag(dataclasses.replace(ready.drag, mask=mask, edge=3)))
    state, asked = act(state, actions.ChangeMask(change))
    assert asked == () and check(mask, state.drag.mask)


def test_all_but_the_face_is_locked_once_it_is_found(ready):
    state, (detect,) = act(ready, actions.ChangeMask(MaskChange.FACE_ONLY))
    assert isinstance(detect, commands.Detect) and state.drag.mask is None
    found, _ = hear(state, answers.Detected(detect.epoch, (face_at(20, 32, 10),)))
    assert found.drag.mask[32, 20] == 1 and found.drag.mask[0, 47] == 0
    missing, _ = hear(state, answers.Detected(detect.epoch, ()))
    assert missing.drag.mask is None
    missing, _ = act(missing, actions.ChangeMask(MaskChange.FACE_ONLY))
    assert "No face in this picture" in missing.banners[0].text


def test_the_brush_is_as_hard_as_it_is_set(ready):
    drag = dataclasses.replace(ready.drag, brush_radius=10, brush_hardness=0.0)
    state, _ = act(ready, actions.ChangeDrag(drag))
    state, _ = act(state, actions.Paint((20, 20), (20, 20)))
    assert state.drag.mask[20, 20] == 1
    assert state.drag.mask[20, 25] == pytest.approx(0.5, abs=0.02)
