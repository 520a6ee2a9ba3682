"""The photograph of a project: its file in the zip, what was tuned to it beside the zip."""

import hashlib
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from dnnlib.files import FileError, atomic_write, sha256_of
from dnnlib.latents import GivenLatent
from dnnlib.photo_record import PhotoRecord
from viz.projects.arrays import PHOTOGRAPH, ProjectError
from viz.projects.form import NetworkForm, PhotoForm

TUNED = ".tuned.safetensors"
_KIND = "tuned generator"
_MOST_HEADER = 1 << 20
_FARTHEST = 1e7  # px; no photograph is as large.


# ----------------------------------------------------------------------------
# Writing.


def photo_form(file: Path, record: PhotoRecord, archive: zipfile.ZipFile, *, autosave: bool) -> PhotoForm:
    """Write what is remembered of a photograph, and give its form.

    An autosave leaves files where they are, as long as they are there: it is written again and again.

    Raises:
        FileError: if what was tuned cannot be written.
        ProjectError: if its name is taken by another file, which stays as it is.
    """
    inside = record.content is not None and not (autosave and record.path.is_file())
    if inside and record.content is not None:
        archive.writestr(PHOTOGRAPH, record.content, zipfile.ZIP_STORED)
    tuned, mark = _tuned(file, record, autosave=autosave)
    quad: Any = tuple((float(x), float(y)) for x, y in record.quad)
    where, w = record.path.absolute(), record.given.w
    return PhotoForm(
        str(where), record.sha256, record.network, record.given.name,
        np.asarray(w, np.float32), quad, np.asarray(record.landmarks, np.float32),
        inside, tuned, mark, record.meant, _beside(where, file.absolute().parent),
    )  # fmt: skip


def _tuned(file: Path, record: PhotoRecord, *, autosave: bool) -> tuple[str, str]:
    """Put the file of what was tuned beside the project; give its name and SHA-256."""
    if record.tuned is None:
        return "", ""
    if autosave or not record.tuned.is_file():
        mark = sha256_of(record.tuned) if record.tuned.is_file() else ""
        return str(record.tuned.absolute()), mark
    target, mark = file.with_name(file.stem + TUNED), sha256_of(record.tuned)
    if not target.exists() or sha256_of(target) != mark:
        if target.exists() and not _is_tuned(target):
            raise ProjectError(
                f"{target}: is there already and no tuned network, so it stays as it is; "
                "save the project under another name"
            )
        with atomic_write(target) as temporary:
            shutil.copyfile(record.tuned, temporary)
    return target.name, mark


def _is_tuned(path: Path) -> bool:
    """Tell whether a file says that it is what tuning has changed of a network."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if length <= _MOST_HEADER else {}
        return bool(header["__metadata__"]["kind"] == _KIND)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def _beside(path: Path, folder: Path) -> str:
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # Another drive.
        return ""


# ----------------------------------------------------------------------------
# Reading.


def read_photo_form(
    file: Path, form: PhotoForm, archive: zipfile.ZipFile, networks: tuple[NetworkForm, ...]
) -> PhotoRecord:
    """Check what a file says of its photograph, and make it a record.

    Raises:
        ValueError: saying what is wrong.
    """
    network = next((one for one in networks if one.sha256 == form.network), None)
    if network is None:
        raise ValueError("its photograph is of a network that it does not name")
    if "\0" in form.path + form.tuned + form.beside:
        raise ValueError("its photograph has a name that no file has")
    _check("w", form.w, (network.num_ws, network.w_dim))
    _check("landmarks", form.landmarks, (68, 2))
    if form.meant is not None:
        _check("mask", form.meant, (network.height, network.width))
        if form.meant.min() < 0 or form.meant.max() > 1:
            raise ValueError("the photograph's mask holds numbers that are not 0 to 1")
    quad = np.array(form.quad, np.float64)
    for name, places in (("square", quad), ("landmarks", form.landmarks)):
        if not (np.abs(places) < _FARTHEST).all():
            raise ValueError(f"the photograph's {name} lies outside of any photograph")
    if abs(np.linalg.det(np.stack([quad[3] - quad[0], quad[1] - quad[0]]))) < 1:
        raise ValueError("the photograph's square is none")
    content = None
    if form.inside:
        try:
            content = archive.read(PHOTOGRAPH)
        except KeyError:
            raise ValueError("its photograph is missing") from None
        if hashlib.sha256(content).hexdigest() != form.sha256:
            raise ValueError("its photograph is not the one that it names")
    folder = file.absolute().parent
    tuned, note = _find_tuned(file, form)
    return PhotoRecord(
        _where(form, folder), form.sha256, form.network, GivenLatent(form.name, form.w), quad,
        form.landmarks, content, tuned, note, form.meant,
    )  # fmt: skip


def _check(name: str, array: Any, shape: tuple[int, ...]) -> None:
    if array.dtype != np.float32 or array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"the photograph's {name} is {list(array.shape)}, expected numbers {list(shape)}")


def _where(form: PhotoForm, folder: Path) -> Path:
    """Find the photograph itself where it was, or where it would be if it had moved with the project."""
    name = Path(form.path.replace("\\", "/")).name
    for path in (Path(form.path), folder / (form.beside or name), folder / name):
        try:
            if path.is_file() and sha256_of(path) == form.sha256:
                return path
        except (FileError, OSError, ValueError):
            continue
    return Path(form.path)


def _find_tuned(file: Path, form: PhotoForm) -> tuple[Path | None, str]:
    """Find what was tuned: beside the project under its name, or where it was."""
    if not form.tuned:
        return None, ""
    name = Path(form.tuned.replace("\\", "/")).name
    beside = file.absolute().parent
    there = False
    for path in (beside / (file.stem + TUNED), beside / name, Path(form.tuned)):
        try:
            if not path.is_file():
                continue
            there = True
            if sha256_of(path) == form.tuned_sha256:
                return path, ""
        except (FileError, OSError, ValueError):
            continue
    what = "is another file by now" if there else "is missing"
    return None, (
        f"{name}: {what}. The face is drawn by the network as it was before tuning, and looks less like the "
        "photograph; put the file back beside the project and open it again"
    )
