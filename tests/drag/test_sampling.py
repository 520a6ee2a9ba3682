"""Reading features at points equals what torch computes the long way."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from drag.config import DragConfig
from drag.paper import PaperMatching, stop_distance
from drag.published import PublishedMatching
from drag.sampling import disc, lattice, points_from, resized_windows, rows_and_columns, sample, window_inside

sizes = st.integers(2, 24)
seeds = st.integers(0, 2**31)


def noise(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@given(sizes, sizes, sizes, sizes, seeds)
@settings(max_examples=60, deadline=None)
def test_windows_are_cut_from_the_resized_map(height, width, image_height, image_width, seed):
    features = noise(seed, 1, 3, height, width)
    image_size = (image_height, image_width)
    resized = F.interpolate(features, size=image_size, mode="bilinear", align_corners=False)[0]
    random = np.random.default_rng(seed)
    points = torch.from_numpy(
        np.stack([random.integers(0, image_width, 5), random.integers(0, image_height, 5)], axis=1)
    ).float()
    windows = resized_windows(features, points, 2, image_size)
    inside = window_inside(points, 2, image_size)
    for window, within, (x, y) in zip(windows, inside, points.int().tolist(), strict=True):
        for i, j in torch.cartesian_prod(torch.arange(5), torch.arange(5)).tolist():
            row, column = y + i - 2, x + j - 2
            assert bool(within[i, j]) == (0 <= row < image_height and 0 <= column < image_width)
            if within[i, j]:
                torch.testing.assert_close(window[i, j], resized[:, row, column], rtol=1e-4, atol=1e-5)


@given(sizes, sizes, seeds)
@settings(max_examples=40, deadline=None)
def test_sampling_is_bilinear(height, width, seed):
    features = noise(seed, 1, 2, height, width)
    points = torch.rand(3, 4, 2, generator=torch.Generator().manual_seed(seed))
    points = points * torch.tensor([width - 1.0, height - 1.0])
    found = sample(features, points, (height, width))
    rows, columns = rows_and_columns(points)
    top, left = rows.floor().long(), columns.floor().long()
    bottom, right = (top + 1).clamp(max=height - 1), (left + 1).clamp(max=width - 1)
    down, across = rows - top, columns - left
    expected = (
        features[0][:, top, left] * (1 - down) * (1 - across)
        + features[0][:, top, right] * (1 - down) * across
        + features[0][:, bottom, left] * down * (1 - across)
        + features[0][:, bottom, right] * down * across
    )
    torch.testing.assert_close(found[0], expected, rtol=1e-3, atol=1e-4)


@given(st.integers(1, 4), seeds)
@settings(max_examples=30, deadline=None)
def test_a_coarse_map_covers_the_whole_picture(factor, seed):
    """A linear ramp is read as itself at any resolution, away from the outermost half cell."""
    height, width = 8 * factor, 12 * factor
    y, x = torch.meshgrid(torch.arange(height) * 1.0, torch.arange(width) * 1.0, indexing="ij")
    ramp = F.avg_pool2d((2 * x - 3 * y)[None, None], factor)
    points = torch.rand(1, 20, 2, generator=torch.Generator().manual_seed(seed))
    points = points * torch.tensor([width - 2.0 * factor, height - 2.0 * factor]) + factor
    found = sample(ramp, points, (height, width))[0, 0]
    torch.testing.assert_close(found, 2 * points[..., 0] - 3 * points[..., 1], rtol=1e-3, atol=1e-2)


@given(st.floats(0.5, 8), st.floats(0.3, 2))
def test_a_disc_holds_the_nodes_within_its_radius(radius, spacing):
    nodes = disc(radius, spacing, torch.device("cpu"))
    assert (nodes.norm(dim=1) <= radius + 1e-4).all()
    assert (nodes == 0).all(dim=1).any()
    torch.testing.assert_close(nodes.sum(dim=0), torch.zeros(2), atol=1e-3, rtol=0)
    reach = int(radius / spacing) + 1
    everything = lattice(reach, torch.device("cpu")) * spacing
    assert len(nodes) == (everything.norm(dim=1) <= radius * (1 + 5e-7)).sum()


def test_points_are_swapped_into_rows_and_columns_and_back():
    points = torch.tensor([[3.0, 7.0]])
    rows, columns = rows_and_columns(points)
    assert (rows.item(), columns.item()) == (7, 3)
    torch.testing.assert_close(points_from(rows, columns), points)


# ----------------------------------------------------------------------------
# The published circle and its shift.


@given(st.integers(16, 64), st.integers(1, 6), seeds)
@settings(max_examples=30, deadline=None)
def test_the_published_pull_equals_the_long_way(size, radius, seed):
    """Resize the map, take each circle's pixels, and sample one pixel on with grid_sample."""
    random = np.random.default_rng(seed)
    features = noise(seed, 1, 3, 8, 8)
    points = torch.from_numpy(random.integers(0, size, (4, 2))).float()
    targets = torch.from_numpy(random.uniform(0, size - 1, (4, 2))).float()
    matching = PublishedMatching(DragConfig(r1=radius * 512 / size), (size, size))
    found = matching.motion(features, matching.reference(features, points), points, targets)

    resized = F.interpolate(features, size=(size, size), mode="bilinear", align_corners=False)
    line = torch.linspace(0, size, size)
    for index, (point, target) in enumerate(zip(points, targets, strict=True)):
        way = target - point
        if way.norm() <= 1:
            assert found[index] == 0
            continue
        near = ((line[:, None] - point[1]) ** 2 + (line[None] - point[0]) ** 2) ** 0.5 < radius
        rows, columns = near.nonzero(as_tuple=True)
        ahead = torch.stack([columns, rows], dim=1) + way / (way.norm() + 1e-7)
        grid = ahead[None, None] / (size - 1) * 2 - 1
        there = F.grid_sample(resized, grid, align_corners=True)[0, :, 0]
        expected = (there - resized[0, :, rows, columns]).abs().mean()
        assert found[index].item() == pytest.approx(expected.item(), rel=1e-3, abs=1e-4)


# ----------------------------------------------------------------------------
# The paper's tracking.


@given(st.floats(-2, 2), st.floats(-2, 2))
@settings(max_examples=40, deadline=None)
def test_a_shifted_pattern_is_found_to_a_part_of_a_pixel(x, y):
    image_size = (64, 64)
    place = torch.stack(torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="xy"), dim=-1)
    waves = noise(0, 16, 2) * 0.3

    def pattern(shift: torch.Tensor) -> torch.Tensor:
        return torch.sin((place - shift) @ waves.t() + 5 * waves[:, 0]).permute(2, 0, 1)[None]

    matching = PaperMatching(DragConfig(), image_size, 1)
    points, shift = torch.tensor([[30.0, 33.0], [20.5, 40.25]]), torch.tensor([x, y])
    reference = matching.reference(pattern(torch.zeros(2)), points)
    found = matching.track(pattern(shift), reference, points)
    torch.testing.assert_close(found, points + shift, atol=0.06, rtol=0)


@pytest.mark.parametrize(
    ("size", "count", "expected"), [(512, 5, 1), (512, 6, 2), (1024, 1, 1), (256, 1, 0.5), (64, 1, 0.25)]
)
def test_handles_must_come_within_a_pixel_or_two_and_nearer_in_small_pictures(size, count, expected):
    assert stop_distance(DragConfig(), (size, size), count) == expected
    assert stop_distance(DragConfig(stop_distance=3.0), (size, size), count) == 3


@pytest.mark.parametrize("size", [16, 64, 256, 1024])
def test_radii_scale_with_the_picture_and_never_vanish(size):
    matching = PaperMatching(DragConfig(), (size, size), 1)
    assert matching.pull_radius == max(1, 3 * size / 512)
    assert matching.search_radius == max(3, 12 * size / 512)
