"""Tuning changes a copy, holds what it is to leave alone, and computes that once."""

import copy

import torch

from tests.training.small_projections import TINY, apart, other_photo
from training.blocks_stylegan2 import SynthesisBlock
from training.projection_stages import begin, draw
from training.projection_step import as_pixels
from training.projection_tuning import tuned_parameters
from training.projector import ProjectorConfig, project


def test_the_original_stays_bit_for_bit_and_a_tuned_step_draws_with_its_own_weights(generator, photo):
    before = copy.deepcopy(generator.state_dict())
    config = ProjectorConfig(
        w_steps=2, plus_steps=0, tuning_steps=12, seeds=2, locality=0.0, quick_floats=False
    )
    steps = list(project(generator, other_photo(), config))
    assert all(torch.equal(value, before[name]) for name, value in generator.state_dict().items())
    assert not any(value.requires_grad for value in generator.parameters())
    assert steps[1].generator is generator
    tuned = [step for step in steps if step.stage == "tuning"]
    # Looked at last to first: an older step must not have moved with the newer ones.
    for step in reversed(tuned):
        again = as_pixels(draw(step.generator, step.w[None]))
        assert apart(again, step.frame()) < 0.1
    assert tuned[-1].distance < tuned[0].distance


def test_locality_leaves_the_pictures_of_other_w_nearer_to_what_they_were(generator):
    others = generator.mapping(torch.randn(6, 6, generator=torch.Generator().manual_seed(9)))
    with torch.no_grad():
        before = draw(generator, others)

    def moved(locality):
        config = ProjectorConfig(
            w_steps=0, plus_steps=0, tuning_steps=40, locality=locality, tuning_rate=0.01, seeds=2
        )
        last = list(project(generator, other_photo(), config))[-1]
        with torch.no_grad():
            return float((draw(last.generator, others) - before).abs().mean())

    assert moved(10.0) < 0.8 * moved(0.0)


def test_tuning_leaves_the_coarse_blocks_alone(generator, photo):
    last = list(project(generator, photo[0], ProjectorConfig(**{**TINY, "tuned_from": 16})))[-1]
    assert {name.split(".")[1] for name in last.weights} == {"b16", "b32"}


def test_what_tuning_leaves_alone_is_computed_once_and_the_picture_is_the_same(generator, monkeypatch):
    live = copy.deepcopy(generator)
    tuned_parameters(live, 16)["synthesis.b16.conv0.weight"].requires_grad_(True)
    ws = generator.mapping(torch.randn(1, 6, generator=torch.Generator().manual_seed(8)))
    begun = begin(live, ws)
    assert begun is not None and begun.blocks == 2
    whole, halves = draw(generator, ws), draw(generator, ws, begun=begun)
    assert torch.equal(whole, halves)

    looked, features = [], SynthesisBlock.features

    def counted(block, *given):
        looked.append(block.resolution)
        return features(block, *given)

    monkeypatch.setattr(SynthesisBlock, "features", counted)
    config = {**TINY, "w_steps": 0, "plus_steps": 0, "tuning_steps": 8, "tuned_from": 16, "seeds": 0}
    list(project(generator, other_photo(), ProjectorConfig(**config), start=ws[0]))
    # Once each: the picture of the start, the pivot, and the other w that the sixth step looks at.
    assert looked.count(4) == looked.count(8) == 3
    # The start, eight steps, and the other w by both generators.
    assert looked.count(16) == 1 + 8 + 2
