"""Batches follow from seed and step alone, and vary input and target alike."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pix2pix.data import PairSet, batch_of_step, indices_of_step, steps_per_epoch, to_pictures, to_tensor
from tests.pix2pix.conftest import pair_set


@given(count=st.integers(1, 40), batch=st.integers(1, 9), seed=st.integers(0, 99), epoch=st.integers(0, 3))
def test_each_epoch_shows_every_pair_and_fills_its_last_batch(count, batch, seed, epoch):
    steps = steps_per_epoch(count, batch)
    shown = [
        i for s in range(epoch * steps, (epoch + 1) * steps) for i in indices_of_step(count, batch, seed, s)
    ]
    assert sorted(set(shown)) == list(range(count))
    assert len(shown) == steps * batch
    assert sorted(shown[:count]) == list(range(count))


def test_epochs_come_in_different_orders_and_the_same_seed_repeats_them():
    first = [indices_of_step(20, 1, 7, step)[0] for step in range(40)]
    assert first == [indices_of_step(20, 1, 7, step)[0] for step in range(40)]
    assert first[:20] != first[20:]
    assert first != [indices_of_step(20, 1, 8, step)[0] for step in range(40)]


@given(st.integers(0, 10_000))
def test_pictures_come_back_from_floats_unchanged(seed):
    picture = np.random.default_rng(seed).integers(0, 256, (1, 3, 5, 3), dtype=np.uint8)
    assert (to_pictures(to_tensor(picture)) == picture).all()


@given(seed=st.integers(0, 50), step=st.integers(0, 50), jitter=st.booleans(), mirror=st.booleans())
def test_input_and_target_are_varied_alike(seed, step, jitter, mirror):
    inputs, targets = batch_of_step(pair_set(2), [0, 1], seed, step, jitter=jitter, mirror=mirror)
    assert inputs.shape == targets.shape == (2, 3, 32, 32)
    assert torch.allclose(inputs, -targets, atol=1e-5)  # The targets are negatives.


def test_without_jitter_and_mirroring_pairs_are_shown_as_they_are():
    pairs = pair_set(3)
    inputs, _ = batch_of_step(pairs, [2], 0, 0, jitter=False, mirror=False)
    assert (to_pictures(inputs)[0] == pairs.inputs[2]).all()


def test_jitter_shifts_within_the_enlarged_picture_and_mirroring_takes_every_other():
    ramp = np.broadcast_to(np.arange(64, dtype=np.uint8)[None, :, None] * 4, (64, 64, 3))
    pairs = PairSet(ramp[None], ramp[None], ("ramp",))
    lefts, mirrored = [], 0
    for step in range(200):
        inputs, _ = batch_of_step(pairs, [0], 0, step, jitter=True, mirror=True)
        row = inputs[0, 0, 0]
        mirrored += int(row[0] > row[-1])
        lefts.append(float(min(row[0], row[-1])))
    assert 70 < mirrored < 130
    # 64 -> 72 px (286/256, rounded): the crop begins 0 to 8 px in, which is 0 to 7.1 of the old pixels.
    spread = (max(lefts) - min(lefts)) * 127.5 / 4
    assert 6 < spread < 7.5


def test_processes_that_share_a_batch_see_what_one_would():
    pairs = pair_set(4)
    whole = batch_of_step(pairs, [3, 1], 5, 9, jitter=True, mirror=True)
    second = batch_of_step(pairs, [1], 5, 9, jitter=True, mirror=True, first=1)
    assert torch.equal(whole[0][1:], second[0]) and torch.equal(whole[1][1:], second[1])


def test_halves_that_do_not_belong_together_are_refused():
    good = np.zeros((2, 8, 8, 3), np.uint8)
    with pytest.raises(ValueError, match="do not belong together"):
        PairSet(good, good[:1], ("a", "b"))
    with pytest.raises(ValueError, match="uint8"):
        PairSet(good.astype(float), good.astype(float), ("a", "b"))
