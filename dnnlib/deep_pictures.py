"""Pictures of 16 bits a channel, which Pillow reads only when they are grey.

Colour is decoded by the ffmpeg that imageio brings for films, and written here: a PNG without a choice of
filters is only a few chunks.
"""

import os
import struct
import subprocess
import zlib

import numpy as np
from numpy.typing import NDArray

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write

Deep = NDArray[np.uint16]

_LAYOUTS = {1: "gray16be", 2: "ya16be", 3: "rgb48be", 4: "rgba64be"}
_PNG_COLOURS = {1: 0, 2: 4, 3: 2, 4: 6}  # A PNG's own number for so many channels.
_LONGEST = 120.0  # Seconds that decoding may take.
_BAND = 256  # Rows that are compressed at a time.


class DeepPictureError(EditorError):
    """A picture of 16 bits cannot be decoded."""


def decode_deep(data: bytes, kind: str, size: tuple[int, int], channels: int) -> Deep:
    """Decode a PNG or TIFF of 16 bits a channel, without turning it.

    Args:
        data: the file's content.
        kind: "png" or "tiff".
        size: (height, width), as the file's header says.
        channels: 1 to 4: grey, grey and alpha, RGB, RGB and alpha.

    Returns:
        uint16 [H, W, channels].

    Raises:
        DeepPictureError: if it cannot be decoded, or is cut short.
    """
    import imageio_ffmpeg

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-noautorotate", "-xerror"]
    command += ["-f", f"{kind}_pipe", "-frame_size", str(len(data)), "-i", "-", "-frames:v", "1"]
    command += ["-f", "rawvideo", "-pix_fmt", _LAYOUTS[channels], "-"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_LONGEST, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DeepPictureError(
            f"its 16 bits a channel cannot be decoded ({type(error).__name__.lower()})"
        ) from error
    height, width = size
    if done.returncode != 0 or len(done.stdout) != height * width * channels * 2:
        raise DeepPictureError("its 16 bits a channel cannot be decoded: the file is damaged or cut short")
    return np.frombuffer(done.stdout, ">u2").reshape(height, width, channels).astype(np.uint16)


def save_deep_png(
    path: str | os.PathLike[str], pixels: Deep, exif: bytes = b"", icc: bytes = b"", xmp: bytes = b""
) -> None:
    """Write a PNG of 16 bits a channel, without loss.

    Args:
        path: the file to write.
        pixels: uint16 [H, W, C], 1 to 4 channels.
        exif: as a TIFF block, with or without the six letters before it that JPEG wants.
        icc: a colour profile.
        xmp: an XMP packet.

    Raises:
        FileError: if the file cannot be written.
    """
    height, width, channels = pixels.shape
    with atomic_write(path) as temporary, temporary.open("wb") as file:

        def chunk(name: bytes, data: bytes) -> None:
            file.write(struct.pack(">I", len(data)) + name + data)
            file.write(struct.pack(">I", zlib.crc32(name + data)))

        file.write(b"\x89PNG\r\n\x1a\n")
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, _PNG_COLOURS[channels], 0, 0, 0))
        if icc:
            chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc))
        if exif:
            chunk(b"eXIf", exif.removeprefix(b"Exif\0\0"))
        if xmp:
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
        packer = zlib.compressobj(4)
        above = np.zeros(width * channels * 2, np.uint8)
        for top in range(0, height, _BAND):
            rows = pixels[top : top + _BAND].astype(">u2").view(np.uint8).reshape(-1, above.size)
            # Filter 2: what differs from the row above is small in a photograph, and packs well.
            filtered = np.full((len(rows), above.size + 1), 2, np.uint8)
            filtered[:, 1:] = rows - np.concatenate([above[None], rows[:-1]])
            above = rows[-1]
            chunk(b"IDAT", packer.compress(filtered.tobytes()))
        chunk(b"IDAT", packer.flush())
        chunk(b"IEND", b"")
