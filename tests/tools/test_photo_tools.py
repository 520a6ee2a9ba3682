"""The measuring of inversion measures what it says."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tools.measure_photos import CHECKPOINT, WAYS, Notes, Result
from tools.photo_material import PSI, drawn_portraits, own_frames
from tools.photo_measures import Likeness, scores_of
from tools.photo_report import edit_figures, result_table
from training.checkpoint import load_generator
from training.portraits.factors import FACTORS

LIKE = Likeness(0.01, 20.0, 0.5, 1.0, 3.0, float("nan"))
RESULT = Result(
    "face 1", "face", "W 60", LIKE, {"a": 0.9, "b": None, "c": 0.5}, {"a": 1.0, "b": 9.0, "c": 2.0}, 7.0
)


def test_the_factors_of_an_own_frame_are_read_from_its_w():
    generator = load_generator(CHECKPOINT)
    (photo,) = own_frames(generator, 1)
    z = torch.from_numpy(np.random.RandomState(3000).randn(1, 64)).float()
    w = generator.mapping(z, truncation_psi=PSI)[0, :1]
    assert photo.scores is not None
    assert torch.allclose(scores_of(generator, w)[0], photo.scores, atol=1e-3)
    (drawn,) = drawn_portraits(1)
    assert drawn.picture.shape == (256, 256, 3)
    assert drawn.scores is not None and len(drawn.scores) >= len(FACTORS)


def test_an_expression_counts_as_done_by_its_share_and_its_drift_alone():
    assert edit_figures([RESULT])[0] == "50% of 2"
    far = replace(RESULT, drifts={"a": 5.0, "b": 0.0, "c": 0.0})
    assert edit_figures([far])[0] == "0% of 2"
    table = result_table([RESULT])
    assert "| face | W 60 | 0.01 | 20 |" in table and "50% of 2" in table


def test_every_way_goes_on_from_one_before_it_and_what_was_measured_is_kept(tmp_path):
    known = [""]
    for way in WAYS:
        assert way.after in known
        known.append(way.name)
    Notes(tmp_path).add(RESULT, torch.ones(2, 3), [np.zeros((4, 4, 3), np.uint8)])
    again = Notes(tmp_path)
    assert again.results[0].shares == RESULT.shares
    assert again.results[0].likeness.psnr == pytest.approx(20.0)
