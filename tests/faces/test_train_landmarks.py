import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from dnnlib.errors import EditorError
from faces.landmark_network import load_landmark_network
from faces.landmarks import MIRRORED
from tools import train_landmarks
from tools.landmark_blanks import no_faces
from tools.landmark_loss import point_weights
from tools.landmark_pictures import draw_portraits, faces_from, read_faces, whole
from tools.train_landmarks import TrainOptions, main, train

TINY = TrainOptions(network="dilated", faces="none", portraits=6, steps=4, batch=8, threads=1, check_every=2)


@pytest.fixture(autouse=True)
def few_unseen(monkeypatch):
    """Two unseen portraits are enough here."""
    drawn = draw_portraits(6, seed=3, size=64)
    monkeypatch.setattr(train_landmarks, "draw_portraits", lambda *arguments, **options: drawn)


@pytest.fixture(scope="module")
def portraits():
    return draw_portraits(4, seed=5)


# Landmarks that are marked in pictures, each by its own brightness.
MARKED = (0, 5, 19, 30, 37, 46, 54, 66)


def marked(source):
    """A black picture for each of eight landmarks, with a square on it."""
    pictures = torch.zeros(8, 3, 192, 192, dtype=torch.uint8)
    for number, index in enumerate(MARKED):
        x, y = ((source.landmarks[0, index] + 1) * 96 - 0.5).round().int().tolist()
        pictures[number, :, y - 5 : y + 6, x - 5 : x + 6] = 80 + 24 * number
    return source._replace(pictures=pictures, landmarks=source.landmarks[:1].expand(8, -1, -1))


def test_landmarks_follow_their_picture_through_every_distortion(portraits, monkeypatch):
    monkeypatch.setattr("tools.landmark_pictures.tint", lambda pictures, random: pictures)
    monkeypatch.setattr("torch.nn.functional.grid_sample", filled_black(torch.nn.functional.grid_sample))
    sample = faces_from(marked(portraits), 64, torch.Generator().manual_seed(0))
    light = (sample.pictures.mean(1) + 1) * 127.5
    steps = (torch.arange(128) + 0.5) / 128
    checked = 0
    for picture, landmarks in zip(light, sample.landmarks, strict=True):
        index = MARKED[min(max(round((picture.max().item() - 80) / 24), 0), 7)]
        found = torch.stack([picture.sum(0) @ steps, picture.sum(1) @ steps]) / picture.sum().clamp(min=1e-6)
        # A mirrored picture has its partner there.
        asked = landmarks[[index, MIRRORED[index]]]
        if ((asked > 0.08) & (asked < 0.92)).all() and picture.max() > 60:
            assert (asked - found).norm(dim=1).min() < 0.012
            checked += 1
    assert checked > 40


def filled_black(ordinary):
    """Read pictures as if they went on in black past their borders."""

    def sample(pictures, grid, **options):
        return ordinary(pictures + 1, grid, **options | {"padding_mode": "zeros"}) - 1

    return sample


def test_pictures_without_a_face_say_so(portraits):
    for seed in range(3):
        sample = no_faces(portraits, 30, torch.Generator().manual_seed(seed))
        assert sample.pictures.shape == (30, 3, 128, 128) and (sample.is_face == 0).all()
        assert sample.pictures.min() >= -1 and sample.pictures.max() <= 1


def test_portraits_go_from_shut_to_wide():
    drawn = draw_portraits(48, seed=1, size=64)
    aperture = (drawn.landmarks[:, 41] - drawn.landmarks[:, 37]).norm(dim=1)
    gap = (drawn.landmarks[:, 66] - drawn.landmarks[:, 62]).norm(dim=1)
    assert aperture.min() < 0.01 and aperture.max() > 0.07
    assert gap.min() < 0.01 and gap.max() > 0.1


def test_checks_see_pictures_as_the_detector_does(portraits):
    sample = whole(portraits)
    assert sample.pictures.shape == (4, 3, 128, 128)
    assert torch.allclose(sample.landmarks, (portraits.landmarks + 1) / 2)


def test_lids_count_most():
    weights = point_weights()
    assert weights.mean() == pytest.approx(1) and weights[37] > weights[62] > weights[30] > weights[3]


def test_a_training_that_was_broken_off_goes_on_as_if_it_had_not_been(tmp_path, monkeypatch):
    train(TINY, tmp_path / "whole.safetensors")
    ordinary = train_landmarks.draw_batch
    seen = []

    def interrupted(*arguments):
        seen.append(1)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return ordinary(*arguments)

    monkeypatch.setattr(train_landmarks, "draw_batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(TINY, tmp_path / "part.safetensors")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part.state", "whole.safetensors"]
    monkeypatch.setattr(train_landmarks, "draw_batch", ordinary)
    train(TINY, tmp_path / "part.safetensors")
    assert not (tmp_path / "part.state").exists()
    states = [load_landmark_network(tmp_path / f"{n}.safetensors")[0].state_dict() for n in ("whole", "part")]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_other_options_do_not_take_up_a_broken_off_training(tmp_path):
    (tmp_path / "net.state").write_bytes(b"")
    torch.save({"step": 2, "options": "others"}, tmp_path / "net.state")
    with pytest.raises(EditorError, match="other options"):
        train(TINY, tmp_path / "net.safetensors")


def test_the_file_tells_licence_figures_and_options_but_no_path(tmp_path):
    train(TINY, tmp_path / "net.safetensors")
    _, metadata = load_landmark_network(tmp_path / "net.safetensors")
    assert "drawn portraits" in metadata["licence"]
    assert json.loads(metadata["measured"]).keys() == {"portraits"}
    (once,) = json.loads(metadata["training"])
    assert once["steps"] == 4 and str(tmp_path) not in str(metadata)


def test_a_face_score_trained_by_itself_leaves_the_landmarks_alone(tmp_path):
    train(TINY, tmp_path / "first.safetensors")
    again = replace(TINY, start=str(tmp_path / "first.safetensors"), score_only=True, seed=2)
    train(again, tmp_path / "second.safetensors")
    (first, _), (second, metadata) = (
        load_landmark_network(tmp_path / f"{name}.safetensors") for name in ("first", "second")
    )
    pictures = torch.rand(2, 3, 128, 128) * 2 - 1
    assert torch.equal(first(pictures).landmarks, second(pictures).landmarks)
    assert not torch.equal(first(pictures).score, second(pictures).score)
    assert len(json.loads(metadata["training"])) == 2
    with pytest.raises(EditorError, match="--network dilated"):
        train(replace(again, network="hourglass"), tmp_path / "third.safetensors")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--faces", "nowhere"], "landmarks68.npz"),
        (["--faces", "none", "--portraits", "0"], "nothing to learn from"),
        (["--steps", "0"], "steps"),
    ],
)
def test_what_cannot_be_trained_ends_in_one_line(tmp_path, arguments, said):
    result = CliRunner().invoke(main, ["--out", str(tmp_path / "net.safetensors"), *arguments])
    assert result.exit_code != 0 and said in result.output and "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_faces_are_read_by_their_split(tmp_path):
    from PIL import Image

    (tmp_path / "images").mkdir()
    for number in (1, 2):
        Image.new("RGB", (32, 32), (number * 100, 0, 0)).save(tmp_path / "images" / f"{number:04d}.jpg")
    shares = np.full((2, 68, 2), 0.25, np.float32)
    np.savez(tmp_path / "landmarks68.npz", ids=[1, 2], landmarks=shares, split=["train", "val"])
    found = read_faces(Path(tmp_path), "val")
    assert found.pictures.shape == (1, 3, 32, 32) and (found.pictures[0, 0] > 190).all()
    assert (found.landmarks == -0.5).all()
