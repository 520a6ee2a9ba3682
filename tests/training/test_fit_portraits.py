"""Fitting the demo generator: it learns, and a run that was stopped goes on as if it had not been."""

from pathlib import Path

import pytest
import torch

from training.checkpoint import load_generator
from training.fit_portraits import Fit, Stage, fit, halve, portrait_loss
from training.portraits.stream import Pairs, PortraitStream

CHECKPOINT = Path(__file__).resolve().parents[2] / "checkpoints" / "portraits-256.safetensors"


def test_it_learns_and_resumes_from_the_exact_state(tmp_path: Path) -> None:
    first = Fit(seed=0, half=False)
    fit(first, (Stage(16, 32, 4, 1e-2, 1e-2),), tmp_path, minutes=5)
    assert (tmp_path / "log.csv").read_text().startswith("16,32,")
    second = Fit(seed=9, half=False)
    second.load(tmp_path / "latest.pt")
    losses = []
    for state in (first, second):
        stream = PortraitStream(16, 4, state.random)
        losses.append([state.step(next(stream), 16, 1e-2) for _ in range(3)])
    assert losses[0] == losses[1]
    for kept, again in zip(first.average.parameters(), second.average.parameters(), strict=True):
        assert torch.equal(kept, again)


def test_the_loss_is_nothing_only_for_the_portrait_itself_and_weighs_features_more() -> None:
    pairs: Pairs = next(PortraitStream(64, 2, torch.Generator().manual_seed(0)))
    assert portrait_loss(pairs.image, pairs).item() == 0
    row, column = divmod(int(pairs.weight[0, 0].flatten().argmax()), 64)
    wrong_feature, wrong_wall = pairs.image.clone(), pairs.image.clone()
    wrong_feature[0, :, row, column] += 0.5
    wrong_wall[0, :, 1, 1] += 0.5
    assert portrait_loss(wrong_feature, pairs) > 2 * portrait_loss(wrong_wall, pairs)
    assert halve(pairs).image.shape == (2, 3, 32, 32)


@pytest.mark.parametrize("psi", [0.5, 0.7])
def test_the_bundled_generator_draws_what_the_renderer_draws(psi: float) -> None:
    """The figure in checkpoints/README.md, over a few of its seeds and with some room."""
    state = Fit(seed=0, half=False)
    bundled = load_generator(CHECKPOINT)
    state.average.load_state_dict(bundled.state_dict())
    assert state.psnr(256, count=6, psi=psi) > 33
    assert bundled.metadata["detector"] == "bundled"
    assert bundled.metadata["license"] == "CC0-1.0"
