"""The stages of a projection laid out, and the time that they will take."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from training.projection_config import ProjectorConfig
from training.projection_step import StageName

# Nothing finer than this is compared while w is sought, px: nor do the published projectors.
_FINEST = 256
COARSEST = 32
_FULL_SHARE = 1 / 3  # The last part of the steps into W is drawn in full, what comes before at half the size.
_TUNING_COST = 2.0  # A step of tuning against one into W at the same size, until it has been timed.


class Plan(NamedTuple):
    """A stage to come: what it is, its steps, and the height at which it compares, px."""

    name: StageName
    steps: int
    height: int


def plan_stages(config: ProjectorConfig, height: int) -> list[Plan]:
    """Lay out the stages: into W at half the size, then in full; W+; tuning."""
    full = min(height, _FINEST)
    half = max(full // 2, min(full, COARSEST))
    fine = math.ceil(config.w_steps * _FULL_SHARE)
    plans = [
        Plan("w", config.w_steps - fine, half),
        Plan("w", fine, full),
        Plan("w+", config.plus_steps, full),
        Plan("tuning", config.tuning_steps, height),
    ]
    return [plan for plan in plans if plan.steps > 0]


def seconds_left(plans: Sequence[Plan], seconds: Mapping[int, float], index: int, steps: int) -> float:
    """Estimate the seconds that are left, with so many steps left of a stage.

    Args:
        plans: the stages.
        seconds: of a step of each stage, as far as timed; what never was costs as its pixels do.
        index: the stage that it is in, which has been timed.
        steps: left of that stage.
    """
    own = seconds[index]
    left = own * steps
    for later in range(index + 1, len(plans)):
        plan = plans[later]
        pixels = (plan.height / plans[index].height) ** 2
        cost = _TUNING_COST if plan.name == "tuning" != plans[index].name else 1.0
        left += plan.steps * seconds.get(later, own * pixels * cost)
    return left
