"""What is read around the handles is the same, whether it comes from whole maps or from a cut."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from drag import precision
from drag.config import DragConfig
from drag.engine import drag
from drag.holding import hold_in_parts
from drag.paper import PaperMatching
from drag.request import DragRequest
from drag.session import DragSession
from drag.view import View, covered, joined, view_around
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
    view = view_around(handles.numpy(), matching, CELLS, SIZE)
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
    view = view_around(np.array([[256, 100]], np.float32), matching, (128, 128), (512, 512))
    top, left, bottom, right = view.cells
    assert (bottom - top) <= 20 and (right - left) <= 20  # Of 128: the search reaches 12 px, 3 cells.
    assert view.origin == (left * 4.0, top * 4.0)


@pytest.fixture(autouse=True)
def full_floats(monkeypatch):
    monkeypatch.setattr(precision, "multiplies_half_floats", lambda: False)


class Recording(Generator):
    """A StyleGAN2 that notes what is asked of it and given, and may ignore which parts are wanted."""

    def __init__(self, cuts):
        torch.manual_seed(0)
        super().__init__(16, 0, 16, 256, 3, channel_base=1024, channel_max=16)
        self.eval().requires_grad_(False)
        self.cuts = cuts
        self.asked: list[object] = []
        self.given: list[list[tuple[int, ...]]] = []

    def taps(self, ws, feature_block=None, rgb_resolution=None, noise_mode="const", cut=None):
        found = super().taps(ws, feature_block, rgb_resolution, noise_mode, cut if self.cuts else None)
        self.asked.append(cut)
        maps = [found.features] if found.cut is None else found.cut.parts
        self.given.append([tuple(part.shape[2:]) for part in maps if part is not None])
        return found


def dragged(cuts, mask=None, points=((100, 120),), **options):
    generator = Recording(cuts)
    w = generator.mapping(torch.randn(1, 16, generator=torch.Generator().manual_seed(3)))[0]
    start = np.array(points, np.float32)
    request = DragRequest(points=start, targets=start + np.array([20, -10], np.float32), mask=mask)
    config = DragConfig(**{"max_steps": 8, "step_size": 0.05, **options})
    steps = list(drag(generator, w, request, config))
    return generator, steps


def same_way(short, long, pixels=0.02, apart=2e-3):
    assert len(short) == len(long)
    for mine, theirs in zip(short, long, strict=True):
        assert np.allclose(mine.points, theirs.points, atol=pixels)
        assert torch.allclose(mine.w, theirs.w, atol=apart)


def test_a_drag_on_cuts_goes_the_way_of_one_on_whole_maps():
    cutting, short = dragged(True)
    ignoring, long = dragged(False)
    assert cutting.asked[0] is None and cutting.given[0] == [(128, 128)]  # The first look takes references.
    assert all(rows < 64 and columns < 64 for parts in cutting.given[1:] for rows, columns in parts)
    assert all(parts == [(128, 128)] for parts in ignoring.given)
    same_way(short, long)


def test_handles_far_apart_are_seen_through_rectangles_of_their_own():
    points = ((30, 30), (220, 215))
    cutting, short = dragged(True, points=points)
    _, long = dragged(False, points=points)
    assert all(len(parts) == 2 for parts in cutting.given[1:])
    same_way(short, long)


def test_the_rectangles_follow_the_handles():
    cutting, steps = dragged(True, max_steps=14, step_size=0.1)
    moved = np.abs(steps[-1].points - steps[0].points).max()
    assert moved > 4 and len({asked for asked in cutting.asked if asked is not None}) > 1


def test_handles_all_over_the_picture_are_seen_in_whole_maps():
    points = [(x, y) for x in range(20, 240, 40) for y in range(20, 240, 40)]
    generator, _ = dragged(True, points=points, max_steps=3)
    assert all(parts == [(128, 128)] for parts in generator.given)


# ----------------------------------------------------------------------------
# With a mask.


def box(left, top, right, bottom):
    mask = np.zeros((256, 256), np.float32)
    mask[top:bottom, left:right] = 1
    return mask


def test_with_a_mask_a_lower_block_says_what_happens_elsewhere():
    generator, _ = dragged(True, box(60, 80, 160, 160))
    assert generator.given[0] == [(128, 128)]  # Whole, for later states to be compared with.
    assert all(rows < 64 and columns < 64 for parts in generator.given[1:] for rows, columns in parts)
    assert all(asked[1] == 32 for asked in generator.asked[1:])


def test_the_mask_term_of_parts_is_that_of_whole_maps_about():
    _, short = dragged(True, box(60, 80, 160, 160))
    _, long = dragged(False, box(60, 80, 160, 160))
    assert short[0].losses["mask"] == long[0].losses["mask"] == 0
    for mine, theirs in list(zip(short, long, strict=True))[1:4]:
        assert 0.5 < mine.losses["mask"] / theirs.losses["mask"] < 2.0


def test_what_is_known_counts_exactly_and_the_rest_by_the_block_below():
    whole = torch.zeros(1, 3, 8, 8)
    change = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    held = torch.rand(8, 8, generator=torch.Generator().manual_seed(1))
    everywhere = View((0, 0, 8, 8), ((0, 0, 8, 8),), (0.0, 0.0), (8, 8), 1.0)
    exact = (change.abs() * held).mean()
    assert torch.allclose(hold_in_parts(change, whole, held, everywhere, torch.rand(1, 5, 4, 4)), exact)
    # A change that is alike all over: the block below changes by a third of it, and is scaled to it.
    alike, below = torch.full((1, 3, 8, 8), 0.6), torch.full((1, 5, 4, 4), 0.2)
    corner = View((0, 4, 3, 8), ((0, 4, 3, 8),), (4.0, 0.0), (3, 4), 1.0)
    estimate = hold_in_parts(corner.of(alike), whole, held, corner, below)
    assert torch.allclose(estimate, 0.6 * held.mean())


def test_a_mask_that_comes_later_is_held_in_whole_maps():
    generator = Recording(True)
    w = generator.mapping(torch.randn(1, 16, generator=torch.Generator().manual_seed(3)))[0]
    points = np.array([[100, 120]], np.float32)
    session = DragSession(generator, w, DragRequest(points, points + np.float32(20)))
    session.step()
    session.step()
    session.change(DragRequest(points, points + np.float32(20), box(60, 80, 160, 160)))
    session.step()
    assert generator.given[1] != [(128, 128)] and generator.given[2] == [(128, 128)]


def test_the_published_preset_reads_whole_maps():
    generator = Recording(True)
    w = generator.mapping(torch.zeros(1, 16) + 0.5)[0]
    points = np.array([[100, 120]], np.float32)
    request = DragRequest(points=points, targets=points + np.float32(9))
    for step in drag(generator, w, request, DragConfig.published()):
        if step.index == 3:
            break
    assert set(generator.asked) == {None}


# ----------------------------------------------------------------------------
# Rectangles.


sides = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 9), st.integers(1, 9))


@given(st.lists(sides, min_size=1, max_size=9))
@settings(max_examples=60, deadline=None)
def test_joined_rectangles_hold_all_that_they_were_made_of(places):
    boxes = [(top, left, top + height, left + width) for top, left, height, width in places]
    size, device = (30, 30), torch.device("cpu")
    assert bool((covered(joined(boxes), size, device) >= covered(boxes, size, device)).all())
    kept = joined(boxes)
    # Each of them lies in one of those, so that its part can be cut out of it.
    for top, left, bottom, right in boxes:
        assert any(a <= top and b <= left and bottom <= c and right <= d for a, b, c, d in kept)


def test_what_is_far_apart_is_not_joined_and_what_is_near_is():
    assert joined([(0, 0, 9, 9), (90, 90, 99, 99)]) == ((0, 0, 9, 9), (90, 90, 99, 99))
    assert joined([(0, 0, 9, 9), (3, 6, 12, 14)]) == ((0, 0, 12, 14),)


def test_swift_drags_of_many_handles_go_the_same_way_on_cuts():
    points = [(x, y) for x in (90, 110, 130) for y in (100, 118, 136)]
    options = {"preset": "swift", "step_rule": "adaptive", "step_size": 0.3, "max_steps": 5}
    cutting, short = dragged(True, points=points, **options)
    _, long = dragged(False, points=points, **options)
    assert all(parts != [(128, 128)] for parts in cutting.given[1:])
    same_way(short, long, pixels=0.05, apart=5e-3)
