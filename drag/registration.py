"""Where a change of w takes a handle: tracking by a patch, and a pull that is the distance itself.

Motion supervision's loss says which way to pull and not how far is left, and it is another function at every
step. Here a handle's own place is made a function of w: features that change beneath a handle move the place
at which its own features are found (Lucas and Kanade, 1981). The loss is the distance from there to the
target: one function of w all along, whose slope is exact to first order, so that rules that learn the loss's
curvature from step to step can be used.

Features are compared by their direction alone (cosine), five of them for each handle: in the middle and a
cell to each side.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from drag.config import DragConfig
from drag.paper import PaperMatching
from drag.sampling import lattice, sample

# Distances up to about so many px at 512 count by their square, further ones as they are.
NEAR = 8.0
# A step of the search, in features' squared difference: the window's edge costs so much more than its middle.
STAY = 0.3
# A patch whose squared difference from the reference is this has lost half of its say.
DOUBT = 0.15
# With this many handles, they have a field in common by which the doubtful ones are placed.
CROWD = 6
# A handle so many px at 512 off the common field is not asked where that field lies.
ODD = 6.0

# A length that counts as none.
_LEAST = 1e-12

# Where a patch is read, in cells: (x, y).
CROSS = ((0.0, 0.0), (-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0))


class RegistrationMatching(PaperMatching):
    """Follow handles by patches, doubtful ones by the others, and pull by the distance from the targets.

    A reference [N, 5 C + 2] holds each handle's patch and its place.
    """

    def __init__(self, config: DragConfig, image_size: tuple[int, int], point_count: int) -> None:
        super().__init__(config, image_size, point_count)
        self.scale = max(image_size) / 512

    def reference(self, features: Tensor, points: Tensor) -> Tensor:
        """Read the patches [N, 5 C] that handles [N, 2] are known by, and note their places."""
        patches = self._patches(features, points)
        return torch.cat((patches.permute(1, 2, 0).flatten(1), points), dim=1)

    def track(self, features: Tensor, reference: Tensor, points: Tensor) -> Tensor:
        """Move handles to the patches most like theirs, near where they were, then on between the nodes."""
        known, places = self._known(features, reference)
        points = self._search(features, known, points)
        for _ in range(3):
            points = self._refine_patch(features, known, points)
        if len(points) >= CROWD:
            points = self._agree(features, known, places, points)
        return self.place(points)

    def motion(self, features: Tensor, reference: Tensor, points: Tensor, targets: Tensor) -> Tensor:
        """Measure how far handles [N, 2] are from their targets [N, 2], as a function of the features.

        Pseudo-Huber distances over `NEAR`, divided by the number of handles.
        """
        known, _ = self._known(features, reference)
        across, down = self._slopes(features.detach(), points)
        here = self._patches(features, points)
        trust = 1 / (1 + (_difference(here.detach(), known) / DOUBT).square())
        place = points + trust[:, None] * _shift(across, down, here.detach() - here)
        away = ((place - targets) / (NEAR * self.scale)).square().sum(dim=1)
        return ((away + 1).sqrt() - 1) / len(points)

    # ----------------------------------------------------------------------------
    # The parts of tracking.

    def _search(self, features: Tensor, known: Tensor, points: Tensor) -> Tensor:
        """Find the node of a square window about each handle whose patch is most like the known one."""
        spacing = self._cell(features) / 2
        reach = max(1, round(self.search_radius / spacing))
        side = 2 * reach + 1
        offsets = lattice(reach + 2, points.device) * spacing
        read = sample(features, points[:, None] + offsets, self.image_size)[0]
        alike = torch.einsum("cnk,cnm->nkm", known, read) / read.norm(dim=0)[:, None].clamp(min=_LEAST)
        alike = alike.unflatten(2, (side + 4, side + 4))
        worth = features.new_zeros(len(points), side, side)
        for index, (x, y) in enumerate(CROSS):
            # A patch reaches a cell, which is two nodes.
            top, left = 2 + round(2 * y), 2 + round(2 * x)
            worth += alike[:, index, top : top + side, left : left + side]
        window = lattice(reach, points.device) * spacing
        cost = 2 - 2 * worth.flatten(1) / len(CROSS)
        cost = cost + STAY * window.square().sum(1) / self.search_radius**2
        return points + window[cost.argmin(dim=1)]

    def _refine_patch(self, features: Tensor, known: Tensor, points: Tensor) -> Tensor:
        """Move handles by at most a node to where their patches come nearest to the known ones."""
        most = self._cell(features) / 2
        across, down = self._slopes(features, points)
        step = _shift(across, down, known - self._patches(features, points))
        return points + step.clamp(-most, most)

    def _agree(self, features: Tensor, known: Tensor, places: Tensor, points: Tensor) -> Tensor:
        """Move handles whose patches are doubtful to where an affine map of all handles has them.

        The map takes the handles' first places to their present ones; it is fitted by least squares, in which
        doubtful handles and those that go their own way count for less.
        """
        doubt = _difference(self._patches(features, points), known) / DOUBT
        middle = places.mean(dim=0)
        spread = (places - middle) / (places - middle).std().clamp(min=1.0)
        columns = torch.cat((torch.ones_like(places[:, :1]), spread), dim=1)
        ease = 1e-3 * torch.eye(3, device=points.device)
        moved, share = points - places, torch.exp(-doubt)[:, None]
        weights = share
        for _ in range(3):
            known_by, seen = columns.t() @ (weights * columns), columns.t() @ (weights * moved)
            field = torch.linalg.solve(known_by + ease, seen)
            odd = (moved - columns @ field).norm(dim=1, keepdim=True) / (ODD * self.scale)
            weights = share / (1 + odd.square())
        lost = (doubt.square() / (1 + doubt.square()))[:, None]
        return torch.lerp(points, places + columns @ field, lost)

    # ----------------------------------------------------------------------------
    # Patches [C, N, 5] of unit vectors.

    def _known(self, features: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
        """Split a reference into patches [C, N, 5] and places [N, 2]."""
        patches = reference[:, :-2].unflatten(1, (len(CROSS), features.shape[1]))
        return patches.permute(2, 0, 1), reference[:, -2:]

    def _patches(self, features: Tensor, points: Tensor, shift: tuple[float, float] = (0.0, 0.0)) -> Tensor:
        """Read the patches about points [N, 2], each moved by a shift, in cells."""
        cross = (points.new_tensor(CROSS) + points.new_tensor(shift)) * self._cell(features)
        return F.normalize(sample(features, points[:, None] + cross, self.image_size)[0], dim=0)

    def _slopes(self, features: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
        """Measure how patches change along x and y, a px."""
        half = 0.5
        left, right, above, below = (
            self._patches(features, points, shift) for shift in ((-half, 0), (half, 0), (0, -half), (0, half))
        )
        cell = self._cell(features)
        return (right - left) / cell, (below - above) / cell


def _shift(across: Tensor, down: Tensor, missing: Tensor) -> Tensor:
    """Find the shifts [N, 2] px that make up for what patches miss: least squares, a little stiff."""
    xx, xy, yy = (a.sum(dim=(0, 2)) for a in (across * across, across * down, down * down))
    x, y = (across * missing).sum(dim=(0, 2)), (down * missing).sum(dim=(0, 2))
    # Along an edge one direction says nothing: stiffness keeps handles where they are.
    stiffness = 1e-2 * (xx + yy) + 1e-12
    xx, yy = xx + stiffness, yy + stiffness
    return torch.stack((yy * x - xy * y, xx * y - xy * x), dim=1) / (xx * yy - xy * xy)[:, None]


def _difference(patches: Tensor, known: Tensor) -> Tensor:
    """Average the squared difference of patches over their five places: [N], 0 to 4."""
    return (patches - known).square().sum(dim=0).mean(dim=1)
