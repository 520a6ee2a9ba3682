"""An edit goes back into the photograph; every pixel away from it stays as it was, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.align import Alignment, cut_out, ffhq_alignment
from faces.landmarks import PictureError
from faces.paste import Paste
from tests.faces.conftest import draw, with_spot

SIZE = 96


def square(centre, side, degrees, size=SIZE):
    angle = np.radians(degrees)
    x = side / 2 * np.array([np.cos(angle), np.sin(angle)])
    y = side / 2 * np.array([-np.sin(angle), np.cos(angle)])
    c = np.array(centre, float)
    return Alignment(np.stack([c - x - y, c - x + y, c + x + y, c + x - y]), size)


def photograph(height=200, width=260, channels=3, kind=np.uint8):
    y, x = np.mgrid[:height, :width]
    smooth = np.stack([x * 0.6, y * 0.8, x * 0.3 + y * 0.3, np.full_like(x, 200)], axis=2)[..., :channels]
    grain = np.random.default_rng(0).normal(0, 3, smooth.shape)
    full = np.iinfo(kind).max
    return ((smooth + grain + 20).clip(0, 255) * (full / 255)).round().astype(kind)


def as_frame(pixels):
    scaled = pixels.astype(float) * (255 / np.iinfo(pixels.dtype).max)
    colours = scaled[..., :3] if pixels.shape[2] >= 3 else np.repeat(scaled[..., :1], 3, axis=2)
    return colours.round().astype(np.uint8)


def prepared(pixels, alignment):
    rgb = as_frame(pixels)
    inverted = cut_out(rgb, alignment)
    return Paste.of(pixels, rgb, alignment, inverted), inverted


@settings(max_examples=12, deadline=None)
@given(
    degrees=st.floats(-180, 180),
    side=st.floats(20, 300),
    centre=st.tuples(st.floats(40, 220), st.floats(40, 160)),
    channels=st.sampled_from([1, 2, 3, 4]),
    kind=st.sampled_from([np.uint8, np.uint16]),
    spot=st.tuples(st.floats(20, 76), st.floats(20, 76)),
)
def test_away_from_the_edit_every_pixel_is_what_it_was(degrees, side, centre, channels, kind, spot):
    pixels = photograph(channels=channels, kind=kind)
    before = pixels.copy()
    alignment = square(centre, side, degrees)
    paste, inverted = prepared(pixels, alignment)
    after = paste.with_edit(with_spot(inverted, spot))
    assert after.shape == pixels.shape and after.dtype == kind
    assert (pixels == before).all()
    y, x = np.mgrid[:200, :260]
    there = alignment.to_frame(np.stack([x, y], axis=-1))
    away = np.hypot(*(np.moveaxis(there, -1, 0) - np.array(spot)[:, None, None]))
    # The spot's radius, its margin and feather, and what a pixel of the photograph is in the frame.
    far = away > 9 + SIZE * 0.1 + 4 * max(1.0, SIZE / side)
    assert (after[far] == pixels[far]).all()
    outside = ((there < -0.5) | (there > SIZE - 0.5)).any(axis=2)
    assert (after[outside] == pixels[outside]).all()
    if channels in (2, 4):
        assert (after[..., -1] == pixels[..., -1]).all()


@given(degrees=st.floats(-180, 180), kind=st.sampled_from([np.uint8, np.uint16]))
@settings(max_examples=10, deadline=None)
def test_an_edit_that_changes_nothing_changes_no_bit(degrees, kind):
    pixels = photograph(kind=kind)
    paste, inverted = prepared(pixels, square((130, 100), 120, degrees))
    assert (paste.with_edit(inverted) == pixels).all()
    # A tremor of the generator is no edit.
    noise = np.random.default_rng(1).integers(-2, 3, inverted.shape)
    assert (paste.with_edit((inverted + noise).clip(0, 255).astype(np.uint8)) == pixels).all()


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, -120])
@pytest.mark.parametrize("side", [50, 96, 180])
def test_the_edit_comes_to_the_place_that_the_geometry_says(degrees, side):
    pixels = photograph()
    alignment = square((130, 100), side, degrees)
    paste, inverted = prepared(pixels, alignment)
    after = paste.with_edit(with_spot(inverted))
    changed = abs(after.astype(int) - pixels).max(axis=2) > 60
    y, x = np.nonzero(changed)
    assert np.allclose((x.mean(), y.mean()), alignment.to_photograph((48, 60)), atol=0.6)
    assert changed.sum() == pytest.approx(np.pi * (9 * side / SIZE) ** 2, rel=0.3)
    # In its middle the spot has its own colour: what was there before does not shine through.
    middle = np.round(alignment.to_photograph((48, 60))).astype(int)
    assert abs(after[middle[1], middle[0]].astype(int) - (220, 20, 40)).max() < 25


def test_where_the_generator_misses_the_colour_the_seam_is_matched():
    """The drawn face is 30 too dark: pasted as it is, the patch would have an edge of 30."""
    pixels = np.full((200, 260, 3), 150, np.uint8)
    alignment = square((130, 100), 140, 0)
    inverted = np.full((SIZE, SIZE, 3), 120, np.uint8)
    edited = with_spot(inverted, radius=14, colour=(60, 60, 60))
    edited = with_spot(edited, radius=9, colour=(120, 120, 120))
    after = Paste.of(pixels, as_frame(pixels), alignment, inverted).with_edit(edited).astype(int)
    middle = np.round(alignment.to_photograph((48, 60))).astype(int)
    assert abs(after[middle[1], middle[0]] - 150).max() <= 3
    ring = np.round(alignment.to_photograph((48 + 11.5, 60))).astype(int)
    assert abs(after[ring[1], ring[0]] - 90).max() <= 14


def test_skin_that_is_only_shaded_keeps_its_pores():
    pixels = photograph()
    alignment = square((130, 100), 190, 0)
    paste, inverted = prepared(pixels, alignment)
    y, x = np.mgrid[:SIZE, :SIZE]
    shade = 9 * np.exp(-((x - 48) ** 2 + (y - 60) ** 2) / 200)
    edited = (inverted - shade[..., None] * 1.2).clip(0, 255).astype(np.uint8)
    after = paste.with_edit(edited).astype(float)
    assert abs(after - pixels).max() > 5

    def grain(picture):
        middle = picture[100:140, 110:150].astype(float)
        return (middle[1:, 1:] - middle[:-1, :-1]).std()

    assert grain(after) == pytest.approx(grain(pixels), rel=0.15)


def test_an_edit_is_believed_near_its_own_mask_alone():
    pixels = photograph()
    paste, inverted = prepared(pixels, square((130, 100), 150, 0))
    meant, stray = with_spot(inverted, (30, 60), 6), (70, 60)
    edited = with_spot(meant, stray, 6)
    mask = np.zeros((SIZE, SIZE), np.float32)
    mask[50:70, 20:40] = 1
    assert (paste.with_edit(edited, mask) == paste.with_edit(meant, mask)).all()
    assert (paste.with_edit(edited) != paste.with_edit(meant)).any()


def test_a_lip_that_the_generator_had_drawn_elsewhere_does_not_stand_beside_the_new_mouth():
    """The photograph has its mouth at rows 54-57, the drawing at 58-61; the edit opens the drawn one."""

    def face(row, height):
        frame = np.full((SIZE, SIZE, 3), (200, 160, 140), np.uint8)
        frame[row : row + height, 38:58] = (120, 30, 40)
        return frame

    alignment = square((47.5, 47.5), SIZE, 0)
    photograph = face(54, 4)
    paste = Paste.of(photograph, photograph, alignment, face(58, 4))
    mask = np.zeros((SIZE, SIZE), np.float32)
    mask[46:80, 34:62] = 1
    after = paste.with_edit(face(58, 14), mask).astype(int)
    assert abs(after[54:57, 42:54] - (200, 160, 140)).mean() < 25
    assert abs(after[62:70, 42:54] - (120, 30, 40)).mean() < 25
    assert (after[:30] == photograph[:30]).all()


def test_a_whole_drawn_face_can_be_put_in():
    pixels = np.full((200, 260, 3), 150, np.uint8)
    alignment = square((130, 100), 140, 20)
    inverted = np.full((SIZE, SIZE, 3), 120, np.uint8)
    y, x = np.mgrid[:SIZE, :SIZE]
    mask = (np.hypot(x - 48, y - 48) < 30).astype(np.float32)
    drawn = with_spot(inverted, (48, 48), 5, (10, 200, 10))
    after = Paste.of(pixels, as_frame(pixels), alignment, inverted).with_whole_face(drawn, mask)
    assert after[100, 130, 1] > after[100, 130, 0] + 100
    assert (after[:20] == 150).all()


def test_a_face_at_the_border_and_one_that_is_tiny():
    pixels = photograph()
    for alignment in (square((5, 8), 120, 15), square((255, 190), 90, 100), square((130, 100), 12, 0)):
        paste, inverted = prepared(pixels, alignment)
        after = paste.with_edit(with_spot(inverted, (50, 50), 20))
        assert (after != pixels).any()


def test_frames_of_another_size_are_said():
    pixels = photograph()
    with pytest.raises(PictureError):
        Paste.of(pixels, pixels, square((130, 100), 120, 0), np.zeros((50, 50, 3), np.uint8))


def test_a_mouth_that_opens_in_a_drawn_portrait_opens_in_the_photograph(average):
    """The truth is known: the portrait drawn large with its mouth open."""
    (before,), (landmarks,) = draw([12], 480)
    (after,), _ = draw([12], 480, mouth_open=0.9)
    alignment = ffhq_alignment(landmarks, 256)
    paste = Paste.of(before, before, alignment, cut_out(before, alignment))
    pasted = paste.with_edit(cut_out(after, alignment)).astype(int)
    wrong, undone = abs(pasted - after).mean(), abs(before.astype(int) - after).mean()
    assert wrong < 0.25 * undone
