"""Undo and redo by the editor's rules: everything, exactly, and in any sequence."""

import dataclasses
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drag.config import DragConfig
from tests.viz.editing import Editing
from tests.viz.editing import editing as editing
from tests.viz.fakes import face_at
from tests.viz.works import INFO, OTHER, same
from viz import actions, answers, commands
from viz.state import LatentState, MaskChange, PointPair
from viz.state.history import Moment


def all_kinds_of_work(editing: Editing) -> list[tuple[str, Moment]]:
    """Do one thing of every kind, and remember how all was after each."""
    state = lambda: editing.state  # noqa: E731
    drag = lambda **changes: actions.ChangeDrag(dataclasses.replace(state().drag, **changes))  # noqa: E731
    deeds: list[tuple[str, Any]] = [
        ("Seed 5", lambda: actions.ChangeLatent(LatentState(seed=5))),
        ("Truncation psi 0.5", lambda: actions.ChangeLatent(LatentState(seed=5, psi=0.5))),
        ("Point 1 set", lambda: drag(pairs=(PointPair((10, 20)),))),
        ("Target of point 1 set", lambda: drag(pairs=(PointPair((10, 20), (30, 20)),))),
        ("Point 2 set with its target", lambda: drag(pairs=(*state().drag.pairs, PointPair((5, 5), (6, 6))))),
        ("Target of point 2 moved", lambda: drag(pairs=(state().drag.pairs[0], PointPair((5, 5), (9, 9))))),
        ("Mask painted", lambda: actions.Paint((10, 10), (20, 20))),
        ("Mask inverted", lambda: drag(mask=np.float32(1) - np.asarray(state().drag.mask))),
        ("Mask shrunk", lambda: actions.ChangeMask(MaskChange.SHRINK)),
        ("All but the points locked", lambda: actions.ChangeMask(MaskChange.POINTS_ONLY)),
        ("Max steps 50", lambda: drag(config=dataclasses.replace(state().drag.config, max_steps=50))),
        ("Drag, 7 steps", lambda: actions.StartDrag()),
        ("Drag: at step 3 of 7", lambda: actions.ScrubEdit(1.0)),
        ("Close eyes: strength 0.5", lambda: actions.ChangeFace(dataclasses.replace(
            state().face, strengths={**state().face.strengths, "close_eyes": 0.5}))),
        ("Close eyes, 7 steps", lambda: actions.ClickExpression("close_eyes")),
        ("Point 1 deleted", lambda: drag(pairs=state().drag.pairs[1:])),
        ("Mask cleared", lambda: drag(mask=None)),
        ("Reset to the picture without edits", lambda: actions.ResetFace()),
    ]  # fmt: skip
    after = [("Opened A", editing.moment)]
    for words, deed in deeds:
        editing.do(deed())
        editing.let_go()
        after.append((words, editing.moment))
    return after


def test_everything_is_said_in_words_undone_and_redone_exactly(editing):
    after = all_kinds_of_work(editing)
    assert editing.words == [words for words, _ in after]
    for _, moment in reversed(after[:-1]):
        editing.do(actions.Undo())
        assert same(editing.moment, moment)
        assert editing.state.frame.w is editing.state.picture.w
        assert editing.state.edits == moment.edits
    assert not editing.state.history.can_undo
    for _, moment in after[1:]:
        editing.do(actions.Redo())
        assert same(editing.moment, moment)
    assert not editing.state.history.can_redo
    assert editing.words == [words for words, _ in after], "going back and forth is no deed"


def test_a_face_that_is_looked_for_first_is_said_to_be_locked_all_the_same(editing):
    editing.do(actions.ChangeMask(MaskChange.FACE_ONLY))
    editing.hear(answers.Detected(editing.state.epoch, (face_at(),)))
    assert editing.state.drag.mask is not None and editing.words[-1] == "All but the face locked"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 16), min_size=1, max_size=15))
def test_any_entry_can_be_gone_to_in_any_order(path):
    editing = Editing()
    after = all_kinds_of_work(editing)
    for index in path:
        editing.do(actions.GoToEntry(index))
        assert same(editing.moment, after[index][1])


def test_an_undone_edit_is_not_run_again_but_gone_to(editing):
    editing.do(actions.ClickExpression("close_eyes"))
    start, end = editing.state.picture.edit.path.ws[0], editing.state.picture.w
    editing.asked.clear()
    editing.do(actions.Undo())
    editing.do(actions.Redo())
    first, second = [
        command for command in editing.asked if not isinstance(command, commands.Glance | commands.Detect)
    ]
    assert isinstance(first, commands.GoTo) and np.array_equal(first.w, start)
    assert isinstance(second, commands.GoTo) and second.w is end


def test_points_and_settings_are_undone_without_drawing_anything(editing):
    editing.do(actions.ChangeDrag(dataclasses.replace(editing.state.drag, pairs=(PointPair((1, 2)),))))
    editing.asked.clear()
    frame = editing.state.frame
    editing.do(actions.Undo())
    assert editing.state.drag.pairs == () and editing.asked == [] and editing.state.frame is frame


def test_undo_while_an_edit_runs_takes_that_edit_back(editing, monkeypatch):
    before = editing.moment
    monkeypatch.setattr(editing, "_answers", lambda command: [])
    editing.do(actions.ClickExpression("close_eyes"))
    assert editing.state.busy
    editing.do(actions.Undo())
    assert not editing.state.busy and isinstance(editing.asked[-1], commands.GoTo)
    assert editing.asked[-1].w is before.picture.w
    assert same(editing.moment, before)


def test_another_edit_begins_where_the_scrubber_stands_and_undo_brings_the_whole_one_back(editing):
    editing.do(actions.ClickExpression("close_eyes"))
    whole = editing.state.picture
    editing.do(actions.ScrubEdit(1.0))
    branch = editing.state.picture.w
    editing.let_go()
    editing.do(actions.ClickExpression("big_eyes"))
    assert np.array_equal(editing.state.picture.edit.path.ws[0], branch)
    editing.do(actions.Undo())
    assert editing.state.picture.w is branch and editing.state.picture.edit.path is whole.edit.path
    editing.do(actions.Undo())
    assert editing.state.picture.w is whole.w


def test_undo_goes_back_to_the_network_that_was_in_use(editing):
    editing.do(actions.ClickExpression("close_eyes"))
    before = editing.moment
    editing.do(actions.OpenNetwork("b.pkl"))
    assert editing.words[-1] == "Opened B"
    editing.do(actions.Undo())
    loads = [command.path.name for command in editing.asked if isinstance(command, commands.Load)]
    assert loads == ["a.safetensors", "b.pkl", "a.safetensors"]
    assert editing.state.network.loaded == INFO
    assert same(editing.moment, before) and editing.state.arrival is None
    editing.do(actions.Redo())
    assert editing.state.network.loaded == OTHER


def test_a_network_that_is_gone_leaves_all_as_it_was(editing, monkeypatch):
    editing.do(actions.OpenNetwork("b.pkl"))
    monkeypatch.setattr(
        editing, "_answers", lambda command: [answers.Failed(command.epoch, "a.safetensors: not there")]
    )
    there = editing.moment
    editing.do(actions.Undo())
    assert "not there" in editing.state.banners[0].text
    assert same(editing.moment, there) and editing.state.history.at == 1
    assert editing.state.arrival is not None, "it can still be found"


def test_a_message_is_not_taken_away_by_letting_go(editing):
    editing.state = dataclasses.replace(editing.state, notice="Saved x.png")
    editing.let_go()
    assert editing.state.notice == "Saved x.png"


# ----------------------------------------------------------------------------
# Any sequence of deeds.


def deeds() -> Any:
    """Anything that a person might do next, whether it makes sense or not."""

    def drag(**changes: Any) -> Any:
        return lambda state: actions.ChangeDrag(dataclasses.replace(state.drag, **changes))

    point = st.tuples(st.integers(0, 60), st.integers(0, 60))
    pairs = st.lists(st.builds(PointPair, point, st.one_of(st.none(), point)), max_size=2).map(tuple)
    return st.one_of(
        st.builds(lambda seed: lambda state: actions.ChangeLatent(LatentState(seed)), st.integers(0, 3)),
        st.builds(lambda found: drag(pairs=found), pairs),
        st.builds(lambda at: lambda state: actions.Paint(at, at), point),
        st.builds(lambda steps: drag(config=DragConfig(max_steps=steps)), st.sampled_from([10, 20])),
        st.builds(lambda place: lambda state: actions.ScrubEdit(place), st.sampled_from([0.0, 0.5, 2.0])),
        st.builds(lambda index: lambda state: actions.GoToEntry(index), st.integers(0, 8)),
        st.builds(
            lambda path: lambda state: actions.OpenNetwork(path), st.sampled_from(["a.safetensors", "b.pkl"])
        ),
        st.sampled_from(
            [
                lambda state: actions.ClickExpression("close_eyes"),
                lambda state: actions.StartDrag(),
                lambda state: actions.ResetFace(),
                lambda state: actions.Undo(),
                lambda state: actions.Redo(),
                lambda state: actions.LetGo(),
            ]
        ),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(deeds(), min_size=1, max_size=14))
def test_after_any_sequence_redo_takes_back_undo_and_all_of_it_can_be_gone_through(sequence):
    editing = Editing()
    for deed in sequence:
        editing.do(deed(editing.state))
        here = editing.state.history.here
        assert here is not None and same(here.moment, editing.moment), "the present is always written down"
    editing.let_go()
    before, words = editing.moment, editing.words
    if editing.state.history.can_undo:
        editing.do(actions.Undo())
        editing.do(actions.Redo())
        assert same(editing.moment, before)
    seen = []
    for index in range(len(words)):
        editing.do(actions.GoToEntry(index))
        assert editing.state.history.at == index
        seen.append(editing.moment)
    while editing.state.history.can_undo:
        editing.do(actions.Undo())
        assert same(editing.moment, seen[editing.state.history.at])
    assert editing.words == words
