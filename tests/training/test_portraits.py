"""The drawn portraits: exact landmarks, honest truncation, the same picture at every size."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training.portraits import (
    FACTOR_INDEX,
    FACTORS,
    PARTS,
    Z_DIM,
    factors_from_latent,
    factors_from_scores,
    normalise_latent,
    render,
)
from training.portraits.canvas import Pose
from training.portraits.landmarks import landmarks68
from training.portraits.stream import PortraitStream, sample_scores

LID_PAIRS = ((37, 41), (38, 40), (43, 47), (44, 46))
LIP_PAIRS = ((61, 67), (62, 66), (63, 65))


def scores_with(**values: float) -> torch.Tensor:
    scores = torch.randn([4, Z_DIM], generator=torch.Generator().manual_seed(3)) * 0.5
    for name, value in values.items():
        scores[:, FACTOR_INDEX[name]] = value
    return scores


def gaps(landmarks: torch.Tensor, pairs: tuple[tuple[int, int], ...]) -> torch.Tensor:
    return torch.stack([landmarks[:, low, 1] - landmarks[:, high, 1] for high, low in pairs], dim=1)


def test_every_factor_fits_into_the_latent_and_has_a_name_of_its_own() -> None:
    assert len(FACTORS) <= Z_DIM
    assert len(FACTOR_INDEX) == len(FACTORS)


def test_a_shut_eye_has_no_aperture_and_an_open_one_has() -> None:
    shut = landmarks68(factors_from_scores(scores_with(eye_open=-3.0)), 256)
    wide = landmarks68(factors_from_scores(scores_with(eye_open=1.5)), 256)
    assert gaps(shut, LID_PAIRS).abs().max() < 0.05
    assert gaps(wide, LID_PAIRS).min() > 6


def test_closed_lips_meet_and_an_open_mouth_takes_the_chin_down() -> None:
    shut = landmarks68(factors_from_scores(scores_with(mouth_open=-3.0)), 256)
    wide = landmarks68(factors_from_scores(scores_with(mouth_open=2.5)), 256)
    assert gaps(shut, LIP_PAIRS).abs().max() < 0.05
    assert gaps(wide, LIP_PAIRS).min() > 6
    assert (wide[:, 8, 1] - shut[:, 8, 1]).min() > 4


def test_landmarks_stand_where_the_parts_are_drawn() -> None:
    """Iris between the lid landmarks, mouth between the lip landmarks, skin inside the jaw."""
    portrait = render(factors_from_scores(scores_with(eye_open=0.5, mouth_open=2.5, gaze_x=0, gaze_y=0)), 256)
    for number in range(4):
        points, labels = portrait.landmarks[number], portrait.labels[number]

        def part(x: float, y: float, labels: torch.Tensor = labels) -> str:
            return PARTS[int(labels[round(y), round(x)])]

        for eye in (slice(36, 42), slice(42, 48)):
            assert part(*points[eye].mean(dim=0).tolist()) in ("iris", "eye")
        assert part(*points[60:68].mean(dim=0).tolist()) in ("mouth", "teeth")
        x, y = points[8].tolist()
        assert part(x, y - 5) == "skin"
        assert part(x, y + 5) == "neck"


def test_closing_the_eyes_changes_the_picture_around_the_eyes_alone() -> None:
    wide = render(factors_from_scores(scores_with(eye_open=0.5)), 128)
    shut = render(factors_from_scores(scores_with(eye_open=-3.0)), 128)
    change = (wide.image - shut.image).abs().mean(dim=(0, 1))
    rows = change.mean(dim=1)
    assert rows[45:65].max() > 0.01
    assert rows[80:].max() < 1e-4


def test_a_picture_is_the_same_at_half_the_size() -> None:
    factors = factors_from_latent(torch.randn([2, Z_DIM], generator=torch.Generator().manual_seed(5)))
    large, small = render(factors, 256), render(factors, 128)
    error = (torch.nn.functional.avg_pool2d(large.image, 2) - small.image).abs()
    assert error.mean() < 0.01
    assert torch.allclose((large.landmarks + 0.5) / 2, small.landmarks + 0.5, atol=1e-3)


def test_truncation_scales_the_scores() -> None:
    z = torch.randn([3, Z_DIM], generator=torch.Generator().manual_seed(6))
    truncated, direct = factors_from_latent(z, 0.7), factors_from_scores(0.7 * normalise_latent(z))
    assert all(torch.equal(truncated[name], direct[name]) for name in truncated)
    mean = factors_from_latent(z, 0.0)
    assert all((value == value[:1]).all() for value in mean.values())


def test_a_latent_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2, 7\).*\[N, 64\]"):
        factors_from_latent(torch.zeros([2, 7]))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(-0.9, 0.9), st.floats(-0.9, 0.9))
def test_the_pose_is_undone_exactly(seed: int, x: float, y: float) -> None:
    scores = torch.randn([1, Z_DIM], generator=torch.Generator().manual_seed(seed))
    pose = Pose(factors_from_scores(scores))
    px, py = pose.to_picture(torch.tensor([[[x]]]), torch.tensor([[[y]]]))
    back_x, back_y = pose.to_head(px, py)
    assert abs(float(back_x) - x) < 1e-4
    assert abs(float(back_y) - y) < 1e-4


def test_the_stream_repeats_itself_from_the_same_seed_and_keeps_latent_and_picture_together() -> None:
    def draw(turns: int) -> list[tuple[torch.Tensor, ...]]:
        stream = PortraitStream(32, 2, torch.Generator().manual_seed(1), repeats=2, depth=2)
        return [next(stream) for _ in range(turns)]

    for first, second in zip(draw(5), draw(5), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
        scores = normalise_latent(first[0]) * first[1]
        drawn = render(factors_from_scores(scores), 32).image
        assert (drawn - first[2]).abs().max() < 0.02
        assert float(first[3].mean()) == pytest.approx(1, abs=1e-4)


def test_expressive_factors_are_shown_far_from_the_middle() -> None:
    scores = sample_scores(400, torch.Generator().manual_seed(0))
    column = FACTOR_INDEX["eye_open"]
    assert (scores[:, column] < -2).float().mean() > 0.01
    assert (scores[:, FACTOR_INDEX["back_colour"]].abs() > 2.6).float().mean() < 0.01
