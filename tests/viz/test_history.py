"""Undo and redo: whatever was done, in whatever order, comes back exactly as it was."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drag.config import DragConfig
from drag.path import EditPath
from tests.viz.works import INFO, OTHER, moments, same, unpacked, w_of
from viz import actions, answers, commands, history
from viz.editor import act, hear
from viz.history import bytes_of, go_to, moment_of, record, settle
from viz.history_words import changes
from viz.state import EditorState, History, LatentState, PointPair
from viz.state.history import Moment, PackedMask
from viz.state.picture import PictureState

PICTURE = np.zeros((64, 64, 3), np.uint8)


# ----------------------------------------------------------------------------
# The functions alone.


@given(st.lists(st.tuples(moments(), st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_undo_leads_through_all_that_was_recorded_and_redo_back(done):
    past = History()
    for moment, during, let_go in done:
        past = record(past, moment, during=during)
        past = settle(past) if let_go else past
        assert past.at == len(past.entries) - 1
        assert same(past.entries[-1].moment, moment)
    before = [entry.moment for entry in past.entries]
    back = past
    for index in reversed(range(len(before))):
        back = go_to(back, index)
        assert same(back.entries[back.at].moment, before[index])
        assert not isinstance(back.entries[back.at].moment.mask, PackedMask)
    forth = back
    for index in range(len(before)):
        forth = go_to(forth, index)
    assert forth.at == past.at
    assert all(same(one.moment, other) for one, other in zip(forth.entries, before, strict=True))
    assert [entry.words for entry in forth.entries] == [entry.words for entry in past.entries]


@given(st.lists(moments(), min_size=3, max_size=8), moments(), st.data())
def test_something_new_takes_the_place_of_what_was_undone_and_of_nothing_else(done, new, data):
    past = History()
    for moment in done:
        past = record(past, moment)
    index = data.draw(st.integers(0, len(past.entries) - 1))
    gone = go_to(past, index)
    after = record(gone, new)
    if changes(gone.entries[index].moment, new):
        assert after.at == len(after.entries) - 1 == index + 1
    else:
        assert after.at == index and len(after.entries) == len(past.entries)
    assert all(
        same(one.moment, other.moment)
        for one, other in zip(after.entries[:index], past.entries, strict=False)
    )


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_a_pull_is_one_entry_and_one_that_comes_to_nothing_is_none(seeds):
    start = Moment(INFO, LatentState(seed=9), PictureState())
    past = record(History(), start)
    for seed in seeds:
        past = record(past, dataclasses.replace(start, latent=LatentState(seed=seed)), during=True)
    assert [entry.words for entry in past.entries] == ["Opened A", f"Seed {seeds[-1]}"]
    assert record(past, start, during=True).entries[-1].words == "Opened A"
    assert len(record(settle(past), start).entries) == 3


@settings(max_examples=20)
@given(st.integers(2, 30))
def test_masks_that_are_far_are_packed_and_shared_and_come_back_to_the_bit(count):
    random = np.random.default_rng(count)
    start = Moment(INFO, LatentState(), PictureState())
    past = record(History(), start)
    masks = []
    for index in range(count):
        masks.append(np.clip(random.normal(size=(16, 16)), 0, 1).astype(np.float32))
        for seed in (index, index + 1):  # Two entries of each mask.
            past = record(past, dataclasses.replace(start, latent=LatentState(seed=seed), mask=masks[-1]))
    kept = [entry.moment.mask for entry in past.entries if entry.moment.mask is not None]
    assert len({id(mask) for mask in kept}) == count
    assert sum(isinstance(mask, PackedMask) for mask in kept[:-2]) == len(kept) - 2
    for index, entry in enumerate(past.entries):
        if entry.moment.mask is not None:
            found = go_to(past, index).entries[index].moment.mask
            assert any(np.array_equal(unpacked(found), mask) for mask in masks)


def test_memory_is_bounded_and_the_newest_entries_stay(monkeypatch):
    monkeypatch.setattr(history, "MOST_BYTES", 10 * w_of(0).nbytes)
    past = History()
    for index in range(50):
        past = record(past, Moment(INFO, LatentState(seed=index), PictureState(w=w_of(index))))
    assert bytes_of(past) <= history.MOST_BYTES
    assert [entry.moment.latent.seed for entry in past.entries] == list(range(40, 50))
    assert past.at == 9
    monkeypatch.setattr(history, "MOST_BYTES", 1)
    past = record(past, Moment(INFO, LatentState(seed=99), PictureState(w=w_of(99))))
    assert len(past.entries) == 1, "the present always stays"


def test_what_entries_share_is_counted_once():
    mask, w = np.full((64, 64), 0.5, np.float32), w_of(1)
    past = History()
    for index in range(30):
        past = record(past, Moment(INFO, LatentState(seed=index), PictureState(w, w), mask=mask))
    assert len(past.entries) == 30
    assert bytes_of(past) == mask.nbytes + w.nbytes


def test_there_are_so_many_entries_at_most():
    past = History()
    for index in range(history.MOST_ENTRIES + 20):
        past = record(past, Moment(INFO, LatentState(seed=index), PictureState()))
    assert len(past.entries) == history.MOST_ENTRIES


def test_a_soft_mask_of_a_megapixel_takes_a_hundredth_of_its_memory():
    rows, columns = np.mgrid[:1024, :1024].astype(np.float32)
    mask = np.clip((200 - np.hypot(rows - 512, columns - 512)) / 70, 0, 1).astype(np.float32)
    packed = PackedMask.of(mask)
    assert np.array_equal(packed.mask(), mask)
    assert len(packed.data) < mask.nbytes / 8


# ----------------------------------------------------------------------------
# The editor's rules.


class Editing:
    """An editor without a screen, whose worker answers at once."""

    def __init__(self) -> None:
        self.state = EditorState()
        self.asked: list[Any] = []
        self.do(actions.OpenNetwork("a.safetensors"))

    def do(self, action: Any) -> None:
        self._take(act(self.state, action))

    def let_go(self) -> None:
        self.do(actions.LetGo())

    def _take(self, result: Any) -> None:
        self.state, asked = result
        for command in asked:
            self.asked.append(command)
            for news in self._answers(command):
                self._take(hear(self.state, news))

    def _answers(self, command: Any) -> list[Any]:
        w: Any
        match command:
            case commands.Load(epoch, file):
                return [answers.Loaded(epoch, OTHER if file.name == "b.pkl" else INFO)]
            case commands.Generate(epoch, latent):
                return [answers.Frame(epoch, PICTURE, w=w_of(latent.seed))]
            case commands.GoTo(epoch, w):
                return [answers.Frame(epoch, PICTURE, w=w)]
            case commands.Drag() | commands.Adjust():
                epoch, w = command.epoch, self.state.picture.w
                handles = command.request.points if isinstance(command, commands.Drag) else np.zeros((1, 2))
                path = EditPath.of(
                    [0, 3, 7], [w, w + 0.25, w + 0.5], [handles, handles + 1, handles + 2], handles + 2
                )
                progress = answers.Progress(epoch, 7, 7, points=path.points[-1])
                return [progress, answers.Ended(epoch, "reached", "There.", 7, 1.0, path=path)]
        return []

    @property
    def words(self) -> list[str]:
        return [entry.words for entry in self.state.history.entries]

    @property
    def moment(self) -> Moment:
        moment = moment_of(self.state)
        assert moment is not None
        return moment


@pytest.fixture
def editing() -> Editing:
    return Editing()


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
