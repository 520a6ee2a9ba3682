"""A file that is no photograph ends in one line that names it."""

import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dnnlib.deep_pictures import save_deep_png
from dnnlib.photos import PhotoError, may_be_photo, read_photo
from tests.dnnlib.made_photos import noise


def png(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def film(kind):
    file = io.BytesIO()
    frames = [Image.fromarray(noise() // each) for each in (1, 2, 3)]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:])
    return file.getvalue()


def jpeg(size=(400, 300)):
    file = io.BytesIO()
    Image.fromarray(noise(size[1], size[0])).save(file, "JPEG")
    return file.getvalue()


def claiming(width, height):
    """A PNG of a few bytes that claims to be huge."""
    data = bytearray(png(Image.fromarray(noise())))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def half_of_deep(tmp_path):
    save_deep_png(tmp_path / "whole.png", noise(deep=True))
    data = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "whole.png").unlink()
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("nothing.jpg", b"", "0 bytes"),
        ("text.jpg", b"these are words, and no picture", "is no picture"),
        ("half.jpg", jpeg()[:9000], "damaged or cut short"),
        ("half.png", png(Image.fromarray(noise()))[:3000], "damaged or cut short"),
        ("start.jpg", jpeg()[:10], "is no picture|damaged"),
        ("film.gif", film("GIF"), "film of 3 pictures"),
        ("film.webp", film("WEBP"), "film of 3 pictures"),
        ("bomb.png", claiming(100_000, 100_000), "million pixels"),
        ("large.png", claiming(20_000, 6_000), "million pixels"),
        ("tiny.png", png(Image.fromarray(noise(8, 8))), "too few"),
        ("broken.heic", b"\0\0\0\x18ftypheic" + bytes(100), "damaged|no picture"),
    ],
)
def test_a_file_that_is_no_photograph_ends_in_one_line(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PhotoError, match=says) as error:
        read_photo(path)
    assert str(path) in str(error.value) and len(str(error.value).splitlines()) == 1
    assert str(error.value).count(str(path)) == 1


def test_sixteen_bits_cut_short_are_said(tmp_path):
    (tmp_path / "half.png").write_bytes(half_of_deep(tmp_path))
    with pytest.raises(PhotoError, match=r"half\.png: .*(damaged|cut short)"):
        read_photo(tmp_path / "half.png")


def test_a_missing_file_and_a_folder_are_said(tmp_path):
    with pytest.raises(PhotoError, match="no such file"):
        read_photo(tmp_path / "missing.jpg")
    with pytest.raises(PhotoError, match="is a folder"):
        read_photo(tmp_path)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 3000), value=st.integers(0, 255), cut=st.integers(1, 4000))
def test_a_damaged_file_is_read_or_refused_and_never_crashes(tmp_path_factory, at, value, cut):
    data = bytearray(jpeg((60, 50)))
    data[at % len(data)] = value
    path = tmp_path_factory.mktemp("damaged") / "a.jpg"
    path.write_bytes(bytes(data[:cut]))
    try:
        assert read_photo(path).pixels.shape[2] in (1, 3)
    except PhotoError as error:
        assert len(str(error).splitlines()) == 1


def test_what_is_dropped_is_known_for_a_photograph_by_content_or_name(tmp_path):
    (tmp_path / "picture.pkl").write_bytes(jpeg())
    (tmp_path / "network.pkl").write_bytes(b"\x80\x04}.")
    (tmp_path / "words.jpg").write_bytes(b"words")
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftypheic")
    found = {path.name: may_be_photo(path) for path in tmp_path.iterdir()}
    assert found == {"picture.pkl": True, "network.pkl": False, "words.jpg": True, "a.heic": True}
