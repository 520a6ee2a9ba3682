"""A photograph, and what is found in it."""

import numpy as np
import pytest
from PIL import Image

from faces.photograph import PhotographFaces
from headless import photo_desk
from tests.headless.striped_photos import FACE


@pytest.fixture
def picture(tmp_path):
    noise = np.random.default_rng(0).integers(90, 160, (260, 320, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    Image.fromarray(noise).save(tmp_path / "me.png", exif=exif)
    return tmp_path / "me.png"


@pytest.fixture
def seen(monkeypatch):
    """What is found in the photograph: one face, unless a test says otherwise."""
    found = [PhotographFaces((FACE,))]
    monkeypatch.setattr(photo_desk, "find_faces", lambda rgb, detector, progress: found[-1])
    return found
