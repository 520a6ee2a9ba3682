"""The faces of a photograph are found: several, small, turned, at the border; and what is none is said."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from faces import photograph
from faces.bundled import BundledDetector
from faces.landmarks import Face, eye_distance
from faces.photograph import LOOK, PhotographFaces, _is_firm, find_faces
from tests.faces.conftest import draw
from tools.measure_face_search import measure

SHARED = Path(__file__).parents[3] / "shared" / "faces"


@pytest.fixture(scope="module")
def detector():
    return BundledDetector.load()


def wall(height=360, width=480):
    colours = np.random.default_rng(7).integers(70, 190, (4, 5, 3), dtype=np.uint8)
    return Image.fromarray(colours).resize((width, height), Image.Resampling.BICUBIC)


def hang(picture, frame, at):
    picture.paste(Image.fromarray(frame), at)
    return picture


def errors(found, landmarks):
    """Mean landmark errors of the finds, in eye distances."""
    return [
        float(np.linalg.norm(face.landmarks - landmarks, axis=1).mean()) / eye_distance(landmarks)
        for face in found
    ]


def test_all_faces_are_found_in_the_photograph_s_own_pixels_largest_first(detector):
    frames, marks = draw([3, 4], 150)
    large, small = frames[0], np.asarray(Image.fromarray(frames[1]).resize((120, 120)))
    picture = hang(hang(wall(), large, (20, 30)), small, (330, 210))
    heard = []
    found = find_faces(np.asarray(picture), detector, lambda text, share: heard.append(text))
    assert len(found.faces) == 2 and found.turned == 0
    assert errors(found.faces[:1], marks[0] + (20, 30))[0] < 0.08
    assert errors(found.faces[1:], marks[1] * 0.8 + (330, 210))[0] < 0.08
    assert "2 faces" in found.note() and heard == ["Looking for faces"]


def test_a_face_upside_down_is_found_where_it_is(detector):
    (frame,), (landmarks,) = draw([3], 170)
    picture = hang(wall(), frame, (200, 40)).rotate(180)
    found = find_faces(np.asarray(picture), detector)
    assert found.turned == 180 and "turned by 180" in found.note()
    assert errors(found.faces, (479, 359) - (landmarks + (200, 40)))[0] < 0.08


def test_where_what_is_seen_leans_far_the_photograph_is_turned_too(detector, monkeypatch, landmarks):
    def leaning(*degrees):
        turned = []
        for angle in np.radians(degrees):
            turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            turned.append(Face(((landmarks - 128) @ turn + 128).astype(np.float32), 1.0))
        return turned

    def search(*turns):
        """Say what is seen in the turns, in the order in which they are looked at."""
        seen = list(turns)
        monkeypatch.setattr(photograph, "_search", lambda frame, reader: seen.pop(0) if seen else [])
        found = find_faces(np.zeros((256, 256, 3), np.uint8), detector)
        return found.turned, len(found.faces), len(seen)

    monkeypatch.setattr(photograph, "_is_firm", lambda *given: True)
    monkeypatch.setattr(photograph, "_look_finely", lambda rgb, face, reader: face)
    # One of two is seen leaning by 60 degrees; both are where they lean by 30 the other way.
    assert search(leaning(60), [], [], leaning(-30, -30)) == (270, 2, 0)
    # Where one leans little, the photograph is held the right way, and that is enough.
    assert search(leaning(60, 30), [], [], leaning(-30)) == (0, 2, 3)
    assert search(leaning(60), [], [], []) == (0, 1, 0)


def test_what_is_read_alike_into_whatever_is_looked_at_is_no_face(detector):
    (frame,), (landmarks,) = draw([3], 170)
    picture = np.asarray(hang(wall(), frame, (200, 40)))
    face = Face((landmarks + (200, 40)).astype(np.float32), 1.0)
    assert _is_firm(picture, face, detector)
    # Who sees the same in every cut sees it turned when that is turned.
    same = detector.read(frame)
    stubborn: Any = SimpleNamespace(read=lambda cut: Face(same.landmarks * (LOOK / 170), 1.0))
    assert not _is_firm(picture, face, stubborn)


def test_of_a_large_photograph_the_landmarks_are_read_finely(detector):
    (frame,), (landmarks,) = draw([5], 256)
    large = np.asarray(Image.fromarray(frame).resize((1024, 1024)))
    picture = hang(wall(1800, 2400), large, (700, 300))
    found = find_faces(np.asarray(picture), detector)
    assert errors(found.faces, (landmarks + 0.5) * 4 + (699.5, 299.5))[0] < 0.06


def test_where_there_is_no_face_none_is_found_and_it_is_said_in_one_line(detector, monkeypatch):
    # The detector's own search has its own tests, and takes a while for each of the four turns.
    monkeypatch.setattr(BundledDetector, "detect", lambda self, rgb: [])
    found = find_faces(np.asarray(wall()), detector)
    assert found.faces == () and "No face was found" in found.note() and "\n" not in found.note()


def test_a_search_that_is_ended_ends(detector):
    def end(text, share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_faces(np.asarray(wall()), detector, end)


class Other:
    """Another detector, which finds what it is told."""

    name = "other"

    def __init__(self, faces):
        self.faces, self.seen = faces, []

    def detect(self, rgb):
        self.seen.append(rgb.shape)
        return self.faces


def test_another_detector_sees_the_photograph_shrunk_and_is_trusted(landmarks):
    other = Other([Face(landmarks, 0.7)])
    found = find_faces(np.zeros((1600, 3200, 3), np.uint8), other)
    assert other.seen == [(800, 1600, 3)]
    assert np.allclose(found.faces[0].landmarks, landmarks * 2 + 0.5, atol=1e-3)


def test_a_crowd_and_a_very_small_face_are_said(landmarks):
    crowd = PhotographFaces(tuple(Face(landmarks * 0.1, 1.0) for _ in range(20)))
    assert "20 faces were found" in crowd.note() and "very small" in crowd.note()
    assert PhotographFaces((Face(landmarks, 1.0),)).note() == ""


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the faces of ../shared/faces are not here")
@pytest.mark.parametrize(
    ("side", "degrees", "least"),
    [(500, 0, 0.95), (120, 0, 0.85), (60, 0, 0.8), (250, 30, 0.85), (250, -60, 0.95), (250, 180, 0.85)],
)
def test_photographs_of_faces_are_found_at_every_size_and_turn(side, degrees, least):
    tally = measure(side, degrees, folder=SHARED)
    assert tally.found / tally.there >= least and tally.wrong == 0 and tally.error < 0.04
