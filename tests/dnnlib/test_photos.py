"""Photographs of every common kind are read upright and saved with all that was known of them."""

from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from dnnlib.photo_files import check_name, loses, save_photo
from dnnlib.photos import Photo, PhotoError, read_photo
from tests.dnnlib.made_photos import noise

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def camera_notes(orientation=6):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Maker of cameras"
    exif.get_ifd(0x8769)[0x9003] = "2020:01:02 03:04:05"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


# ----------------------------------------------------------------------------
# Reading.


@pytest.mark.parametrize("orientation", range(1, 9))
def test_however_the_camera_was_held_the_photograph_stands_upright(tmp_path, orientation):
    path = tmp_path / "held.png"
    Image.fromarray(noise()).save(path, exif=camera_notes(orientation))
    photo = read_photo(path)
    with Image.open(path) as image:
        assert (photo.pixels == np.asarray(ImageOps.exif_transpose(image))).all()
    noted = Image.Exif()
    noted.load(photo.exif)
    assert noted[0x0112] == 1 and noted[0x010F] == "Maker of cameras"


@pytest.mark.parametrize(
    ("mode", "channels"),
    [("L", 1), ("LA", 2), ("RGB", 3), ("RGBA", 4), ("P", 3), ("1", 1), ("I;16", 1)],
)
def test_every_kind_of_pixels_becomes_grey_or_rgb(tmp_path, mode, channels):
    image = Image.fromarray(noise(deep=mode == "I;16", channels=1)[:, :, 0])
    image = image if mode == "I;16" else Image.fromarray(noise()).convert(mode)
    image.save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert photo.pixels.shape == (40, 52, channels)
    assert photo.rgb.shape == (40, 52, 3) and photo.rgb.dtype == np.uint8
    assert photo.full == (65535 if mode == "I;16" else 255)
    if mode in ("L", "RGB", "RGBA", "I;16"):
        pixels = np.asarray(image)
        assert (photo.pixels == (pixels if pixels.ndim == 3 else pixels[:, :, None])).all()


def test_print_colours_become_a_screen_s_and_it_is_said(tmp_path):
    Image.fromarray(np.full((40, 40, 3), (200, 60, 60), np.uint8)).convert("CMYK").save(tmp_path / "a.jpg")
    photo = read_photo(tmp_path / "a.jpg")
    assert abs(photo.rgb.mean(axis=(0, 1)) - (200, 60, 60)).max() < 4
    assert "CMYK" in photo.notes[0]


def test_what_is_transparent_lies_on_white_for_the_detector_and_stays_in_the_pixels(tmp_path):
    pixels = noise(channels=4)
    pixels[:20, :, 3] = 0
    Image.fromarray(pixels).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert (photo.rgb[:20] == 255).all() and (photo.pixels == pixels).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bits_stay_sixteen_bits_there_and_back(tmp_path, channels):
    pixels = noise(300, 40, channels, deep=True)
    photo = Photo(Path("a.png"), "PNG", pixels, camera_notes(1).tobytes(), SRGB)
    save_photo(tmp_path / "a.png", photo)
    again = read_photo(tmp_path / "a.png")
    if channels != 2:  # Grey with alpha is rare enough to come as 8 bits where Pillow reads it.
        assert again.pixels.dtype == np.uint16
    assert (again.pixels == pixels).all()
    assert again.exif == photo.exif and again.icc == SRGB


def test_a_tiff_of_sixteen_bits_is_read_as_it_is(tmp_path):
    import tifffile

    pixels = noise(deep=True)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", compression="zlib")
    assert (read_photo(tmp_path / "a.tif").pixels == pixels).all()


@pytest.mark.parametrize("deep", [False, True])
def test_an_iphone_s_heic_is_read(tmp_path, deep):
    y, x = np.mgrid[:64, :96]
    smooth = np.stack([x * 2, y * 3, x + y], axis=2).astype(np.uint8)
    if deep:
        data = (smooth.astype("<u2") * 257).tobytes()
        image = pillow_heif.from_bytes("RGB;16", (96, 64), data)
    else:
        image = pillow_heif.from_bytes("RGB", (96, 64), smooth.tobytes())
    image.save(tmp_path / "a.heic", quality=95, exif=camera_notes(1).tobytes())
    photo = read_photo(tmp_path / "a.heic")
    assert photo.kind == "HEIF" and photo.full == (65535 if deep else 255)
    assert abs(photo.rgb.astype(int) - smooth).mean() < 4
    noted = Image.Exif()
    noted.load(photo.exif)
    assert noted[0x010F] == "Maker of cameras"


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "BMP", "GIF", "TIFF"])
def test_other_formats_are_known_by_their_content_whatever_their_name(tmp_path, kind):
    path = tmp_path / "wrongly_named.jpg"
    Image.fromarray(noise()).save(path, format=kind)
    assert read_photo(path).kind == kind


def test_forty_megapixels_are_read(tmp_path):
    Image.new("RGB", (7700, 5200), (90, 120, 30)).save(tmp_path / "large.jpg", quality=80)
    assert read_photo(tmp_path / "large.jpg").size == (5200, 7700)


# ----------------------------------------------------------------------------
# Saving.


@pytest.mark.parametrize("ending", [".png", ".tif", ".webp", ".jpg"])
def test_what_the_camera_noted_and_the_profile_are_saved_too(tmp_path, ending):
    photo = Photo(Path("a.jpg"), "JPEG", noise(), camera_notes(1).tobytes(), SRGB)
    save_photo(tmp_path / f"b{ending}", photo)
    again = read_photo(tmp_path / f"b{ending}")
    with Image.open(tmp_path / f"b{ending}") as image:
        noted = image.getexif()
        assert noted[0x010F] == "Maker of cameras"
        assert noted.get_ifd(0x8769)[0x9003] == "2020:01:02 03:04:05" and noted.get_ifd(0x8825)[1] == "N"
    assert again.icc == SRGB
    assert (again.pixels == photo.pixels).all() != loses(f"b{ending}")


@settings(max_examples=10, deadline=None)
@given(channels=st.sampled_from([1, 2, 3, 4]), height=st.integers(16, 30), width=st.integers(16, 30))
def test_png_keeps_every_pixel_of_every_kind(tmp_path_factory, channels, height, width):
    path = tmp_path_factory.mktemp("kept") / "a.png"
    photo = Photo(path, "PNG", noise(height, width, channels))
    save_photo(path, photo)
    assert (read_photo(path).pixels == photo.pixels).all()


@pytest.mark.parametrize(
    ("name", "pixels", "says"),
    [
        ("a.gif", noise(), "saved as .png"),
        ("a.jpg", noise(channels=4), "no transparency"),
        ("a.jpg", noise(deep=True), "16 bits"),
        ("a", noise(), "choose one of these endings"),
    ],
)
def test_a_format_that_would_lose_something_is_refused_before_anything_is_written(
    tmp_path, name, pixels, says
):
    photo = Photo(tmp_path / "x.png", "PNG", pixels)
    for refuse in (check_name, save_photo):
        with pytest.raises(PhotoError, match=says) as error:
            refuse(tmp_path / name, photo)
        assert len(str(error.value).splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_photograph_takes_no_pixels_of_another_shape():
    with pytest.raises(PhotoError):
        Photo(Path("a"), "PNG", noise()).with_pixels(noise(41))
