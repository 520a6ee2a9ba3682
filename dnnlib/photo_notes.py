"""What cameras and programs noted of a photograph besides its pixels, which stand upright here."""

import re

from PIL import Image

ORIENTATION = 0x0112  # The EXIF tag.

# Tags by which a TIFF describes its own strips: they are the old file's business, not the camera's.
_OF_THE_FILE = (256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 322, 323, 324, 325, 338, 339, 347)


def upright_exif(exif: Image.Exif) -> tuple[bytes, int]:
    """Give the camera's notes with the orientation set to upright, and the one that they named."""
    if not exif:
        return b"", 1
    named = exif.get(ORIENTATION, 1)
    for tag in _OF_THE_FILE:
        if tag in exif:
            del exif[tag]
    if ORIENTATION in exif:
        exif[ORIENTATION] = 1
    return exif.tobytes() if len(exif) else b"", named if named in range(1, 9) else 1


def upright_xmp(xmp: bytes | str | None) -> bytes:
    """Give programs' notes with the orientation set to upright."""
    packet = xmp.encode("utf-8", "ignore") if isinstance(xmp, str) else xmp or b""
    packet = re.sub(rb'(tiff:Orientation=")[2-8](")', rb"\g<1>1\2", packet)
    return re.sub(rb"(<tiff:Orientation>)[2-8](</)", rb"\g<1>1\2", packet)
