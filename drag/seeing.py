"""Looking at a state: the generator is run as far as the terms of the loss need it, and no wider."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from drag.config import DragConfig
from drag.matching import Matching
from drag.paper import PaperMatching
from drag.precision import looking
from drag.request import FloatArray
from drag.types import Generator, Parts, Taps
from drag.view import Cells, View, joined, view_around

# Where only part of a map is computed, whole maps of this height say what happens in the rest, px.
BELOW = 32


class Sight(NamedTuple):
    """What is seen of a state.

    Attributes:
        features: [1, C, h, w], the whole map or what `view` shows of it; None if nobody reads features.
        rgb: [1, 3, r, r], about -1..1; None if nobody looks at the picture.
        view: which part of the features is there; None for all of them.
        change_below: [1, C', h', w'], a lower block's features less the first state's, whole, where there is
            a view and a mask holds.
    """

    features: Tensor | None
    rgb: Tensor | None
    view: View | None = None
    change_below: Tensor | None = None


class Plan(NamedTuple):
    """What is asked of a generator.

    Attributes:
        block: whose features are wanted, or None.
        resolution: height of the picture that is wanted, or None.
        parts: the rectangles that are wanted of it; none for everything.
        below: up to which height whole maps are wanted besides.
        view: what the parts are a view of.
        quick: whether it may be computed in half floats, where these are quicker.
    """

    block: int | None
    resolution: int | None
    parts: tuple[Cells, ...] = ()
    below: int = 0
    view: View | None = None
    quick: bool = False


def ask(generator: Generator, ws: Tensor, plan: Plan) -> Taps:
    """Ask a generator for what is planned of ws [N, num_ws, w_dim]."""
    cut = (plan.parts, plan.below) if plan.parts else None
    with looking(plan.quick, ws.device):
        return generator.taps(
            ws, feature_block=plan.block, rgb_resolution=plan.resolution, noise_mode="const", cut=cut
        )


def common_plan(plans: Sequence[Plan]) -> Plan:
    """Make of plans for the same block and resolution one that holds them all."""
    if not all(plan.parts for plan in plans):
        return plans[0]._replace(parts=(), below=0)
    parts = joined(part for plan in plans for part in plan.parts)
    return plans[0]._replace(parts=parts, below=max(plan.below for plan in plans))


class Share(NamedTuple):
    """One drag's share of what a generator answered; as `drag.types.Taps`."""

    features: Tensor | None
    rgb: Tensor | None
    margin: int
    cut: Parts | None


class ShareOfParts(NamedTuple):
    """One drag's share of rectangles; as `drag.types.Parts`."""

    parts: tuple[Tensor, ...]
    features: Tensor
    rgb: Tensor | None


def share_of(taps: Taps, index: int, asked: Plan, own: Plan) -> Taps:
    """Give one drag its share of what a generator answered for several.

    Args:
        taps: the answer to `asked`.
        index: which of the several.
        asked: the common plan.
        own: what this drag planned: its rectangles are cut out of the common ones.
    """
    one = slice(index, index + 1)
    if taps.cut is None:
        features, picture = (None if each is None else each[one] for each in (taps.features, taps.rgb))
        return Share(features, picture, taps.margin, None)
    parts = tuple(_cut_out(part, asked.parts, taps.cut.parts)[one] for part in own.parts)
    rgb = None if taps.cut.rgb is None else taps.cut.rgb[one]
    return Share(None, None, 0, ShareOfParts(parts, taps.cut.features[one], rgb))


def _cut_out(part: Cells, asked: Sequence[Cells], given: Sequence[Tensor]) -> Tensor:
    """Find a rectangle in the larger one of those given that holds it."""
    top, left, bottom, right = part
    for (first, start, last, end), values in zip(asked, given, strict=True):
        if first <= top and bottom <= last and start <= left and right <= end:
            return values[..., top - first : bottom - first, left - start : right - start]
    raise RuntimeError(f"cells {part} lie in none of {asked}")


class Eye:
    """Looks at states, and remembers how the first one looked.

    Of the first state whole maps are computed: later ones are compared with them. From then on rectangles are
    asked for where nobody reads the rest, or where lower blocks say what happens there.

    Args:
        generator: where features and pictures come from.
    """

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self.first: Sight | None = None
        self._block: int | None = None
        self._resolution: int | None = None
        # What lies below the parts, as it was in the first state.
        self._below: Parts | None = None

    def aim(self, config: DragConfig, sees_features: bool, resolution: int | None, holds: bool) -> None:
        """Take what is to be looked at.

        Args:
            config: feature_block, preset and step_rule.
            sees_features: whether anybody reads features.
            resolution: height at which the picture is looked at, px; None if nobody looks.
            holds: whether something is held outside a mask.
        """
        block = min(config.feature_block, self._generator.num_blocks - 1) if sees_features else None
        if (block, resolution) != (self._block, self._resolution):
            self._below = None  # It was of other maps.
        self._block, self._resolution, self._preset = block, resolution, config.preset
        # Steps that compare one loss with the last need all digits.
        self._quick = config.step_rule == "adam" and config.preset != "published" and resolution is None
        self._holds = holds

    def forget(self) -> None:
        """Compare later states with the next one."""
        self.first = None

    def plan(self, points: FloatArray, matching: Matching) -> Plan:
        """Plan what to ask for of a state with handles last seen at points [N, 2] px.

        The published code reads whole maps, and who looks at the picture sees all of it.
        """
        plan = Plan(self._block, self._resolution, quick=self._quick)
        lacks_reference = self.first is None or (self._holds and self._below is None)
        return plan if lacks_reference else self._narrowed(plan, points, matching)

    def take(self, w: Tensor, taps: Taps, plan: Plan, points: FloatArray, matching: Matching) -> Sight:
        """Make what is seen of what a generator answered to a plan for w [num_ws, w_dim]."""
        if taps.cut is not None:
            return self._features_in(taps.cut, plan)
        sight = self._whole(taps)
        if self.first is None:
            features, rgb = (None if whole is None else whole.detach() for whole in sight[:2])
            self.first = Sight(features, rgb)
            self._below = None
            narrow = self._narrowed(plan, points, matching)
            if self._holds and narrow.parts:
                with torch.no_grad():
                    self._below = ask(self._generator, w[None], narrow).cut
        return sight

    def _narrowed(self, plan: Plan, points: FloatArray, matching: Matching) -> Plan:
        """Narrow a plan to what will be read, where that is not everything."""
        first = None if self.first is None else self.first.features
        if first is None or plan.resolution is not None or not isinstance(matching, PaperMatching):
            return plan
        view = view_around(points, matching, (first.shape[2], first.shape[3]), self._generator.image_size)
        return plan._replace(parts=view.parts, below=BELOW if self._holds else 0, view=view)

    # ----------------------------------------------------------------------------
    # What is made of the answer.

    def _whole(self, taps: Taps) -> Sight:
        features = taps.features if self._block is not None else None
        if features is not None and taps.margin > 0 and self._preset != "published":
            # StyleGAN3 computes more than the picture. The published code overlooks that, and is repeated.
            inside = slice(taps.margin, -taps.margin)
            features = features[:, :, inside, inside]
        rgb = taps.rgb if self._resolution is not None else None
        return Sight(
            None if features is None else features.float(), None if rgb is None else rgb[:, :3].float()
        )

    def _features_in(self, cut: Parts, plan: Plan) -> Sight:
        assert plan.view is not None
        changed = cut.features - self._below.features if self._holds and self._below is not None else None
        return Sight(plan.view.assemble(cut.parts), None, plan.view, changed)
