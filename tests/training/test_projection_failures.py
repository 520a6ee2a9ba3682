"""A projection that cannot go on, or not begin, says so in one line and keeps what it has."""

import copy

import numpy as np
import pytest
import torch

from dnnlib.errors import EditorError
from dnnlib.options import OptionError
from tests.training.small_projections import TINY, other_photo
from training.projection_stages import LatentStage
from training.projection_tuning import TuningStage
from training.projector import ProjectionError, ProjectorConfig, project


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
