"""How a drag is done: one set of options, four presets."""

from dataclasses import dataclass
from typing import Literal

from dnnlib.options import check_options, option


@dataclass(frozen=True)
class DragConfig:
    """The options of a drag.

    `DragConfig()` is `DragConfig.paper()`. Change a field with `dataclasses.replace`. Lengths that depend on
    the size of the picture are given at 512 px and scaled from there. docs/engine.md tells the presets apart.
    """

    preset: Literal["swift", "paper", "published"] = option(
        "paper", "our own rule, what the paper states, or the published code step for step"
    )
    step_size: float = option(
        2e-3, "how far a component of w moves in a step; adaptive: how far all of w", low=0.0, high=100.0
    )
    step_rule: Literal["adam", "adaptive"] = option(
        "adam", "Adam, or quasi-Newton steps that find their own length"
    )
    max_steps: int = option(300, "end after so many steps", unit="steps", low=0, high=10_000)
    space: Literal["w", "w+"] = option("w+", "one vector moves every layer, or each layer moves on its own")
    moving_layers: int = option(6, "in w+, how many of the first layers move", unit="layers", low=1, high=64)
    feature_block: int = option(5, "block whose features are followed (0 is 4 px)", low=0, high=32)
    r1: float = option(3.0, "radius of the patch that pulls", unit="px at 512", low=0.0, high=256.0)
    r2: float = option(12.0, "reach of the search for a handle", unit="px at 512", low=0.0, high=256.0)
    stop_distance: float | None = option(
        None, "a handle this near has arrived; by the preset's rule if empty", unit="px", low=0.0, high=64.0
    )
    mask_weight: float = option(20.0, "lambda: hold the features outside the mask", low=0.0, high=1e6)
    motion_weight: float = option(1.0, "motion supervision; 0 looks at no features", low=0.0, high=1e6)
    guide_weight: float = option(1.0, "the guides' own terms", low=0.0, high=1e6)
    hold_weight: float = option(0.0, "hold the picture outside the mask", low=0.0, high=1e6)
    natural: bool = option(False, "move w only as the mapping network spreads it, where that is known")
    tether_weight: float = option(0.0, "hold w to where it started", low=0.0, high=1e6)
    tie_weight: float = option(0.0, "in w+, tie the moving layers to their mean", low=0.0, high=1e6)
    patience: int = option(
        40, "give up after so many steps without progress", unit="steps", low=2, high=10_000
    )

    def __post_init__(self) -> None:
        check_options(self)

    @classmethod
    def paper(cls) -> "DragConfig":
        """Drag as the paper states it: w+, Adam 2e-3, lambda 20, arrived within 1 px or 2 px."""
        return cls()

    @classmethod
    def published(cls) -> "DragConfig":
        """Repeat the published code step for step: w+, Adam 1e-3, arrived within 2 px or more."""
        return cls(preset="published", step_size=1e-3, patience=100)

    @classmethod
    def swift(cls) -> "DragConfig":
        """Drag in few steps: the default by hand.

        Handles are pulled by their distance, in w+, along the directions in which the mapping spreads w.
        """
        return cls(
            preset="swift",
            step_rule="adaptive",
            step_size=1.0,
            max_steps=100,
            natural=True,
            tether_weight=0.01,
            patience=8,
        )

    @classmethod
    def named(cls, preset: str) -> "DragConfig":
        """Give the whole preset of a name: swift, paper or published."""
        presets = {"swift": cls.swift, "paper": cls.paper, "published": cls.published}
        return presets[preset]()

    @classmethod
    def guided(cls) -> "DragConfig":
        """Let a guide pull, in w, with the picture held outside the mask and w tethered to its start."""
        return cls(
            step_rule="adaptive",
            step_size=1.0,
            max_steps=60,
            space="w",
            natural=True,
            motion_weight=0.0,
            hold_weight=30.0,
            tether_weight=0.01,
            patience=8,
        )

    def moved_layers(self, num_ws: int) -> int:
        """Count the layers of w [num_ws, w_dim] that move.

        In w they all do, so that the edit stays where the mapping network leads; the published code moves the
        first `moving_layers` in either space.
        """
        if self.space == "w" and self.preset != "published":
            return num_ws
        return min(self.moving_layers, num_ws)
