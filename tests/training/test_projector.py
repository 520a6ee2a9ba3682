"""What a projection promises: what was drawn is found again, and nothing is lost or changed on the way."""

import numpy as np
import pytest
import torch

from tests.training.small_projections import TINY, apart, other_photo
from training.latent_space import latent_space
from training.projection_stages import draw
from training.projection_step import as_pixels
from training.projector import ProjectorConfig, Term, project


def test_an_own_picture_comes_back(generator, photo):
    picture, w = photo
    config = ProjectorConfig(w_steps=90, plus_steps=0, tuning_steps=0, seeds=16, rate=0.1)
    steps = list(project(generator, picture, config))
    first, last = steps[0], steps[-1]
    assert apart(last.frame(), picture) < 0.15 * apart(first.frame(), picture)
    space = latent_space(generator)
    off = [space.coordinates(one.w - w + space.centre).norm() for one in (first, last)]
    assert off[1] < 0.3 * off[0]


def test_each_stage_begins_with_the_best_of_the_one_before_and_the_last_step_is_the_best(generator, photo):
    steps = list(project(generator, photo[0], ProjectorConfig(**TINY)))
    names = [step.stage for step in steps]
    assert list(dict.fromkeys(names)) == ["start", "w", "w+", "tuning"]
    assert [step.done for step in steps[1:-1]] == list(range(1, 15))
    assert all(step.total == 14 for step in steps)
    for name, after in (("w", "w+"), ("w+", "tuning")):
        best = [step for step in steps if step.stage == name and step.best][-1]
        begins = next(step for step in steps if step.stage == after)
        assert torch.allclose(begins.w, best.w, atol=1e-6)
    assert steps[-1].ended == "all steps done" and steps[-1].best
    best = [step for step in steps[:-1] if step.stage == "tuning" and step.best][-1]
    assert np.array_equal(best.frame(), steps[-1].frame())
    assert steps[-1].distance == best.distance


def test_w_keeps_one_vector_for_all_layers_and_w_plus_is_held_together(generator):
    def spread(**changes):
        config = ProjectorConfig(**{**TINY, "w_steps": 4, "plus_steps": 30, "tuning_steps": 0, **changes})
        steps = list(project(generator, other_photo(), config))
        assert all(torch.allclose(one.w, one.w[:1].expand_as(one.w)) for one in steps if one.stage == "w")
        return float(steps[-1].w.std(dim=0).mean())

    loose, close = spread(together=0.0), spread(together=100.0)
    assert loose > 0
    assert close < 0.5 * loose


def test_a_cancelled_projection_leaves_the_best_step_so_far(generator, photo):
    kept = None
    walk = project(generator, photo[0], ProjectorConfig(**TINY))
    for step in walk:
        kept = step if step.best else kept
        if step.stage == "tuning" and step.done == 12:
            break
    walk.close()
    assert kept is not None and kept.stage == "tuning"
    assert apart(as_pixels(draw(kept.generator, kept.w[None])), kept.frame()) < 0.1


@pytest.mark.parametrize("pause", [1, 3, 6, 8, 11])
def test_a_paused_projection_ends_where_an_uninterrupted_one_does(generator, tmp_path, pause):
    config, photo, file = ProjectorConfig(**TINY), other_photo(), tmp_path / "paused.safetensors"
    whole = list(project(generator, photo, config))
    walk = project(generator, photo, config, keep=file)
    for step in walk:
        if step.done == pause:
            break
    walk.close()
    rest = list(project(generator, np.zeros_like(photo), resume=file, keep=file))
    assert [step.done for step in rest[:-1]] == list(range(pause + 1, 15))
    assert torch.equal(rest[-1].w, whole[-1].w)
    assert np.array_equal(rest[-1].frame(), whole[-1].frame())
    assert not file.exists(), "what is done need not be gone on with"


def test_quick_floats_come_to_nearly_the_same(generator, photo):
    exact, quick = (
        list(project(generator, photo[0], ProjectorConfig(**{**TINY, "quick_floats": wanted})))[-1]
        for wanted in (False, True)
    )
    assert apart(exact.frame(), quick.frame()) < 2
    tuned = [name for name, value in quick.weights.items() if not torch.equal(value, exact.weights[name])]
    assert torch.cpu._is_avx512_bf16_supported() == bool(tuned)


def test_a_stage_ends_where_nothing_is_gained_any_more(generator, photo):
    picture, w = photo
    config = ProjectorConfig(w_steps=0, plus_steps=200, tuning_steps=0, patience=5, plus_rate=1e-4)
    steps = list(project(generator, picture, config, start=w))
    assert steps[-1].ended == "no further gain"
    assert len(steps) < 20
    near = ProjectorConfig(**{**TINY, "enough": 100.0})
    assert list(project(generator, picture, near))[-1].ended == "near enough"


def test_a_term_of_the_callers_pulls_too(generator, photo):
    def bright(weight):
        terms = [Term(lambda rgb: weight * (1 - rgb).square().mean(), side=16)]
        config = ProjectorConfig(w_steps=30, plus_steps=0, tuning_steps=0, seeds=4)
        return float(list(project(generator, photo[0], config, terms=terms))[-1].frame().mean())

    assert bright(10.0) > bright(0.0) + 5
