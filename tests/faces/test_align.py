"""The FFHQ cut: its formula, that it goes with the face, and that the way back is exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from faces.align import Alignment, cut_out, ffhq_alignment, standing_like, stands_otherwise
from faces.landmarks import PictureError


def a_face(eye=(40.0, 50.0), other=(80.0, 50.0), mouth=(60.0, 95.0), wide=24.0):
    """68 landmarks of which only eyes and mouth are placed: no others count."""
    points = np.random.default_rng(3).uniform(20, 100, (68, 2))
    ring = 4 * np.stack([np.cos(np.arange(6)), np.sin(np.arange(6))], axis=1)
    ring -= ring.mean(axis=0)
    points[36:42], points[42:48] = ring + eye, ring + other
    points[48], points[54] = np.add(mouth, (-wide / 2, 0)), np.add(mouth, (wide / 2, 0))
    return points


def turned(points, degrees, about=(0.0, 0.0)):
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points - about) @ matrix.T + about


def test_the_square_of_an_upright_face_by_hand():
    # e = (60, 50), u = (0, 45), v = (40, 0): x points to the right, max(80, 81) long; c = (60, 54.5).
    quad = ffhq_alignment(a_face(), 64).quad
    assert np.allclose(quad, [(-21, -26.5), (-21, 135.5), (141, 135.5), (141, -26.5)])


def test_wide_set_eyes_decide_where_the_mouth_is_near():
    quad = ffhq_alignment(a_face(mouth=(60.0, 60.0)), 64).quad
    assert np.allclose(quad[3] - quad[0], (160, 0))


def test_of_an_oblique_face_eyes_and_mouth_both_count():
    left, right, mouth = np.array((40.0, 50.0)), np.array((78.0, 58.0)), np.array((52.0, 96.0))
    quad = ffhq_alignment(a_face(tuple(left), tuple(right), tuple(mouth)), 64).quad
    u, v = mouth - (left + right) / 2, right - left
    x = v - np.flip(u) * (-1, 1)
    x *= max(2 * np.hypot(*v), 1.8 * np.hypot(*u)) / np.hypot(*x)
    y = np.flip(x) * (-1, 1)
    c = (left + right) / 2 + 0.1 * u
    assert np.allclose(quad, [c - x - y, c - x + y, c + x + y, c + x - y])


@given(
    degrees=st.floats(-180, 180),
    scale=st.floats(0.2, 40),
    shift=st.tuples(st.floats(-500, 5000), st.floats(-500, 5000)),
)
def test_the_square_turns_grows_and_goes_with_the_face(degrees, scale, shift):
    face = a_face((40.0, 52.0), (81.0, 47.0), (63.0, 97.0))
    there = turned(face, degrees) * scale + shift
    expected = turned(ffhq_alignment(face, 64).quad, degrees) * scale + shift
    assert np.allclose(ffhq_alignment(there, 64).quad, expected, atol=1e-6 * max(1, abs(expected).max()))


@given(
    degrees=st.floats(-180, 180),
    scale=st.floats(0.2, 40),
    size=st.sampled_from([64, 256, 1024]),
    point=st.tuples(st.floats(-100, 1200), st.floats(-100, 1200)),
)
def test_there_and_back_is_where_one_was(degrees, scale, size, point):
    alignment = ffhq_alignment(turned(a_face(), degrees) * scale, size)
    assert np.allclose(alignment.to_frame(alignment.to_photograph(point)), point, atol=1e-6)
    corners = [(-0.5, -0.5), (-0.5, size - 0.5), (size - 0.5, size - 0.5), (size - 0.5, -0.5)]
    assert np.allclose(alignment.to_photograph(corners), alignment.quad)


def smooth_picture(height, width):
    """A picture whose colours say where one is."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 / width, y * 255 / height, np.full_like(x, 90)], axis=2).round().astype(np.uint8)


@settings(max_examples=12, deadline=None)
@given(degrees=st.floats(-180, 180), scale=st.floats(0.5, 2.2))
def test_the_frame_shows_what_the_geometry_says(degrees, scale):
    alignment = ffhq_alignment(turned((a_face() - (60, 60)) * scale, degrees) + (450, 400), 64)
    photograph = smooth_picture(800, 900)
    # Rounding favours one direction of the values; the picture and its negative tell it from a shift.
    seen = cut_out(photograph, alignment).astype(float)
    mirrored = 255.0 - cut_out(255 - photograph, alignment)
    seen = (seen + mirrored)[4:60, 4:60, :2] / 2
    there = alignment.to_photograph(np.stack(np.meshgrid(np.arange(4, 60), np.arange(4, 60)), axis=-1))
    wrong = seen - there * (255 / 900, 255 / 800)
    # Half a pixel of the frame would be 0.18 to 0.8 of these values.
    assert abs(wrong.mean(axis=(0, 1))).max() < 0.09
    assert abs(wrong).max() < 1.5


def test_past_the_border_the_picture_goes_on_without_an_edge_and_without_black():
    photograph = smooth_picture(200, 200)
    alignment = ffhq_alignment(a_face((10.0, 20.0), (60.0, 20.0), (35.0, 70.0)), 128)
    assert alignment.quad.min() < 0
    frame = cut_out(photograph, alignment).astype(int)
    assert frame.shape == (128, 128, 3)
    # The smooth slope stays smooth: no step anywhere, and nothing is black.
    assert max(abs(np.diff(frame, axis=0)).max(), abs(np.diff(frame, axis=1)).max()) < 12
    assert frame[:, :, 2].min() > 85


def test_a_photograph_much_finer_than_its_frame_is_averaged_not_sampled():
    noise = np.random.default_rng(0).integers(0, 256, (2000, 2000, 3), dtype=np.uint8)
    frame = cut_out(noise, ffhq_alignment(a_face() * 10 + 300, 32))
    assert abs(frame.astype(float) - 127.5).max() < 20


@pytest.mark.parametrize("size", [16, 64, 300])
def test_a_face_smaller_than_its_frame_is_enlarged(size):
    photograph = np.asarray(Image.fromarray(smooth_picture(120, 120)))
    frame = cut_out(photograph, ffhq_alignment(a_face() * 0.4 + 20, size))
    assert frame.shape == (size, size, 3)


@pytest.mark.parametrize("points", [np.zeros((68, 2)), np.full((68, 2), np.nan), np.zeros((5, 2))])
def test_what_is_no_face_is_said(points):
    with pytest.raises(PictureError):
        ffhq_alignment(points, 64)


def test_a_face_outside_the_photograph_is_said():
    with pytest.raises(PictureError, match="outside the photograph"):
        cut_out(smooth_picture(100, 100), ffhq_alignment(a_face() + 5000, 64))


def test_a_square_knows_its_side_and_turn():
    alignment = ffhq_alignment(turned(a_face(), 30), 64)
    assert isinstance(alignment, Alignment)
    assert alignment.side == pytest.approx(162) and alignment.turn == pytest.approx(30)


@given(
    scale=st.floats(0.5, 1.2), shift=st.tuples(st.floats(-9, 9), st.floats(-9, 9)), turn=st.floats(-180, 180)
)
def test_a_face_stands_in_its_frame_as_the_generator_s_own_do(scale, shift, turn):
    """Landmarks that are the average ones, moved into a photograph, come back to where they were."""
    average = a_face((25.0, 28.0), (40.0, 27.0), (33.0, 45.0)) * scale + shift
    own = ffhq_alignment(average, 64)
    there = turned(average, turn) * 7.5 + (900, 800)
    alignment = standing_like(ffhq_alignment(there, 64), own)
    assert np.allclose(alignment.to_frame(there), average, atol=1e-6)


def test_a_generator_that_was_trained_on_ffhq_is_left_with_ffhq_s_cut():
    whole = Alignment(np.array([(-0.5, -0.5), (-0.5, 63.5), (63.5, 63.5), (63.5, -0.5)]), 64)
    assert not stands_otherwise(whole)
    assert stands_otherwise(Alignment(whole.quad * 0.9, 64))
    alignment = ffhq_alignment(a_face(), 64)
    assert np.allclose(standing_like(alignment, whole).quad, alignment.quad)
