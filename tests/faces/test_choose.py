import builtins
import shutil
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import torch

from dnnlib.download import DownloadError
from faces import bundled, choose, precise, weights
from faces.choose import DetectorError, choose_detector
from faces.precise import DetectorUnavailableError, PreciseDetector
from faces.weights import WeightsError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "weights"


class Stub:
    name = "stub"


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
    """No weights on the machine and no network; the bundled detector is a stub."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def refuse(*arguments, **options):
        raise DownloadError("no network in a test")

    monkeypatch.setattr(weights, "download", refuse)
    monkeypatch.setattr(
        bundled.BundledDetector, "load", classmethod(lambda cls, path=None, device="cpu": Stub())
    )
    return tmp_path


def place_files(content=b"", names=weights.PRECISE_FILES):
    weights.weights_folder().mkdir(parents=True, exist_ok=True)
    for file in names:
        file.path.write_bytes(content)


# ----------------------------------------------------------------------------
# Which one.


def test_a_checkpoint_that_names_the_bundled_detector_gets_it_without_a_word():
    detector, note = choose_detector({"detector": "bundled"})
    assert detector.name == "stub" and note == ""


def test_any_other_checkpoint_gets_the_precise_one_when_its_weights_are_there(monkeypatch):
    monkeypatch.setattr(PreciseDetector, "load", classmethod(lambda cls, device="cpu": cls(library=device)))
    place_files()
    detector, note = choose_detector({}, device="cpu")
    assert detector.name == "face-alignment" and note == ""


def test_weights_that_are_missing_are_fetched(monkeypatch):
    asked = []
    monkeypatch.setattr(choose.weights, "fetch", lambda progress=None: asked.append(progress))
    monkeypatch.setattr(PreciseDetector, "load", classmethod(lambda cls, device="cpu": cls(library=device)))
    assert choose_detector({}).detector.name == "face-alignment" and len(asked) == 1


def test_a_failed_fetch_falls_back_and_says_how_to_place_the_files():
    detector, note = choose_detector({})
    assert detector.name == "stub"
    assert "no network in a test" in note and "2DFAN4-11f355bf06.pth.tar" in note and "\n" not in note


def test_nothing_is_fetched_when_it_may_not(monkeypatch):
    monkeypatch.setattr(choose.weights, "fetch", lambda progress=None: pytest.fail("it was fetched"))
    detector, note = choose_detector({}, may_fetch=False)
    assert detector.name == "stub" and "not on this machine" in note


def test_the_persons_wish_counts_before_the_checkpoints():
    assert "face-alignment" not in choose_detector({"detector": "face-alignment"}, wish="bundled").note
    assert "could not be fetched" in choose_detector({"detector": "bundled"}, wish="face-alignment").note


def test_a_detector_that_there_is_not():
    with pytest.raises(DetectorError, match="choose auto, bundled, face-alignment"):
        choose_detector({}, wish="dlib")
    monkeyed = choose_detector({"detector": "dlib"}, may_fetch=False)
    assert monkeyed.detector.name == "stub"


# ----------------------------------------------------------------------------
# What keeps the precise one away.


def break_import(monkeypatch, message):
    ordinary = builtins.__import__

    def broken(name, *arguments, **options):
        if name == "face_alignment":
            raise ImportError(message)
        return ordinary(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", broken)


@pytest.mark.parametrize(
    ("message", "cure"),
    [
        ("libGL.so.1: cannot open shared object file: No such file or directory", "libgl1 libglib2.0-0"),
        ("No module named 'face_alignment'", "pip install -r requirements.txt"),
    ],
)
def test_a_library_that_cannot_be_imported_says_what_to_install(monkeypatch, message, cure):
    place_files()
    break_import(monkeypatch, message)
    with pytest.raises(DetectorUnavailableError, match=cure):
        PreciseDetector.load()
    detector, note = choose_detector({})
    assert detector.name == "stub" and cure in note


@pytest.mark.parametrize("content", [b"", b"<html>not the file</html>"])
def test_broken_weights_are_said_and_the_bundled_one_takes_over(monkeypatch, content):
    def set_up(*arguments, **options):
        torch.load(weights.LANDMARK_WEIGHTS.path, weights_only=True)

    library = types.SimpleNamespace(LandmarksType=types.SimpleNamespace(TWO_D=1), FaceAlignment=set_up)
    monkeypatch.setitem(sys.modules, "face_alignment", library)
    place_files(content)
    with pytest.raises(WeightsError, match="cannot be read"):
        PreciseDetector.load()
    assert choose_detector({}).detector.name == "stub"


def test_faces_is_imported_without_the_library():
    code = "import sys, faces.choose, faces.adjust; sys.exit('face_alignment' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


# ----------------------------------------------------------------------------
# The library's whole path. Its landmark weights cannot be had here: random ones run all the same.


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared/weights")
def test_the_librarys_whole_path_runs():
    face_alignment = pytest.importorskip("face_alignment", exc_type=ImportError)
    weights.weights_folder().mkdir(parents=True)
    torch.manual_seed(0)
    torch.save(face_alignment.models.FAN(4).state_dict(), weights.LANDMARK_WEIGHTS.path)
    for name in ("blazeface.pth", "anchors.npy"):
        shutil.copy(SHARED / name, weights.weights_folder() / name)
    detector, note = choose_detector({})
    assert detector.name == "face-alignment" and note == ""

    from PIL import Image

    face = SHARED.parent / "faces" / "images" / "0001.jpg"
    if face.is_file():
        found = detector.detect(np.asarray(Image.open(face)))
        assert len(found) == 1 and found[0].landmarks.shape == (68, 2) and found[0].score > 0.5
    assert detector.detect(np.zeros((256, 256, 3), np.uint8)) == []
    assert precise.PreciseDetector.name == "face-alignment"
