"""On the bundled checkpoint: a drawn portrait's factors are found again, by the encoder or by steps."""

from pathlib import Path

import numpy as np
import pytest
import torch

from training.checkpoint import load_generator
from training.encoder import BUNDLED, find_encoder
from training.latent_space import latent_space
from training.portraits import factors_from_scores, normalise_latent, render
from training.projection_step import as_pixels
from training.projector import ProjectorConfig, project

CHECKPOINT = Path(__file__).parents[2] / "checkpoints" / "portraits-256.safetensors"


@pytest.fixture(scope="module")
def generator():
    return load_generator(CHECKPOINT)


def portrait(seed):
    scores = 0.7 * normalise_latent(torch.from_numpy(np.random.RandomState(seed).randn(1, 64)).float())
    return as_pixels(render(factors_from_scores(scores), 256).image), scores


def psnr(first, second):
    return 10 * np.log10(255**2 / np.square(first.astype(float) - second).mean())


def test_a_drawn_portrait_comes_near_in_few_steps_from_seeds(generator):
    picture, scores = portrait(4000)
    dense = generator.mapping.fc0
    wanted = dense.bias + scores @ (dense.weight * dense.weight_gain).t()
    config = ProjectorConfig(w_steps=24, plus_steps=0, tuning_steps=0, seeds=24)
    first, *_, last = project(generator, picture, config)
    assert psnr(last.frame(), picture) > psnr(first.frame(), picture) + 6
    space = latent_space(generator)
    errors = [
        float((space.coordinates(one.w[:1]) - space.coordinates(wanted)).norm()) for one in (first, last)
    ]
    assert errors[1] < 0.85 * errors[0]


@pytest.mark.skipif(not BUNDLED[0].is_file(), reason="the encoder does not come with this checkout")
def test_the_bundled_encoder_starts_nearer_than_the_best_of_many_seeds(generator):
    encoder = find_encoder(generator)
    assert encoder is not None
    assert BUNDLED[0].stat().st_size < 8e6
    config = ProjectorConfig(w_steps=1, plus_steps=0, tuning_steps=0, seeds=32)
    picture, _ = portrait(4000)
    near = next(project(generator, picture, config, encoder=encoder))
    seeds = next(project(generator, picture, config))
    assert "the encoder" in near.message
    assert psnr(near.frame(), picture) > psnr(seeds.frame(), picture) + 3


@pytest.mark.skipif(not BUNDLED[0].is_file(), reason="the encoder does not come with this checkout")
def test_what_the_encoder_says_of_strange_pictures_lies_where_w_lie(generator):
    encoder = find_encoder(generator)
    assert encoder is not None
    space = latent_space(generator)
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    for picture in (noise, np.zeros_like(noise), np.full_like(noise, 255)):
        place = space.coordinates(encoder.encode(picture))
        assert float(place.square().mean().sqrt()) < 1.15
