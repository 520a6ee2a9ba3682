"""One look at a state of a drag: all that is computed from w, in one forward and one backward pass."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from drag import picture
from drag.config import DragConfig
from drag.latent import LatentMove
from drag.matching import Matching, make_matching
from drag.paper import PaperMatching
from drag.request import DragRequest, FloatArray
from drag.types import Generator, Guide
from drag.view import View, view_around


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
        self._device = device
        # References: taken from the next state that is looked at, where they are None.
        self._handle_features: Tensor | None = None
        self._first_features: Tensor | None = None
        self._first_rgb: Tensor | None = None
        self._points = torch.empty(0)
        # Rows and columns of the whole feature map, once seen, and the part of it that is looked at.
        self._map_size: tuple[int, int] | None = None
        self._view: View | None = None
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
        self._resolution = picture.resolution(self._guides, holds, self._generator.image_size)

    def grip(self, request: DragRequest) -> None:
        """Put the handles on the request's points."""
        self._points = self.matching.place(self._tensor(request.points))

    def forget(self, handles_only: bool = False) -> None:
        """Take references anew from the next state: of the handles, or of the whole picture too."""
        self._handle_features = None
        if not handles_only:
            self._first_features = self._first_rgb = None

    def __call__(self, move: LatentMove, shift: Tensor) -> Evaluation:
        """Look at the state that a shift [rows, w_dim] on the host leads to."""
        with torch.enable_grad():
            shift = shift.to(self._device, copy=True).requires_grad_()
            w = move.w(shift)
            features, rgb = self._tap(w)
            opinion = picture.ask(self._guides, rgb, self._points)
            self._follow(features, opinion)
            self._refer(features, rgb)
            terms = self._terms(features, rgb, opinion) | move.terms(shift)
            (gradient,) = torch.autograd.grad(torch.stack(list(terms.values())).sum(), shift)
        parts = [
            torch.stack(list(terms.values())),
            opinion.remaining,
            opinion.content,
            self._points,
            gradient,
        ]
        # The one time in a step that the host waits for the device.
        numbers = torch.cat([part.detach().flatten().float() for part in parts]).cpu()
        losses, remaining, content, points, gradient = numbers.split([part.numel() for part in parts])
        return Evaluation(
            w=w.detach(),
            gradient=gradient.reshape(shift.shape).clone(),
            points=points.reshape(-1, 2).numpy().copy(),
            losses=dict(zip(terms, losses.tolist(), strict=True)),
            guided=remaining.item() if self._guides else None,
            content=bool(self._guides) and content.item() > 0,
        )

    # ----------------------------------------------------------------------------
    # The parts of a look.

    def _tap(self, w: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """Run the generator as far as the terms of the loss need it; find which view its features show."""
        block = min(self.config.feature_block, self._generator.num_blocks - 1)
        view = self._plan()
        taps = self._generator.taps(
            w[None],
            feature_block=block if self._sees_features else None,
            rgb_resolution=self._resolution,
            noise_mode="const",
            region=None if view is None else view.cells,
        )
        features = taps.features if self._sees_features else None
        if features is not None and view is None:
            self._map_size = (features.shape[2], features.shape[3])
        is_cut = features is not None and (features.shape[2], features.shape[3]) != self._map_size
        self._view = view if is_cut else None
        if features is not None and taps.margin > 0 and self.config.preset == "paper":
            # StyleGAN3 computes more than the picture. The published code overlooks that, and is repeated.
            inside = slice(taps.margin, -taps.margin)
            features = features[:, :, inside, inside]
        rgb = None if self._resolution is None else taps.rgb
        return (None if features is None else features.float()), (None if rgb is None else rgb[:, :3].float())

    def _plan(self) -> View | None:
        """Plan which part of the features this step reads; None where it reads all of them, or picture too.

        The mask term compares all features outside the mask, and a guide sees handles anywhere.
        """
        reads_handles_only = self._sees_features and self._resolution is None and self._mask is None
        if not reads_handles_only or not isinstance(self.matching, PaperMatching) or self._map_size is None:
            return None
        if self._handle_features is None or self._first_features is None:
            return None  # References are taken from whole maps.
        return view_around(self._points, self.matching, self._map_size, self._generator.image_size)

    def _in_view(self, *points: Tensor) -> tuple[Matching, list[Tensor]]:
        """Count points from the corner of what the features show, and the matching with them."""
        if self._view is None or not isinstance(self.matching, PaperMatching):
            return self.matching, list(points)
        return self._view.matching(self.matching), [self._view.enter(some) for some in points]

    def _follow(self, features: Tensor | None, opinion: picture.Opinion) -> None:
        """Find the handles again, by their features, or where a guide sees them."""
        if features is not None and self._handle_features is not None:
            with torch.no_grad():
                matching, (points,) = self._in_view(self._points)
                points = matching.track(features, self._handle_features, points)
                self._points = points if self._view is None else self._view.leave(points)
        if self._guides:
            self._points = torch.where(opinion.points.isnan(), self._points, opinion.points)

    def _refer(self, features: Tensor | None, rgb: Tensor | None) -> None:
        """Take those references that are missing."""
        if features is not None and self._handle_features is None:
            self._handle_features = self.matching.reference(features.detach(), self._points)
        if features is not None and self._first_features is None:
            self._first_features = features.detach()
        if rgb is not None and self._first_rgb is None:
            self._first_rgb = rgb.detach()
        if self._mask is not None and self._held is None:
            self._held = (
                None if features is None else self.matching.held(self._mask, features),
                None if rgb is None else picture.held_weights(self._mask, rgb),
            )

    def _terms(
        self, features: Tensor | None, rgb: Tensor | None, opinion: picture.Opinion
    ) -> dict[str, Tensor]:
        """Compute the weighted terms of the loss that look at features and picture."""
        config, terms = self.config, dict[str, Tensor]()
        features_held, rgb_held = self._held or (None, None)
        if features is not None and self._handle_features is not None:
            matching, (points, targets) = self._in_view(self._points, self._targets)
            motion = matching.motion(features, self._handle_features, points, targets)
            terms["motion"] = config.motion_weight * motion.sum()
            if features_held is not None and self._first_features is not None:
                change = self.matching.hold(features, self._first_features, features_held)
                terms["mask"] = config.mask_weight * change
        if self._guides:
            terms["guide"] = config.guide_weight * opinion.loss
        if rgb is not None and rgb_held is not None and self._first_rgb is not None:
            terms["hold"] = config.hold_weight * picture.hold(rgb, self._first_rgb, rgb_held)
        return terms

    def _tensor(self, values: FloatArray) -> Tensor:
        return torch.tensor(values, device=self._device)
