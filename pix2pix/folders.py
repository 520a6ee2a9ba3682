"""Pairs from folders: side by side in one picture, or in two folders matched by name."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from tqdm import tqdm

from dnnlib.files import atomic_write
from pix2pix.data import DataError, PairSet

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})

_OTHER_SPLIT = {"val": "test", "test": "val"}


class PairFile(NamedTuple):
    """Where a pair lies: both halves in `left`, or one picture each."""

    name: str
    left: Path
    right: Path | None = None


def list_pictures(folder: Path) -> list[Path]:
    """List a folder's pictures by name, not those of folders in it.

    Raises:
        DataError: if there is no such folder, or no picture in it.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise DataError(
            f"{folder}: no pictures in it; expected files ending in {', '.join(sorted(SUFFIXES))}"
        )
    return found


def side_by_side(folder: Path, split: str) -> list[PairFile]:
    """List the pairs of a split: FOLDER/train, val and test, or all in FOLDER itself.

    Raises:
        DataError: if there is none.
    """
    if not folder.is_dir():
        raise DataError(
            f"{folder}: no such folder, and no data set of that name; expected portraits, facades, "
            "cityscapes, night2day, edges2shoes, edges2handbags, or a folder of pictures that hold a pair "
            "side by side"
        )
    if not (folder / "train").is_dir():
        return part_of([PairFile(path.stem, path) for path in list_pictures(folder)], split)
    for name in (split, _OTHER_SPLIT.get(split, split)):
        if (folder / name).is_dir():
            return [PairFile(path.stem, path) for path in list_pictures(folder / name)]
    return part_of([PairFile(path.stem, path) for path in list_pictures(folder / "train")], split)


def two_folders(inputs: Path, targets: Path) -> list[PairFile]:
    """Match the pictures of two folders by their names without endings.

    Raises:
        DataError: naming the first picture without a partner, or with two.
    """
    found = []
    for folder in (inputs, targets):
        by_name: dict[str, Path] = {}
        for path in list_pictures(folder):
            if path.stem in by_name:
                raise DataError(
                    f"{path}: {by_name[path.stem].name} has the same name; expected one picture of it"
                )
            by_name[path.stem] = path
        found.append(by_name)
    for mine, theirs, folder in ((found[0], found[1], targets), (found[1], found[0], inputs)):
        lonely = sorted(mine.keys() - theirs.keys())
        if lonely:
            more = f" (and {len(lonely) - 1} more)" if len(lonely) > 1 else ""
            raise DataError(
                f"{mine[lonely[0]]}: no partner{more}; expected {lonely[0]} with any ending in {folder}"
            )
    return [PairFile(name, path, found[1][name]) for name, path in sorted(found[0].items())]


def part_of(pairs: Sequence[PairFile], split: str) -> list[PairFile]:
    """Hold a tenth of the pairs back for val and test, at least one, chosen by their names' hashes.

    So a pair stays on its side when others come or go, but for the last one that is needed.
    """
    ranked = sorted(pairs, key=lambda pair: hashlib.sha256(pair.name.encode()).digest())
    held_out = set(ranked[: max(1, len(ranked) // 10)]) if len(ranked) > 1 else set(ranked)
    kept = [pair for pair in pairs if (pair in held_out) != (split == "train")]
    return kept or list(pairs)


# ----------------------------------------------------------------------------
# Decoding.


def decode(pairs: Sequence[PairFile], size: int, cache: Path, memory: float) -> PairSet:
    """Decode pairs to squares of `size` px, into memory, or into a mapped file where that would be too large.

    Args:
        cache: the folder for such files; one that is there from an earlier run is used again.
        memory: bytes that decoded pairs may take of it.

    Raises:
        DataError: naming the first picture that cannot be used, and what was expected.
    """
    names = tuple(pair.name for pair in pairs)
    shape = (2, len(pairs), size, size, 3)
    if float(np.prod(shape)) <= memory:
        both = np.empty(shape, np.uint8)
        _fill(both, pairs, size)
        return PairSet(both[0], both[1], names)
    path = cache / f"pairs-{_fingerprint(pairs, size)}.npy"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as temporary:
            mapped = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)
            _fill(mapped, pairs, size)
            mapped.flush()
            del mapped
    both = np.load(path, mmap_mode="r")
    return PairSet(both[0], both[1], names)


def _fill(both: np.ndarray, pairs: Sequence[PairFile], size: int) -> None:
    """Decode every pair into its place."""
    for index, pair in enumerate(tqdm(pairs, desc="Reading pairs", unit="pair", leave=False)):
        left, right = open_pair(pair)
        for half, picture in enumerate((left, right)):
            fitted = (
                picture
                if picture.size == (size, size)
                else picture.resize((size, size), Image.Resampling.BICUBIC)
            )
            both[half, index] = np.asarray(fitted)


def open_pair(pair: PairFile) -> tuple[Image.Image, Image.Image]:
    """Open both pictures of a pair, RGB, of one size.

    Raises:
        DataError: naming the file, and what was expected.
    """
    left = open_picture(pair.left)
    if pair.right is None:
        if left.width % 2:
            raise DataError(
                f"{pair.left}: {left.width} px wide; expected two pictures of one width side by side"
            )
        middle = left.width // 2
        return left.crop((0, 0, middle, left.height)), left.crop((middle, 0, left.width, left.height))
    right = open_picture(pair.right)
    if left.size != right.size:
        raise DataError(
            f"{pair.right}: {right.width}×{right.height} px; expected the size of {pair.left}, "
            f"{left.width}×{left.height} px"
        )
    return left, right


def open_picture(path: Path) -> Image.Image:
    """Open one picture, turned upright, as RGB; what is transparent lies on white.

    Raises:
        DataError: if it cannot be read.
    """
    try:
        with Image.open(path) as opened:
            return to_rgb(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: not a picture; expected PNG, JPEG or the like") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        # Pillow tells of damaged files in any of these ways.
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise DataError(
            f"{path}: cannot be read ({reason}); remove it or put a whole copy in its place"
        ) from error


def open_with_alpha(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Open a picture as colours uint8 [H, W, 3], and its transparency uint8 [H, W] if it has any.

    Raises:
        DataError: if it cannot be read.
    """
    colours = np.asarray(open_picture(path))
    with Image.open(path) as opened:
        if not opened.has_transparency_data:
            return colours, None
        return colours, np.asarray(ImageOps.exif_transpose(opened).convert("RGBA").getchannel("A"))


def to_rgb(picture: Image.Image) -> Image.Image:
    """Any kind of picture as RGB: 16-bit grey scaled down, transparency laid on white."""
    if picture.mode in ("I", "I;16", "I;16B", "F"):
        values = np.asarray(picture, np.float64)
        top = 65535.0 if values.max(initial=0.0) > 255 else 255.0
        picture = Image.fromarray((values / top * 255).round().clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return picture.convert("RGB")


def _fingerprint(pairs: Sequence[PairFile], size: int) -> str:
    """A name for these files as they are now: paths, lengths and dates."""
    digest = hashlib.sha256(str(size).encode())
    try:
        for pair in pairs:
            for path in (pair.left, pair.right):
                if path is not None:
                    facts = os.stat(path)
                    digest.update(f"{path.resolve()} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    except OSError as error:
        raise DataError(f"{error.filename}: cannot be read ({error.strerror})") from error
    return digest.hexdigest()[:16]
