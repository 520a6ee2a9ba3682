"""Pictures and films come back from the disk as they were, and bad ones leave no file."""

import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from dnnlib.files import FileError
from dnnlib.pictures import PictureError, save_gif, save_mp4, save_png


def film(count=6, height=33, width=48):
    """A white square that walks over a blue slope."""
    frames = np.zeros((count, height, width, 3), np.uint8)
    frames[..., 2] = np.linspace(40, 200, width).astype(np.uint8)
    for index, frame in enumerate(frames):
        frame[8:16, 4 * index : 4 * index + 8] = 255
    return list(frames)


def test_a_png_is_exact(tmp_path):
    rgb = film()[3]
    save_png(tmp_path / "a.png", rgb)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.mode == "RGB"
        np.testing.assert_array_equal(np.asarray(picture), rgb)


def test_a_gif_has_every_frame_its_time_and_repeats(tmp_path):
    frames = film()
    save_gif(tmp_path / "a.gif", iter(frames), fps=12.5)
    with Image.open(tmp_path / "a.gif") as picture:
        assert isinstance(picture, GifImageFile) and picture.n_frames == len(frames)
        assert picture.info["loop"] == 0
        for index, frame in enumerate(frames):
            picture.seek(index)
            assert picture.info["duration"] == 80
            difference = np.abs(np.asarray(picture.convert("RGB")).astype(int) - frame)
            assert difference.mean() < 4
            assert difference[9:15, 4 * index + 1 : 4 * index + 7].max() < 8


def test_what_stands_still_in_a_gif_does_not_flicker(tmp_path):
    save_gif(tmp_path / "a.gif", film(), fps=10)
    with Image.open(tmp_path / "a.gif") as picture:
        seen = []
        for index in range(6):
            picture.seek(index)
            seen.append(np.asarray(picture.convert("RGB"))[:6])
    assert all(np.array_equal(still, seen[0]) for still in seen)


@pytest.mark.parametrize(("height", "width"), [(32, 48), (33, 49)])
def test_an_mp4_has_every_frame_and_an_even_size(tmp_path, height, width):
    frames = film(10, height, width)
    save_mp4(tmp_path / "a.mp4", frames, fps=10)
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", tmp_path / "a.mp4"]
    raw = subprocess.run(
        [*ffmpeg, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True
    ).stdout
    decoded = np.frombuffer(raw, np.uint8).reshape(-1, height + height % 2, width + width % 2, 3)
    assert len(decoded) == len(frames)
    assert np.abs(decoded[-1, :height, :width].astype(int) - frames[-1]).mean() < 12


@pytest.mark.parametrize(
    "rgb",
    [
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        [[1, 2, 3]],
    ],
    ids=["alpha", "grey", "float", "empty", "list"],
)
def test_what_is_no_picture_is_refused_with_what_was_found(tmp_path, rgb):
    with pytest.raises(PictureError, match="a picture .* found"):
        save_png(tmp_path / "a.png", rgb)
    for save in (save_gif, save_mp4):
        with pytest.raises(PictureError, match="a picture .* found"):
            save(tmp_path / "a", [rgb], 10)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("save", [save_gif, save_mp4])
def test_what_is_no_film_is_refused(tmp_path, save):
    with pytest.raises(PictureError, match="at least one frame"):
        save(tmp_path / "a", [], 10)
    with pytest.raises(PictureError, match="one size"):
        save(tmp_path / "a", [film()[0], film(height=20)[0]], 10)
    for fps in (0, -1, float("nan")):
        with pytest.raises(PictureError, match="frames a second"):
            save(tmp_path / "a", film(), fps)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("save", "name"),
    [(save_png, "a.png"), (save_gif, "a.gif"), (save_mp4, "a.mp4")],
    ids=["png", "gif", "mp4"],
)
def test_a_folder_that_is_not_there_ends_in_one_line(tmp_path, save, name):
    arguments = (film()[0],) if save is save_png else (film(), 10)
    with pytest.raises(FileError, match=name) as caught:
        save(tmp_path / "missing" / name, *arguments)
    assert len(str(caught.value).splitlines()) == 1
