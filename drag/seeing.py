"""Looking at a state: the generator is run as far as the terms of the loss need it, and no wider."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from drag.config import DragConfig
from drag.matching import Matching
from drag.paper import PaperMatching
from drag.request import FloatArray
from drag.types import Generator, Parts, Taps
from drag.view import Cells, View, boxes_of, covered, view_around

# Where only part of a map is computed, whole maps of this height say what happens in the rest, px.
FEATURES_BELOW, PICTURE_BELOW = 32, 32

# A change that only a lower block tells of counts at most so many times.
MOST_WEIGHT = 4.0


class Sight(NamedTuple):
    """What is seen of a state.

    Attributes:
        features: [1, C, h, w], the whole map or what `view` shows of it; None if nobody reads features.
        rgb: [1, 3, r, r], about -1..1; None if nobody looks at the picture.
        view: which part of the features is there; None for all of them.
        change_below: [1, C', h', w'], a lower block's features less the first state's, whole, where there is
            a view and a mask holds.
        weight: [r, r], how much a change of the picture counts: more where only a lower block tells of it.
    """

    features: Tensor | None
    rgb: Tensor | None
    view: View | None = None
    change_below: Tensor | None = None
    weight: Tensor | None = None


class _Plan(NamedTuple):
    """Rectangles to ask for, up to which height whole maps are wanted too, and what they are a view of."""

    parts: tuple[Cells, ...]
    below: int
    view: View | None = None


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

    def aim(
        self, config: DragConfig, sees_features: bool, resolution: int | None, mask: Tensor | None
    ) -> None:
        """Take what is to be looked at.

        Args:
            config: feature_block and preset.
            sees_features: whether anybody reads features.
            resolution: height at which the picture is looked at, px; None if nobody looks.
            mask: [H, W], 1 = may move, where something is held outside it; else None.
        """
        block = min(config.feature_block, self._generator.num_blocks - 1) if sees_features else None
        if (block, resolution) != (self._block, self._resolution):
            self._below = None  # It was of other maps.
        self._block, self._resolution, self._preset = block, resolution, config.preset
        self._holds = mask is not None
        self._moving: tuple[Cells, ...] = ()
        if mask is not None and resolution is not None:
            width = max(1, round(mask.shape[1] * resolution / mask.shape[0]))
            self._moving = boxes_of(F.adaptive_max_pool2d(mask[None], (resolution, width))[0] > 0)

    def forget(self) -> None:
        """Compare later states with the next one."""
        self.first = None

    def look(self, w: Tensor, points: FloatArray, matching: Matching) -> Sight:
        """Look at a state w [num_ws, w_dim] with handles last seen at points [N, 2] px."""
        if self.first is None:
            sight = self._whole(self._tap(w))
            features, rgb = (None if whole is None else whole.detach() for whole in sight[:2])
            self.first = Sight(features, rgb)
            self._below = self._look_below(w, self._plan(points, matching))
            return sight
        plan = self._plan(points, matching)
        if plan is None or (self._holds and self._below is None):
            return self._whole(self._tap(w))
        taps = self._tap(w, plan)
        if taps.cut is None:
            return self._whole(taps)
        return (
            self._features_in(plan.view, taps.cut) if plan.view is not None else self._picture_with(taps.cut)
        )

    # ----------------------------------------------------------------------------
    # What is asked for.

    def _plan(self, points: FloatArray, matching: Matching) -> _Plan | None:
        """Plan which part a step asks for; None for everything.

        The published code reads whole maps, and so does who reads features and looks at the picture as well.
        """
        if not isinstance(matching, PaperMatching):
            return None
        if self._resolution is not None:
            ask = self._moving and self._block is None
            return _Plan(self._moving, PICTURE_BELOW) if ask else None
        if self.first is None or self.first.features is None or len(points) == 0:
            return None
        size = (self.first.features.shape[2], self.first.features.shape[3])
        view = view_around(points, matching, size, self._generator.image_size)
        return _Plan(view.parts, FEATURES_BELOW if self._holds else 0, view)

    def _tap(self, w: Tensor, plan: _Plan | None = None) -> Taps:
        return self._generator.taps(
            w[None],
            feature_block=self._block,
            rgb_resolution=self._resolution,
            noise_mode="const",
            cut=None if plan is None else (plan.parts, plan.below),
        )

    @torch.no_grad()
    def _look_below(self, w: Tensor, plan: _Plan | None) -> Parts | None:
        """See how the first state looks in lower blocks, if later ones are compared with it by them."""
        return self._tap(w, plan).cut if self._holds and plan is not None else None

    # ----------------------------------------------------------------------------
    # What is made of the answer.

    def _whole(self, taps: Taps) -> Sight:
        features = taps.features if self._block is not None else None
        if features is not None and taps.margin > 0 and self._preset == "paper":
            # StyleGAN3 computes more than the picture. The published code overlooks that, and is repeated.
            inside = slice(taps.margin, -taps.margin)
            features = features[:, :, inside, inside]
        rgb = taps.rgb if self._resolution is not None else None
        return Sight(
            None if features is None else features.float(), None if rgb is None else rgb[:, :3].float()
        )

    def _features_in(self, view: View, cut: Parts) -> Sight:
        changed = None if self._below is None else cut.features - self._below.features
        return Sight(view.assemble(cut.parts), None, view, changed)

    def _picture_with(self, cut: Parts) -> Sight:
        """Put the parts into the first picture, which changes around them as its lower block says."""
        first = None if self.first is None else self.first.rgb
        if first is None or cut.rgb is None or self._below is None or self._below.rgb is None:
            raise RuntimeError("a part of the picture came without what lies below it")
        change = (cut.rgb - self._below.rgb)[:, :3]
        smooth = F.interpolate(change, size=first.shape[2:], mode="bilinear", align_corners=False)
        rgb = first + smooth
        for (top, left, bottom, right), part in zip(self._moving, cut.parts, strict=True):
            rgb[:, :, top:bottom, left:right] = part[:, :3]
        with torch.no_grad():
            inside = covered(self._moving, (first.shape[2], first.shape[3]), first.device)
            seen, below = (((each * inside).square().sum()) for each in (rgb - first, smooth))
            weight = torch.where(inside > 0, 1.0, (seen / below.clamp(min=1e-12)).clamp(1.0, MOST_WEIGHT))
        return Sight(None, rgb, weight=weight)
