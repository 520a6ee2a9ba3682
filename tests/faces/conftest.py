"""A face to work on: the renderer's average portrait, and others from seeds."""

import numpy as np
import pytest
import torch

from tests.faces.edits import edit, w
from training.portraits import FACTORS, Z_DIM, factors_from_latent, factors_from_scores, render


def draw(seeds, size=256, **factors):
    """Draw portraits of seeds: frames uint8 [H, W, 3] and landmarks [68, 2]; some factors set by hand."""
    z = torch.stack([torch.randn(Z_DIM, generator=torch.Generator().manual_seed(seed)) for seed in seeds])
    drawn = factors_from_latent(z, psi=0.7)
    for name, value in factors.items():
        drawn[name] = torch.full_like(drawn[name], value)
    portrait = render(drawn, size)
    frames = ((portrait.image * 0.5 + 0.5) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return list(frames), [landmarks.numpy().astype(np.float32) for landmarks in portrait.landmarks]


@pytest.fixture(scope="session")
def average():
    """The average portrait at 256 px: frame uint8 [256, 256, 3], landmarks [68, 2] px."""
    portrait = render(factors_from_scores(torch.zeros(1, len(FACTORS))), 256)
    frame = ((portrait.image[0] * 0.5 + 0.5) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return frame, portrait.landmarks[0].numpy().astype(np.float32)


@pytest.fixture
def landmarks(average):
    return average[1].copy()


@pytest.fixture
def layers():
    first = edit(1, w(0))
    return first, edit(2, first.end, title="Drag")


def with_spot(frame, centre=(48, 60), radius=9, colour=(220, 20, 40)):
    y, x = np.mgrid[: len(frame), : len(frame)]
    edited = frame.copy()
    edited[np.hypot(x - centre[0], y - centre[1]) <= radius] = colour
    return edited
