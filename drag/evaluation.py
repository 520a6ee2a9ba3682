"""What is made of a look at a state of a drag: handles followed, and the terms of the loss."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from drag import picture
from drag.config import DragConfig
from drag.holding import hold_in_parts
from drag.matching import Matching, make_matching
from drag.paper import PaperMatching
from drag.request import DragRequest, FloatArray
from drag.seeing import Eye, Plan, Sight
from drag.types import Generator, Guide, Taps


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A state of a drag in numbers, on the host.

    Attributes:
        w: [num_ws, w_dim], on the generator's device.
        gradient: [rows, w_dim], the slope of the loss along the shift.
        points: [N, 2] (x, y) px, where the handles are.
        losses: the terms of the loss by name, weighted.
        guided: the largest share of the way that is left by the guides; None without guides.
        content: whether there are guides and each of them is content.
    """

    w: Tensor
    gradient: Tensor
    points: FloatArray
    losses: dict[str, float]
    guided: float | None
    content: bool


class Evaluator:
    """Looks at the states of one drag, follows its handles, and remembers what they are compared with.

    Args:
        generator: where features and pictures come from.
        guides: terms on the picture.
        request: handles, targets, mask; it fits the picture.
        config: preset, radii, weights.
        device: of the generator.
    """

    def __init__(
        self,
        generator: Generator,
        guides: Sequence[Guide],
        request: DragRequest,
        config: DragConfig,
        device: torch.device,
    ) -> None:
        self._generator = generator
        self._guides = guides
        self.device = device
        # References: taken from the next state that is looked at, where they are None.
        self._handle_features: Tensor | None = None
        self._eye = Eye(generator)
        # Where the handles are, on the device and, as the host saw them last, for planning what to look at.
        self._points, self._seen_at = torch.empty(0), request.points
        self.aim(request, config)
        self.grip(request)

    def aim(self, request: DragRequest, config: DragConfig) -> None:
        """Take new targets, mask, radii and weights; the handles and their references stay."""
        self.config = config
        self.matching = make_matching(config, self._generator.image_size, len(request.points))
        self._targets = self._tensor(request.targets)
        self._mask = None if request.mask is None else self._tensor(request.mask)
        # How the mask weighs features and picture; found once their sizes are known.
        self._held: tuple[Tensor | None, Tensor | None] | None = None
        self._sees_features = config.motion_weight > 0 and len(request.points) > 0
        holds = config.hold_weight > 0 and request.mask is not None
        resolution = picture.resolution(self._guides, holds, self._generator.image_size)
        holds |= self._sees_features and config.mask_weight > 0
        self._eye.aim(config, self._sees_features, resolution, holds and self._mask is not None)

    def grip(self, request: DragRequest) -> None:
        """Put the handles on the request's points."""
        self._points = self.matching.place(self._tensor(request.points))
        self._seen_at = self._points.cpu().numpy()

    def resume(self, points: FloatArray) -> None:
        """Look for the handles from these places on [N, 2] (x, y) px, and not from where they were last."""
        self._points, self._seen_at = self._tensor(points), points

    def forget(self, handles_only: bool = False) -> None:
        """Take references anew from the next state: of the handles, or of the whole picture too."""
        self._handle_features = None
        if not handles_only:
            self._eye.forget()

    # ----------------------------------------------------------------------------
    # The steps of a look; `drag.together.evaluate` takes them.

    def plan(self) -> Plan:
        """Plan what to ask the generator for."""
        return self._eye.plan(self._seen_at, self.matching)

    def judge(self, w: Tensor, taps: Taps, plan: Plan) -> tuple[dict[str, Tensor], picture.Opinion]:
        """Make the terms of the loss of what the generator answered; the handles are followed."""
        sight = self._eye.take(w, taps, plan, self._seen_at, self.matching)
        opinion = picture.ask(self._guides, sight.rgb, self._points)
        self._follow(sight, opinion)
        self._refer(sight)
        return self._terms(sight, opinion), opinion

    def read(
        self, w: Tensor, numbers: Sequence[Tensor], names: Iterable[str], rows: torch.Size
    ) -> Evaluation:
        """Make an evaluation of what the host fetched: losses, remaining, content, points, gradient."""
        losses, remaining, content, points, gradient = numbers
        self._seen_at = points.reshape(-1, 2).numpy().copy()
        return Evaluation(
            w=w.detach(),
            gradient=gradient.reshape(rows).clone(),
            points=self._seen_at,
            losses=dict(zip(names, losses.tolist(), strict=True)),
            guided=remaining.item() if self._guides else None,
            content=bool(self._guides) and content.item() > 0,
        )

    @property
    def points(self) -> Tensor:
        """Where the handles are, [N, 2] px, on the device."""
        return self._points

    # ----------------------------------------------------------------------------
    # The parts of a look.

    def _in_view(self, sight: Sight, *points: Tensor) -> tuple[Matching, list[Tensor]]:
        """Count points from the corner of what the features show, and the matching with them."""
        if sight.view is None or not isinstance(self.matching, PaperMatching):
            return self.matching, list(points)
        return sight.view.matching(self.matching), [sight.view.enter(some) for some in points]

    def _follow(self, sight: Sight, opinion: picture.Opinion) -> None:
        """Find the handles again, by their features, or where a guide sees them."""
        if sight.features is not None and self._handle_features is not None:
            with torch.no_grad():
                matching, (points,) = self._in_view(sight, self._points)
                points = matching.track(sight.features, self._handle_features, points)
                self._points = points if sight.view is None else sight.view.leave(points)
        if self._guides:
            self._points = torch.where(opinion.points.isnan(), self._points, opinion.points)

    def _refer(self, sight: Sight) -> None:
        """Take those references that are missing."""
        features, first = sight.features, self._eye.first
        if features is not None and self._handle_features is None:
            matching, (points,) = self._in_view(sight, self._points)
            self._handle_features = matching.reference(features.detach(), points)
        if self._mask is not None and self._held is None and first is not None:
            self._held = (
                None if first.features is None else self.matching.held(self._mask, first.features),
                None if first.rgb is None else picture.held_weights(self._mask, first.rgb),
            )

    def _terms(self, sight: Sight, opinion: picture.Opinion) -> dict[str, Tensor]:
        """Compute the weighted terms of the loss that look at features and picture."""
        config, terms, first = self.config, dict[str, Tensor](), self._eye.first
        features_held, rgb_held = self._held or (None, None)
        if sight.features is not None and self._handle_features is not None:
            matching, (points, targets) = self._in_view(sight, self._points, self._targets)
            motion = matching.motion(sight.features, self._handle_features, points, targets)
            terms["motion"] = config.motion_weight * motion.sum()
            if features_held is not None and first is not None and first.features is not None:
                terms["mask"] = config.mask_weight * self._change_held(sight, first.features, features_held)
        if self._guides:
            terms["guide"] = config.guide_weight * opinion.loss
        if sight.rgb is not None and rgb_held is not None and first is not None and first.rgb is not None:
            terms["hold"] = config.hold_weight * picture.hold(sight.rgb, first.rgb, rgb_held)
        return terms

    def _change_held(self, sight: Sight, first: Tensor, held: Tensor) -> Tensor:
        """Measure how far the features went from the first ones where the mask holds."""
        assert sight.features is not None
        if sight.view is None or sight.change_below is None:
            return self.matching.hold(sight.features, first, held)
        return hold_in_parts(sight.features, first, held, sight.view, sight.change_below)

    def _tensor(self, values: FloatArray) -> Tensor:
        return torch.tensor(values, device=self.device)
