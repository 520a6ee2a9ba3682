"""Step rules get down a slope."""

import pytest
import torch

from drag.config import DragConfig
from drag.stepping import Adam, QuasiNewton, make_rule


def descend(rule, loss, start, steps):
    """Take steps; return the least loss seen."""
    position, least = start, float("inf")
    for _ in range(steps):
        here = position.clone().requires_grad_()
        value = loss(here)
        (gradient,) = torch.autograd.grad(value, here)
        least = min(least, value.item())
        position = rule.next(position, value.item(), gradient)
    return least


def test_adam_is_torchs_adam():
    torch.manual_seed(0)
    start, target = torch.randn(3, 5), torch.randn(3, 5)

    def loss(x):
        return (x - target).abs().sqrt().sum() + (x * target).square().sum()

    theirs = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([theirs], lr=0.02)
    ours, rule = start.clone(), Adam(0.02)
    for _ in range(30):
        optimiser.zero_grad()
        loss(theirs).backward()
        here = ours.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(here), here)
        optimiser.step()
        ours = rule.next(ours, 0.0, gradient)
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("stretch", [1.0, 30.0])
def test_quasi_newton_gets_down_a_long_valley_in_a_few_steps(stretch):
    torch.manual_seed(1)
    scale = torch.linspace(1, stretch, 40)
    start = 0.5 * torch.randn(1, 40)
    first = (start.square() * scale).sum().item()
    least = descend(QuasiNewton(1.0), lambda x: (x.square() * scale).sum(), start, 25)
    assert least < 1e-3 * first


def test_quasi_newton_survives_a_kink_and_a_cliff():
    def loss(x):
        return x.abs().sum() + torch.where(x.sum() > 3, 100.0, 0.0)

    assert descend(QuasiNewton(0.5), loss, torch.full((1, 4), 0.7), 40) < 0.3


def test_no_step_is_longer_than_the_rule_allows():
    rule, position = QuasiNewton(0.1), torch.zeros(1, 10)
    for index in range(10):
        after = rule.next(position, -float(index), torch.full((1, 10), -5.0))
        assert (after - position).norm() <= 0.4 * 1.001
        position = after


def test_the_config_chooses_the_rule():
    assert isinstance(make_rule(DragConfig()), Adam)
    assert isinstance(make_rule(DragConfig.guided()), QuasiNewton)


def test_quasi_newton_forgets_what_it_learnt_if_nothing_is_as_promised():
    """The loss jumps after the first step and stays up: a rule that only goes back would never move again."""
    rule, position = QuasiNewton(1.0), torch.full((1, 4), 3.0)
    for index in range(40):
        loss = position.square().sum().item() + (0.0 if index == 0 else 50.0)
        position = rule.next(position, loss, 2 * position)
    assert position.norm() < 1.0
