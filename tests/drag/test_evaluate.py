"""The evaluation measures what it says, keeps its trials, and goes on from them."""

import json

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from drag.evaluate import main
from faces import pairs, trials
from faces.bundled import BundledDetector
from faces.landmark_network import LandmarkNetwork
from faces.likeness import unlikeness
from faces.pairs import CASES, PairTrial, near_ways, strayed
from faces.trials import psnr_outside

places = st.tuples(st.floats(0, 63), st.floats(0, 63))


@given(st.lists(places, min_size=1, max_size=4), st.lists(places, min_size=4, max_size=4))
def test_every_place_on_a_way_is_near_and_no_far_one_is(starts, goals):
    first, last = np.array(starts), np.array(goals[: len(starts)])
    near = near_ways(first, last, (64, 64))
    along = np.linspace(0, 1, 50)[:, None, None]
    ways = (first + along * (last - first)).reshape(-1, 2)
    columns, rows = ways.round().astype(int).T
    assert (near[rows, columns] == 1).all()
    y, x = np.nonzero(near)
    apart = np.hypot(x[:, None] - ways[:, 0], y[:, None] - ways[:, 1]).min(axis=1)
    assert apart.max() <= 40 * 64 / 512 + 1.0


def test_straying_counts_standard_deviations():
    directions = torch.diag(torch.tensor([2.0, 0.5, 1e-6]))
    assert strayed(torch.tensor([[2.0, 0.0, 0.0]]).repeat(3, 1), directions) == pytest.approx(0.5**0.5)
    assert strayed(torch.tensor([[2.0, 0.5, 9.0]]), directions) == pytest.approx(1.0)


def test_change_inside_the_mask_counts_for_nothing():
    random = np.random.default_rng(0)
    before = random.integers(0, 255, (128, 128, 3)).astype(np.uint8)
    mask = np.zeros((128, 128), dtype=np.float32)
    mask[32:96, 32:96] = 1
    inside, outside = before.copy(), before.copy()
    inside[40:90, 40:90] = 0
    outside[:20] = np.clip(outside[:20].astype(int) + 9, 0, 255)
    network = BundledDetector.load().network
    assert isinstance(network, LandmarkNetwork)
    assert psnr_outside(mask, before, inside) == 99 and 20 < psnr_outside(mask, before, outside) < 60
    assert unlikeness(network, before, inside, mask) < 1e-6 < unlikeness(network, before, outside, mask)


def test_a_table_has_a_row_for_each_case_and_counts_endings():
    rows = [PairTrial(i, 5, "swift", 10.0, 2.0 + i, 1.0, 3.0, 0.1, 7, 0.5, "reached") for i in range(3)]
    rows.append(PairTrial(3, 1, "published", 10.0, None, 1.0, 3.0, 0.1, 300, 9.0, "step limit"))
    *_, first, second = pairs.table(rows).splitlines()
    assert first.startswith("| 1 | published | 1 | 10.00 | nan (1 without a face)")
    assert "| 5 | swift | 3 | 10.00 | 3.00 |" in second and second.endswith("reached 3 |")
    assert trials.table([]).count("\n") == 1


def test_all_landmarks_of_a_case_are_different_ones():
    assert {count: len(set(marks)) for count, marks in CASES.items()} == {1: 1, 5: 5, 68: 68}


def evaluate(*options):
    return CliRunner().invoke(main, [str(option) for option in options])


def test_the_command_measures_keeps_and_goes_on(tmp_path):
    path = tmp_path / "trials.json"
    options = ("--seeds", 0, "--points", 1, "--engine", "swift", "--json", path)
    first = evaluate("--pairs", 1, *options)
    assert first.exit_code == 0, first.output
    kept = json.loads(path.read_text())
    ((trial,),) = kept["jobs"].values()
    assert trial["ended"] == "reached" and trial["after"] < 0.5 * trial["before"]
    assert f"| 1 | swift | 1 | {trial['before']:.2f} | {trial['after']:.2f} |" in first.output
    # The trial that is there is not made again: its seconds would be others.
    again = evaluate("--pairs", 1, *options)
    (row,) = (line for line in first.output.splitlines() if line.startswith("| 1 |"))
    assert json.loads(path.read_text()) == kept and row in again.output

    other = evaluate("--pairs", 1, "--psi", 0.5, *options)
    assert other.exit_code == 1 and "psi 0.7, not 0.5" in other.output
    assert json.loads(path.read_text()) == kept


def test_a_file_that_is_no_evaluation_is_named(tmp_path):
    path = tmp_path / "notes.json"
    path.write_text("[]")
    found = evaluate("--pairs", 1, "--json", path)
    assert found.exit_code == 1 and "notes.json: holds no evaluation" in found.output
    assert path.read_text() == "[]"
