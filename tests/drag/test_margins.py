"""StyleGAN3 computes features beyond the picture: handles are followed in the picture all the same."""

import dataclasses
from typing import Any

import pytest
import torch

from drag.config import DragConfig
from drag.engine import drag
from drag.evaluation import Evaluator
from drag.latent import LatentMove
from drag.matching import make_matching
from drag.request import DragRequest
from drag.seeing import Eye, ask
from drag.together import evaluate
from training.networks_stylegan3 import Generator

FORMS: dict[str, dict[str, Any]] = {"T": {}, "R": {"conv_kernel": 1, "use_radial_filters": True}}


@pytest.fixture(params=FORMS, scope="module")
def generator(request):
    torch.manual_seed(0)
    made = Generator(
        16,
        0,
        16,
        32,
        3,
        channel_base=256,
        channel_max=16,
        num_layers=8,
        margin_size=6,
        **FORMS[request.param],
    )
    return made.eval().requires_grad_(False)


def w_of(generator):
    with torch.no_grad():
        return generator.mapping(torch.randn(1, 16, generator=torch.Generator().manual_seed(1)))[0]


@pytest.mark.parametrize("block", [1, 3, 5, 7])
def test_a_picture_that_moves_by_five_pixels_takes_the_handles_with_it(generator, block):
    start, transform = w_of(generator), generator.get_buffer("synthesis.input.transform")
    request = DragRequest([(10, 16), (20, 9)], [(15, 16), (25, 9)])
    config = DragConfig(r2=96, feature_block=block)
    look = Evaluator(generator, (), request, config, torch.device("cpu"))
    move = LatentMove(config, start, None)
    assert evaluate(generator, [(look, move, move.zero())])[0].points.tolist() == request.points.tolist()
    try:
        transform[0, 2] = -5 / 32  # The input's, and so the picture's opposite.
        points = evaluate(generator, [(look, move, move.zero())])[0].points
    finally:
        transform[0, 2] = 0
    assert points == pytest.approx(request.targets, abs=0.05)


def test_the_published_code_overlooks_the_margins_and_the_preset_repeats_that(generator):
    start, request = w_of(generator), DragRequest([(10, 16)], [(15, 16)])
    seen: dict[str, Any] = {}
    for preset in (DragConfig.paper(), DragConfig.published()):
        config = dataclasses.replace(preset, feature_block=3)
        eye = Eye(generator)
        eye.aim(config, True, None, False)
        matching = make_matching(config, generator.image_size, 1)
        plan = eye.plan(request.points, matching)
        taps = ask(generator, start[None], plan)
        seen[config.preset] = eye.take(start, taps, plan, request.points, matching).features
    margin = generator.synthesis.margins[3]
    whole = seen["published"]
    assert margin == 6 and whole.shape[2] == seen["paper"].shape[2] + 2 * margin
    assert torch.equal(seen["paper"], whole[:, :, margin:-margin, margin:-margin])


def test_a_drag_goes_towards_its_target_and_ends(generator):
    request = DragRequest([(16, 16)], [(18, 16)])
    steps = list(drag(generator, w_of(generator), request, DragConfig(max_steps=15, step_size=0.02)))
    assert steps[-1].ended is not None
    assert min(float(step.distances[0]) for step in steps) < 1.5
