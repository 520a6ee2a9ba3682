import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dnnlib.errors import EditorError
from faces.landmarks import (
    LID_PAIRS,
    LIP_PAIRS,
    MIRRORED,
    Face,
    NoFaceError,
    PictureError,
    as_rgb,
    choose_face,
    eye_distance,
    largest_first,
    shaped_like_a_face,
)

# A busy machine is no failure.
QUICK = settings(deadline=None, max_examples=30)


def face(left, top, size, score=1.0):
    points = np.random.default_rng(0).random((68, 2))
    points[0], points[1] = 0, 1
    return Face(points * size + (left, top), score)


# ----------------------------------------------------------------------------
# Any picture becomes RGB.


def test_rgb_is_taken_as_it_is():
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert np.array_equal(as_rgb(picture), picture)


def test_grey_becomes_three_equal_channels():
    grey = np.arange(16, dtype=np.uint8).reshape(4, 4)
    for picture in (grey, grey[:, :, None]):
        rgb = as_rgb(picture)
        assert rgb.shape == (4, 4, 3)
        assert all(np.array_equal(rgb[:, :, channel], grey) for channel in range(3))


@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_is_dropped(channels):
    picture = np.random.default_rng(1).integers(0, 256, (5, 6, channels), dtype=np.uint8)
    clear = picture.copy()
    clear[:, :, -1] = 0
    assert as_rgb(picture).shape == (5, 6, 3)
    assert np.array_equal(as_rgb(picture), as_rgb(clear))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 128),
        (np.float64(np.nan), 0),
        (np.True_, 255),
        (np.uint16(0x8040), 0x80),
    ],
)
def test_other_types_have_a_defined_answer(value, expected):
    assert (as_rgb(np.full((2, 2, 3), value)) == expected).all()


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((2, 2, 5), np.uint8),
        np.zeros((0, 2, 3), np.uint8),
        np.zeros(3, np.uint8),
        np.zeros((1, 2, 2, 3), np.uint8),
        np.full((2, 2, 3), 255.0),
        np.full((2, 2, 3), -1.0),
        np.full((2, 2, 3), np.inf),
        np.zeros((2, 2, 3), np.int64),
        np.zeros((2, 2, 3), np.complex64),
    ],
)
def test_what_is_no_picture_is_refused_in_one_line(picture):
    with pytest.raises(PictureError) as error:
        as_rgb(picture)
    assert isinstance(error.value, EditorError) and "\n" not in str(error.value)


def test_as_rgb_never_changes_what_it_is_handed():
    picture = np.full((3, 3, 4), 0.25, np.float32)
    as_rgb(picture)[:] = 0
    assert (picture == 0.25).all()


# ----------------------------------------------------------------------------
# The order of the landmarks.


def test_mirroring_twice_is_no_change_and_names_true_partners(landmarks):
    assert sorted(MIRRORED) == list(range(68))
    assert [MIRRORED[i] for i in MIRRORED] == list(range(68))
    middle = landmarks[27:31, 0].mean()
    mirrored = landmarks[list(MIRRORED)] * (-1, 1) + (2 * middle, 0)
    assert np.abs(mirrored - landmarks).max() < 3


def test_pairs_stand_over_each_other(landmarks):
    for upper, lower in LID_PAIRS + LIP_PAIRS:
        assert landmarks[upper, 1] <= landmarks[lower, 1] + 0.5
        assert abs(landmarks[upper, 0] - landmarks[lower, 0]) < 3


def test_eye_distance_is_between_the_outer_corners(landmarks):
    assert eye_distance(landmarks) == pytest.approx(float(np.linalg.norm(landmarks[45] - landmarks[36])))


@pytest.mark.parametrize(("turn", "scale"), [(0, 1), (0.6, 0.2), (-1.5, 3), (3, 1)])
def test_a_face_is_shaped_like_one_however_it_lies(landmarks, turn, scale):
    matrix = scale * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    assert shaped_like_a_face(landmarks @ matrix + 40)


@pytest.mark.parametrize("stretch", [(1, 0.4), (0.4, 1), (1, -1), (0, 0)])
def test_a_squashed_or_upturned_face_is_none(landmarks, stretch):
    assert not shaped_like_a_face(landmarks * stretch)


# ----------------------------------------------------------------------------
# Several faces.


def test_a_face_has_68_finite_landmarks_and_keeps_them():
    points = np.zeros((68, 2), np.float32)
    kept = Face(points, 1.0)
    points[0] = 7
    assert (kept.landmarks == 0).all() and kept.landmarks.dtype == np.float32
    for wrong in (np.zeros((67, 2), np.float32), np.full((68, 2), np.nan, np.float32)):
        with pytest.raises(PictureError):
            Face(wrong, 1.0)


def test_largest_face_comes_first_and_is_the_default():
    faces = [face(0, 0, 10), face(50, 0, 40), face(0, 50, 20)]
    assert [round(each.area) for each in largest_first(faces)] == [1600, 400, 100]
    assert choose_face(faces) is faces[1]


@QUICK
@given(st.permutations(range(3)), st.floats(0, 100), st.floats(0, 100))
def test_a_click_chooses_the_face_it_is_on_in_whatever_order_they_come(order, x, y):
    faces = [face(0, 0, 30), face(60, 0, 40), face(65, 5, 20)]
    chosen = choose_face([faces[i] for i in order], (x, y))
    inside = [each for each in faces if each.box[0] <= x <= each.box[2] and each.box[1] <= y <= each.box[3]]
    if inside:
        assert chosen is min(inside, key=lambda each: each.area)
    else:
        assert chosen in faces


def test_no_face_is_said_in_one_line():
    with pytest.raises(NoFaceError, match="no face was found"):
        choose_face([])
