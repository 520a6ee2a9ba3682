import numpy as np
import pytest
import torch
from torch import nn

from faces.expressions import EXPRESSIONS
from faces.guide import LandmarkGuide
from faces.landmark_network import LandmarkReading
from faces.landmarks import eye_distance
from tests.faces.conftest import draw

(FACE,) = draw([2], eye_open=0.9, mouth_open=0.4)[1]
# The five, and one of each further kind of movement.
KEYS = (
    *("close_eyes", "big_eyes", "close_mouth", "open_mouth", "slim_face"),
    *("wink_left", "smile", "turn_left", "tilt_right", "symmetrical"),
)
every_expression = pytest.mark.parametrize("expression", [EXPRESSIONS[key] for key in KEYS], ids=KEYS)


class Written(nn.Module):
    """A landmark network for pictures that hold their landmarks as numbers: the first 136 values."""

    def __init__(self, bias=0.0):
        super().__init__()
        self.bias = bias

    def forward(self, rgb):
        landmarks = rgb.flatten(1)[:, :136].reshape(-1, 68, 2) + self.bias
        return LandmarkReading(landmarks, rgb.new_ones(len(rgb)), rgb.new_ones(len(rgb), 68))


def picture_of(landmarks):
    """A picture [1, 3, 128, 128] that holds landmarks [68, 2] px of a 256 px frame."""
    rgb = torch.zeros(1, 3, 128, 128)
    rgb.view(-1)[:136] = torch.as_tensor((landmarks + 0.5) / 256).flatten()
    return rgb


def guide_for(expression, strength=1.0, face=FACE, bias=0.0):
    return LandmarkGuide(Written(bias), expression, face, strength, (256, 256))


@every_expression
def test_at_the_start_the_whole_way_is_left_and_the_loss_is_1(expression):
    guide = guide_for(expression)
    reading = guide(picture_of(FACE))
    assert reading.loss.item() == pytest.approx(1)
    assert reading.remaining.item() == pytest.approx(1)
    assert np.allclose(reading.points.numpy(), FACE[list(expression.moving)], atol=0.6)


@every_expression
def test_at_the_end_nothing_is_left_and_the_loss_is_0(expression):
    guide = guide_for(expression)
    guide(picture_of(FACE))
    reading = guide(picture_of(expression.moved(FACE, 1.0)))
    assert reading.loss.item() == pytest.approx(0, abs=1e-3)
    assert reading.remaining.item() == pytest.approx(0, abs=1e-2) and reading.remaining <= guide.tolerance
    _, _, targets = expression.targets(FACE, 1.0)
    assert np.allclose(reading.points.numpy(), targets, atol=0.1)


@every_expression
def test_following_the_slope_leads_there(expression):
    guide = guide_for(expression)
    rgb = picture_of(FACE).requires_grad_()
    optimiser = torch.optim.LBFGS([rgb], max_iter=300, line_search_fn="strong_wolfe")

    def evaluate():
        optimiser.zero_grad()
        loss = guide(rgb).loss
        loss.backward()
        return loss

    optimiser.step(evaluate)
    assert guide(rgb).remaining < guide.tolerance
    landmarks = rgb.detach().view(-1)[:136].reshape(68, 2).numpy() * 256 - 0.5
    held = sorted(set(range(68)) - set(expression.moving))
    assert not held or np.abs(landmarks - FACE)[held].max() < 0.5


@every_expression
def test_what_is_left_falls_along_the_way(expression):
    guide = guide_for(expression)
    way = [
        guide(picture_of(FACE + share * (expression.moved(FACE, 1.0) - FACE))) for share in (0, 0.3, 0.6, 1)
    ]
    assert (np.diff([float(reading.remaining) for reading in way]) < 0).all()
    assert (np.diff([float(reading.loss) for reading in way]) < 0).all()


def test_a_network_that_sees_everything_a_little_off_guides_all_the_same():
    expression = EXPRESSIONS["close_eyes"]
    guide = guide_for(expression, bias=0.01)
    guide(picture_of(FACE))
    reading = guide(picture_of(expression.moved(FACE, 1.0)))
    assert reading.remaining <= guide.tolerance
    assert np.allclose(reading.points.numpy(), expression.targets(FACE, 1.0)[2], atol=0.2)


def test_a_face_that_slides_away_is_not_closer_to_closed_eyes():
    guide = guide_for(EXPRESSIONS["close_eyes"])
    start = guide(picture_of(FACE))
    slid = guide(picture_of(FACE + np.array((0, 4))))
    assert slid.loss > start.loss and slid.remaining.item() == pytest.approx(start.remaining.item(), abs=1e-3)


def test_a_shut_mouth_has_nothing_to_shut():
    (face,) = draw([2], mouth_open=0.0)[1]
    guide = guide_for(EXPRESSIONS["close_mouth"], face=face)
    assert guide(picture_of(face)).remaining == 0


@pytest.mark.parametrize(("apart", "left"), [(0.007, 0), (0.01, 1), (0.03, 1)])
def test_lips_that_are_read_a_hair_apart_are_shut(apart, left):
    (face,) = draw([2], mouth_open=0.0)[1]
    upper, lower = [61, 62, 63], [67, 66, 65]
    face[upper] = face[lower] - (0, apart * eye_distance(face))
    guide = guide_for(EXPRESSIONS["close_mouth"], face=face)
    assert guide(picture_of(face)).remaining.item() == pytest.approx(left)


def test_a_little_of_an_expression_is_not_nothing():
    guide = guide_for(EXPRESSIONS["wide_nose"], strength=0.1)
    assert guide(picture_of(FACE)).remaining.item() == pytest.approx(1)
    nothing = guide_for(EXPRESSIONS["wide_nose"], strength=0.0)
    assert nothing(picture_of(FACE)).remaining == 0


def test_the_guide_changes_nothing_that_it_is_handed():
    face, rgb = FACE.copy(), picture_of(FACE)
    before = rgb.clone()
    guide = LandmarkGuide(Written(), EXPRESSIONS["slim_face"], face, 1.0, (256, 256))
    guide(rgb)
    assert np.array_equal(face, FACE) and torch.equal(rgb, before)


def test_the_loss_does_not_depend_on_the_size_of_the_frame():
    expression = EXPRESSIONS["open_mouth"]
    half = FACE + 0.3 * (expression.moved(FACE, 1.0) - FACE)
    losses = []
    for size in (256, 1024):
        scaled = (FACE + 0.5) * (size / 256) - 0.5
        guide = LandmarkGuide(Written(), expression, scaled, 1.0, (size, size))
        guide(picture_of(FACE))
        losses.append(guide(picture_of(half)).loss.item())
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


@pytest.mark.parametrize(("size", "expected"), [(32, 32), (128, 128), (256, 128), (1024, 128)])
def test_an_aligned_face_is_wanted_at_the_networks_resolution(size, expected):
    scaled = (FACE + 0.5) * (size / 256) - 0.5
    guide = LandmarkGuide(Written(), EXPRESSIONS["close_eyes"], scaled, 1.0, (size, size))
    assert guide.resolution == expected


def test_a_small_face_is_wanted_larger_but_not_larger_than_the_frame():
    small = FACE * 0.3
    for size, expected in ((256, 256), (1024, 512)):
        scaled = (small + 0.5) * (size / 256) - 0.5
        guide = LandmarkGuide(Written(), EXPRESSIONS["close_eyes"], scaled, 1.0, (size, size))
        assert guide.resolution == expected
