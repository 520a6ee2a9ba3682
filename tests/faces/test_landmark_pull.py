"""The pull on landmarks is nothing for the photograph's own face, and grows as a face leaves it."""

import numpy as np
import pytest
import torch

from faces.bundled import BundledDetector
from faces.landmark_pull import LandmarkPull
from training.portraits import factors_from_latent, render


@pytest.fixture(scope="module")
def network():
    return BundledDetector.load().network


def portrait(**changes):
    factors = factors_from_latent(torch.zeros(1, 64))
    for name, value in changes.items():
        factors[name] = torch.full_like(factors[name], value)
    return render(factors, 128).image


def pixels(rgb):
    return ((rgb[0] + 1) * 127.5).round().clamp(0, 255).byte().permute(1, 2, 0).numpy()


def test_the_same_face_scores_nothing_and_a_wider_mouth_the_more_the_wider(network):
    pull = LandmarkPull(network, pixels(portrait(mouth_open=0.1)))
    faces = torch.cat([portrait(mouth_open=opening) for opening in (0.1, 0.5, 1.0)])
    with torch.no_grad():
        same, wider, widest = pull.score(faces).tolist()
    assert same < 0.02
    assert same < 0.3 * wider < 0.3 * widest


def test_its_slope_leads_towards_the_photograph(network):
    pull = LandmarkPull(network, pixels(portrait(eye_open=0.2)))
    share = torch.tensor(0.0, requires_grad=True)
    open_eyes, shut = portrait(eye_open=1.0), portrait(eye_open=0.2)
    pull.loss(open_eyes + share * (shut - open_eyes)).backward()
    assert share.grad is not None and float(share.grad) < 0


def test_landmarks_that_are_known_better_are_taken(network):
    picture = pixels(portrait())
    read = LandmarkPull(network, picture)
    told = BundledDetector.load().detect(picture)[0].landmarks
    moved = LandmarkPull(network, picture, told + np.float32(6))
    with torch.no_grad():
        assert float(read.loss(portrait())) < 0.05 < float(moved.loss(portrait()))
