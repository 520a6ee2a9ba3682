"""The options of a projection, and its budgets."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from dnnlib.options import OptionError, check_options, option

Budget = Literal["quick", "usual", "thorough"]


@dataclass(frozen=True)
class ProjectorConfig:
    """How a photograph is brought into a generator: steps into W, into W+ beside it, and of tuning."""

    w_steps: int = option(60, "steps into W, one vector for all layers", unit="steps", low=0, high=5000)
    plus_steps: int = option(40, "steps into W+, a vector for each layer", unit="steps", low=0, high=5000)
    tuning_steps: int = option(40, "steps of tuning the generator itself", unit="steps", low=0, high=5000)
    rate: float = option(0.1, "step size in W, in standard deviations of w", low=1e-4, high=1.0)
    plus_rate: float = option(0.02, "step size in W+, in standard deviations of w", low=1e-5, high=1.0)
    tuning_rate: float = option(1e-3, "step size of the generator's weights", low=1e-6, high=0.1)
    natural: float = option(
        1e-2, "how strongly w is held to where the generator's own pictures lie", low=0.0, high=10.0
    )
    together: float = option(
        0.03, "how strongly the layers of W+ are held together, so that edits work", low=0.0, high=100.0
    )
    tuned_from: int = option(
        32, "blocks of this size and more are tuned; coarser ones hold pose and expression", unit="px", low=4
    )
    quick_floats: bool = option(
        True, "compute in bfloat16 while w is far and while tuning, on processors that are quick at it"
    )
    locality: float = option(
        2.0, "how strongly tuning leaves the pictures of other w alone", low=0.0, high=100.0
    )
    locality_radius: float = option(
        1.0, "how far from the pivot those other w lie, in typical distances of w", low=0.0, high=10.0
    )
    patience: int = option(40, "a stage ends after so many steps without a gain", unit="steps", low=2)
    gain: float = option(0.01, "the share by which the distance has to fall to be a gain", low=0.0, high=0.5)
    enough: float = option(0.0, "the distance at which all is done; 0 is never", low=0.0)
    seeds: int = option(64, "seeds looked at for a start", low=0, high=10_000)
    seed: int = option(0, "seed of what is random: those seeds, and the other w of tuning", low=0)

    def __post_init__(self) -> None:
        """Check the bounds.

        Raises:
            OptionError: a value out of its bounds, or no steps at all.
        """
        check_options(self)

    @classmethod
    def of_budget(cls, budget: str, **changes: Any) -> "ProjectorConfig":
        """Make the options of a budget, with changes.

        Raises:
            OptionError: if there is no such budget.
        """
        if budget not in BUDGETS:
            raise OptionError(f"budget: expected {' or '.join(BUDGETS)}, found {budget!r}")
        known = {field.name for field in fields(cls)}
        unknown = [name for name in changes if name not in known]
        if unknown:
            raise OptionError(f"{unknown[0]}: a projection has no such option")
        return replace(cls(**BUDGETS[budget]), **changes)


# What is spent at each budget; docs/inversion.md holds what they were chosen from.
BUDGETS: dict[str, dict[str, Any]] = {
    "quick": {"w_steps": 60, "plus_steps": 0, "tuning_steps": 0, "patience": 20},
    "usual": {"w_steps": 60, "plus_steps": 40, "tuning_steps": 40},
    "thorough": {"w_steps": 200, "plus_steps": 120, "tuning_steps": 120, "patience": 80},
}
