"""How w moves: along what, which layers, and what it costs."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from drag.config import DragConfig
from drag.engine import drag
from drag.latent import LatentMove, directions_of
from drag.types import DragRequest, RequestError
from tests.drag.stubs import PatternGuide, RubberSheet

NATURAL = dataclasses.replace(DragConfig.guided(), tether_weight=0.0)


@given(st.integers(2, 12), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_directions_are_those_in_which_w_spreads_and_as_long(dim, seed):
    random = torch.Generator().manual_seed(seed)
    mixing = torch.randn(dim, dim, generator=random)
    samples = torch.randn(400, dim, generator=random) @ mixing + 5
    directions = directions_of(samples)
    assert directions.shape == (dim, dim)
    # They make up the covariance, stand square to each other, and the longest comes first.
    torch.testing.assert_close(directions.t() @ directions, samples.t().cov(), rtol=1e-3, atol=1e-3)
    lengths = directions.norm(dim=1)
    assert (lengths[:-1] >= lengths[1:] - 1e-4).all()
    apart = directions @ directions.t() - lengths.square().diag()
    assert apart.abs().max() < 1e-3 * lengths.max() ** 2


def test_what_no_w_varies_in_is_not_moved():
    sheet = RubberSheet()
    wanted = sheet.start()
    wanted[:, 0], wanted[:, 1] = 0.06, 0.02
    samples = torch.randn(100, 8, generator=torch.Generator().manual_seed(0)) * 0.05
    samples[:, 1] = 0
    guide = PatternGuide(sheet, wanted)
    steps = list(drag(sheet, sheet.start(), DragRequest([], []), NATURAL, [guide], directions_of(samples)))
    last = steps[-1].w.mean(dim=0)
    assert abs(last[0]) > 0.02
    assert last[1] == pytest.approx(0, abs=1e-6)


def test_directions_are_left_alone_where_the_config_does_not_ask_for_them():
    sheet = RubberSheet()
    request = DragRequest([RubberSheet.LEFT], [(13, 17)])
    config = DragConfig(max_steps=3)
    plain, given_some = (
        list(drag(sheet, sheet.start(), request, config, directions=directions))[-1].w
        for directions in (None, torch.zeros(8, 8))
    )
    assert torch.equal(plain, given_some)


def test_each_row_of_a_shift_moves_its_layer_or_one_row_moves_all():
    start = torch.zeros(6, 4)
    free = LatentMove(DragConfig(moving_layers=2), start)
    shift = torch.arange(8.0).reshape(2, 4)
    assert free.zero().shape == (2, 4)
    torch.testing.assert_close(free.w(shift), torch.cat([shift, torch.zeros(4, 4)]))
    alike = LatentMove(DragConfig(space="w"), start)
    assert alike.zero().shape == (1, 4)
    torch.testing.assert_close(alike.w(shift[1:]), shift[1:].expand(6, 4))
    along = LatentMove(dataclasses.replace(NATURAL, space="w"), start, 2 * torch.eye(4)[:3])
    assert along.zero().shape == (1, 3)
    torch.testing.assert_close(along.w(torch.ones(1, 3))[0], torch.tensor([2.0, 2, 2, 0]))


def test_a_move_costs_its_squared_length_and_apart_layers_theirs():
    shift = torch.tensor([[3.0, 4.0], [0.0, 0.0]])
    move = LatentMove(DragConfig(moving_layers=2, tether_weight=2.0, tie_weight=1.0), torch.zeros(3, 2))
    terms = move.terms(shift)
    assert terms["tether"].item() == pytest.approx(2 * 25 / 2)
    assert terms["tie"].item() == pytest.approx(25 / 4)
    published = dataclasses.replace(DragConfig.published(), moving_layers=2, tether_weight=2.0)
    # A mean over all that the published code trains: in w+ every layer, moving or not.
    assert LatentMove(published, torch.zeros(3, 2)).terms(shift)["tether"].item() == pytest.approx(2 * 7 / 6)


def test_directions_of_another_size_are_refused():
    sheet = RubberSheet()
    steps = drag(sheet, sheet.start(), DragRequest([(4, 4)], [(5, 5)]), DragConfig(), (), torch.zeros(3, 7))
    with pytest.raises(RequestError, match=r"directions .* 8"):
        next(steps)
    steps = drag(
        sheet, sheet.start(), DragRequest([(4, 4)], [(5, 5)]), DragConfig(), (), torch.full((8, 8), np.nan)
    )
    with pytest.raises(RequestError, match="directions"):
        next(steps)
