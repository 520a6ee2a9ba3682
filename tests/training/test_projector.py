"""What a projection promises: what was drawn is found again, and nothing is lost or changed on the way."""

import copy
from typing import Any

import numpy as np
import pytest
import torch

from dnnlib.errors import EditorError
from dnnlib.options import OptionError
from training.blocks_stylegan2 import SynthesisBlock
from training.latent_space import latent_space
from training.networks_stylegan2 import Generator
from training.projection_stages import LatentStage, begin, draw
from training.projection_step import as_pixels
from training.projection_tuning import TuningStage, tuned_parameters
from training.projector import ProjectionError, ProjectorConfig, Term, project

SMALL: dict[str, Any] = {
    "z_dim": 6,
    "c_dim": 0,
    "w_dim": 6,
    "img_resolution": 32,
    "img_channels": 3,
    "channel_base": 256,
    "channel_max": 16,
    "mapping_kwargs": {"num_layers": 1, "activation": "linear", "lr_multiplier": 1.0},
}
TINY: dict[str, Any] = {"w_steps": 6, "plus_steps": 4, "tuning_steps": 4, "seeds": 4, "quick_floats": False}


@pytest.fixture(scope="module")
def generator():
    torch.manual_seed(0)
    made = Generator(**SMALL).eval().requires_grad_(False)
    made.source_sha256 = "ab" * 32
    return made


@pytest.fixture(scope="module")
def photo(generator):
    """One of the generator's own pictures, and its w."""
    w = generator.mapping(torch.randn(1, 6, generator=torch.Generator().manual_seed(5)))[0]
    return as_pixels(draw(generator, w[None])), w


def other_photo():
    return np.random.default_rng(1).integers(0, 256, (32, 32, 3), dtype=np.uint8)


def apart(first, second):
    return float(np.abs(first.astype(float) - second.astype(float)).mean())


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


def test_w_keeps_one_vector_for_all_layers_and_w_plus_is_held_together(generator):
    def spread(**changes):
        config = ProjectorConfig(**{**TINY, "w_steps": 4, "plus_steps": 30, "tuning_steps": 0, **changes})
        steps = list(project(generator, other_photo(), config))
        assert all(torch.allclose(one.w, one.w[:1].expand_as(one.w)) for one in steps if one.stage == "w")
        return float(steps[-1].w.std(dim=0).mean())

    loose, close = spread(together=0.0), spread(together=100.0)
    assert loose > 0
    assert close < 0.5 * loose


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


def test_too_little_memory_makes_the_budget_smaller_and_is_said(generator, monkeypatch):
    tried = []
    evaluate, tune = LatentStage._evaluate, TuningStage._evaluate

    def greedy(stage):
        tried.append(stage.height)
        if stage.height > 16 and len(tried) > 4:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return evaluate(stage)

    def greedier(stage):
        if stage.locality > 0:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        if stage.done == 2:
            raise MemoryError
        return tune(stage)

    monkeypatch.setattr("training.projection_walk.COARSEST", 8)
    monkeypatch.setattr(LatentStage, "_evaluate", greedy)
    monkeypatch.setattr(TuningStage, "_evaluate", greedier)
    steps = list(project(generator, other_photo(), ProjectorConfig(**TINY)))
    assert min(tried) == 16
    assert "16 px" in steps[-1].message and "ended early" in steps[-1].message
    assert steps[-1].stage == "tuning" and steps[-1].weights


def test_another_error_than_of_memory_is_not_swallowed(generator, monkeypatch):
    def broken(stage):
        raise RuntimeError("sizes do not match")

    monkeypatch.setattr(LatentStage, "_evaluate", broken)
    with pytest.raises(RuntimeError, match="sizes"):
        list(project(generator, other_photo(), ProjectorConfig(**TINY)))


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


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (np.zeros((16, 32, 3), np.uint8), r"uint8 \[16, 32, 3\]; expected uint8 \[32, 32, 3\]"),
        (np.zeros((32, 32, 4), np.uint8), r"expected uint8 \[32, 32, 3\]"),
        (np.zeros((32, 32, 3), np.float32), "is float32"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused_in_one_line(generator, target, words):
    with pytest.raises(ProjectionError, match=words) as caught:
        next(iter(project(generator, target)))
    assert "\n" not in str(caught.value)


def test_what_is_no_paused_projection_or_another_networks_is_refused(generator, photo, tmp_path):
    for name, content in (("empty", b""), ("text", b"hello"), ("cut", b"\x10\0\0\0\0\0\0\0{")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(EditorError) as caught:
            next(iter(project(generator, photo[0], resume=tmp_path / name)))
        assert name in str(caught.value) and "\n" not in str(caught.value)
    walk = project(generator, photo[0], ProjectorConfig(**TINY), keep=tmp_path / "paused")
    next(walk)
    next(walk)
    walk.close()
    other = copy.deepcopy(generator)
    other.source_sha256 = "cd" * 32
    with pytest.raises(ProjectionError, match="another checkpoint"):
        next(iter(project(other, photo[0], resume=tmp_path / "paused")))


def test_options_and_budgets_are_checked():
    with pytest.raises(OptionError, match="rate"):
        ProjectorConfig(rate=7.0)
    with pytest.raises(OptionError, match="quick or usual or thorough"):
        ProjectorConfig.of_budget("free")
    assert ProjectorConfig.of_budget("quick", w_steps=3).w_steps == 3
    quick, usual, thorough = map(ProjectorConfig.of_budget, ("quick", "usual", "thorough"))
    sums = [one.w_steps + one.plus_steps + one.tuning_steps for one in (quick, usual, thorough)]
    assert sums == sorted(set(sums))
