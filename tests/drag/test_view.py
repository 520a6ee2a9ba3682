"""What is read around the handles is the same, whether it comes from whole maps or from a cut."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from drag.config import DragConfig
from drag.engine import drag
from drag.paper import PaperMatching
from drag.request import DragRequest
from drag.view import view_around
from training.networks_stylegan2 import Generator

SIZE, CELLS = (256, 192), (64, 48)


def features(seed):
    dice = torch.Generator().manual_seed(seed)
    coarse = torch.randn(1, 5, 16, 12, generator=dice)
    return torch.nn.functional.interpolate(coarse, CELLS, mode="bicubic")


def places(count):
    across, down = st.floats(0, SIZE[1] - 1), st.floats(0, SIZE[0] - 1)
    return st.lists(st.tuples(across, down), min_size=1, max_size=count)


@given(points=places(3), goals=places(3), seed=st.integers(0, 99), r2=st.floats(1, 20))
@settings(max_examples=60, deadline=None)
def test_tracking_and_pulling_see_no_difference(points, goals, seed, r2):
    handles = torch.tensor(points, dtype=torch.float32)
    targets = torch.tensor([goals[i % len(goals)] for i in range(len(points))], dtype=torch.float32)
    before, now = features(seed), features(seed).roll((1, 1), (2, 3))
    matching = PaperMatching(DragConfig(r2=r2), SIZE, len(points))
    reference = matching.reference(before, handles)
    view = view_around(handles, matching, CELLS, SIZE)
    top, left, bottom, right = view.cells
    cut, inside = now[:, :, top:bottom, left:right], view.matching(matching)

    whole_track = matching.track(now, reference, handles)
    cut_track = view.leave(inside.track(cut, reference, view.enter(handles)))
    assert torch.allclose(whole_track, cut_track, atol=1e-2)

    whole_pull = matching.motion(now, reference, whole_track, targets)
    cut_pull = inside.motion(cut, reference, view.enter(whole_track), view.enter(targets))
    assert torch.allclose(whole_pull, cut_pull, rtol=1e-3, atol=1e-5)


def test_a_view_is_no_larger_than_it_must_be():
    matching = PaperMatching(DragConfig(), (512, 512), 1)
    view = view_around(torch.tensor([[256.0, 100.0]]), matching, (128, 128), (512, 512))
    top, left, bottom, right = view.cells
    assert (bottom - top) <= 20 and (right - left) <= 20  # Of 128: the search reaches 12 px, 3 cells.
    assert view.origin == (left * 4.0, top * 4.0)


class Recording(Generator):
    """A StyleGAN2 that notes what is asked of it, and may ignore which region is wanted."""

    def __init__(self, cuts):
        torch.manual_seed(0)
        super().__init__(16, 0, 16, 256, 3, channel_base=1024, channel_max=16)
        self.eval().requires_grad_(False)
        self.cuts = cuts
        self.asked: list[object] = []
        self.given: list[tuple[int, ...]] = []

    def taps(self, ws, feature_block=None, rgb_resolution=None, noise_mode="const", region=None):
        found = super().taps(ws, feature_block, rgb_resolution, noise_mode, region if self.cuts else None)
        self.asked.append(region)
        if found.features is not None:
            self.given.append(tuple(found.features.shape[2:]))
        return found


def dragged(cuts, mask=None):
    generator = Recording(cuts)
    w = generator.mapping(torch.randn(1, 16, generator=torch.Generator().manual_seed(3)))[0]
    points = np.array([[100, 120]], np.float32)
    request = DragRequest(points=points, targets=points + np.array([20, -10], np.float32), mask=mask)
    steps = list(drag(generator, w, request, DragConfig(max_steps=8, step_size=0.05)))
    return generator, steps


def test_a_drag_on_cuts_goes_the_way_of_one_on_whole_maps():
    cutting, short = dragged(True)
    ignoring, long = dragged(False)
    assert cutting.asked[0] is None and cutting.given[0] == (128, 128)  # The first look takes references.
    assert all(rows < 64 and columns < 64 for rows, columns in cutting.given[1:])
    assert set(ignoring.given) == {(128, 128)}
    assert len(short) == len(long) == 9
    for mine, theirs in zip(short, long, strict=True):
        assert np.allclose(mine.points, theirs.points, atol=0.02)
        assert torch.allclose(mine.w, theirs.w, atol=2e-3)


def test_a_mask_needs_whole_maps():
    mask = np.zeros((256, 256), np.float32)
    mask[80:160, 60:160] = 1
    generator, _ = dragged(True, mask)
    assert set(generator.asked) == {None} and set(generator.given) == {(128, 128)}


def test_the_published_preset_reads_whole_maps():
    generator = Recording(True)
    w = generator.mapping(torch.zeros(1, 16) + 0.5)[0]
    points = np.array([[100, 120]], np.float32)
    request = DragRequest(points=points, targets=points + np.float32(9))
    for step in drag(generator, w, request, DragConfig.published()):
        if step.index == 3:
            break
    assert set(generator.asked) == {None}
