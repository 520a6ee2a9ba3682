"""Undo and redo: whatever was done, in whatever order, comes back exactly as it was."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viz.works import INFO, moments, same, unpacked, w_of
from viz import history
from viz.history import bytes_of, go_to, record, settle
from viz.history_words import changes
from viz.state import History, LatentState
from viz.state.history import Moment, PackedMask
from viz.state.picture import PictureState

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
