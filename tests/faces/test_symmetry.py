"""The axis of a face: found however it is tilted, and what mirroring about it promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.landmarks import MIRRORED
from faces.symmetry import axis_of_face, axis_of_picture

POINTS = st.tuples(st.floats(-100, 300), st.floats(-100, 300))


@given(angle=st.floats(-1.2, 1.2), scale=st.floats(0.2, 3), shift=POINTS)
def test_the_axis_follows_a_face_that_is_turned_moved_and_scaled(average, angle, scale, shift) -> None:
    _, face = average
    other = face[list(MIRRORED)] * (-1, 1) + (256, 0)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    even = (face + other) / 2 @ turn.T + shift  # A face that is its own mirror image, and then turned.
    axis = axis_of_face(even)
    assert axis.across == pytest.approx((np.cos(angle), np.sin(angle)), abs=1e-4)
    mirrored = np.array([axis.mirrored((float(x), float(y))) for x, y in even])
    assert mirrored == pytest.approx(even[list(MIRRORED)], abs=1e-2 * scale)


def test_a_face_that_is_not_quite_even_is_near_its_mirror_image(landmarks) -> None:
    face = landmarks + np.random.RandomState(0).randn(68, 2)
    axis = axis_of_face(face)
    mirrored = np.array([axis.mirrored((float(x), float(y))) for x, y in face])
    assert np.abs(mirrored - face[list(MIRRORED)]).mean() < 5


@given(POINTS, st.tuples(st.integers(1, 500), st.integers(1, 500)))
def test_mirroring_twice_comes_back_and_the_axis_stays(point, size) -> None:
    axis = axis_of_picture(size)
    assert axis.mirrored(axis.mirrored(point)) == pytest.approx(point, abs=1e-9)
    assert axis.mirrored((0.0, point[1])) == pytest.approx((size[1] - 1, point[1]))
    assert axis.mirrored(axis.through) == pytest.approx(axis.through)
