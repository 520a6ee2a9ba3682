"""The benchmark compares like with like, and what it found stays true."""

import json

import pytest
import torch
from click.testing import CliRunner

from pix2pix import benchmark
from pix2pix.devices import pick_precision, start_fabric
from pix2pix.learner import Learner
from pix2pix.options import TrainOptions
from pix2pix.plain_step import PlainLearner


@pytest.mark.parametrize("generator", ["unet5", "unet256"])
def test_our_step_with_batch_norm_has_the_losses_of_the_plain_step(generator):
    options = TrainOptions(generator=generator, width=4, depth=4, norm="batch", size=64)
    ours, plain = Learner(options, start_fabric("cpu", "fp32")), PlainLearner(options)
    dice = torch.Generator().manual_seed(1)
    for step in range(4):
        inputs, targets = (torch.rand(1, 3, 64, 64, generator=dice) * 2 - 1 for _ in range(2))
        mine, theirs = ours.learn(inputs, targets, step, 1.0), plain.learn(inputs, targets, step)
        assert torch.allclose(torch.stack(list(mine)), torch.stack(list(theirs)), rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_our_step_is_quicker_than_the_plain_one(tmp_path):
    flags = [
        "--generator",
        "unet256",
        "--steps",
        "5",
        "--device",
        "cpu",
        "--json",
        str(tmp_path / "rows.json"),
    ]
    result = CliRunner().invoke(benchmark.main, flags)
    assert result.exit_code == 0, result.output
    rows = {row["case"]: row for row in json.loads((tmp_path / "rows.json").read_text())}
    assert rows["ours, fp32"]["ratio"] > 1.1  # 1.5 measured on a quiet machine.
    assert rows["plain step, freed memory kept"]["losses"] == rows["plain step"]["losses"]
    if pick_precision("auto", "cpu") == "bf16":
        assert rows["ours, bf16"]["ratio"] > 1.5  # 2.4 measured.
