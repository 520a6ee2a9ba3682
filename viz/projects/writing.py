"""Writing a project: a history as one zip."""

import os
import zipfile
from pathlib import Path
from typing import Any

import msgspec

from dnnlib.files import atomic_write
from drag.path import EditPath
from faces.stack import Layer
from viz.answers import NetworkInfo
from viz.projects.arrays import ArraysOut, ProjectError
from viz.projects.form import (
    FORMAT,
    VERSION,
    EditForm,
    EntryForm,
    LayerForm,
    MomentForm,
    NetworkForm,
    PairForm,
    PartForm,
    PathForm,
    ProjectForm,
)
from viz.projects.photographs import photo_form
from viz.state.history import History, Moment

_RECORDS = "project.json"


def write_project(path: Path, history: History, *, closed: bool = False, autosave: bool = False) -> None:
    """Write a project, whole or not at all.

    Args:
        path: of the zip.
        history: with at least one entry.
        closed: of an autosave, that its window was closed in good order.
        autosave: it is one; files that are there are not copied into it or beside it.

    Raises:
        FileError: if the file cannot be written.
        ProjectError: if there is a file of that name which is no project: it stays as it is.
    """
    _check_over(path)
    with atomic_write(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        arrays = ArraysOut(archive)
        form = _Writer(path, arrays).form(history, closed)
        if history.photo is not None:
            photo = photo_form(path, history.photo, archive, autosave=autosave)
            form = msgspec.structs.replace(form, photo=photo)
        # Encoding the records comes upon the arrays, and writes them.
        text = msgspec.json.encode(form, enc_hook=arrays.plain)
        archive.writestr(_RECORDS, msgspec.json.format(text, indent=1), zipfile.ZIP_DEFLATED)


def _check_over(path: Path) -> None:
    """See that nothing but an older project is written over, whatever a dialog was told: not a checkpoint."""
    if not path.is_file() or path.stat().st_size == 0:
        return
    try:
        with zipfile.ZipFile(path) as archive:
            is_project = _RECORDS in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        is_project = False
    if not is_project:
        raise ProjectError(
            f"{path}: is there already and no project, so it stays as it is; choose another name"
        )


class _Writer:
    """Puts a history into the form of the file; what is shared is counted once."""

    def __init__(self, file: Path, arrays: ArraysOut) -> None:
        self._arrays = arrays
        self._folder = file.absolute().parent
        self._networks: dict[str, NetworkForm] = {}
        self._paths: dict[int, PathForm] = {}

    def form(self, history: History, closed: bool) -> ProjectForm:
        entries = tuple(
            EntryForm(entry.words, self._moment(entry.moment), tuple(sorted(entry.topics)))
            for entry in history.entries
        )
        networks, paths = tuple(self._networks.values()), tuple(self._paths.values())
        return ProjectForm(FORMAT, VERSION, networks, paths, entries, history.at, closed)

    def _moment(self, moment: Moment) -> MomentForm:
        # Packed or not, a mask is an array in the file: its name stands for it.
        mask: Any = None if moment.mask is None else self._arrays.name_of(moment.mask)
        return MomentForm(
            self._network(moment.network),
            moment.latent,
            moment.picture.w,
            moment.picture.own_w,
            self._edit(moment),
            tuple(PairForm(pair.point, pair.target) for pair in moment.pairs),
            mask,
            moment.config,
            dict(moment.strengths),
            moment.automatic_mask,
            moment.click,
            moment.edits,
            tuple(_layer(layer) for layer in moment.picture.stack),
        )

    def _edit(self, moment: Moment) -> EditForm | None:
        edit = moment.picture.edit
        if edit is None:
            return None
        return EditForm(edit.kind, edit.title, self._path(edit.path), edit.place, edit.outcome)

    def _path(self, path: EditPath) -> int:
        if id(path) not in self._paths:
            self._paths[id(path)] = PathForm(path.steps, path.ws, path.points, path.targets)
        return list(self._paths).index(id(path))

    def _network(self, network: NetworkInfo) -> int:
        if network.sha256 not in self._networks:
            where = network.path.absolute()
            self._networks[network.sha256] = NetworkForm(
                str(where), network.title, network.sha256, network.width, network.height,
                network.num_ws, network.w_dim, network.num_blocks, network.c_dim,
                _beside(where, self._folder),
            )  # fmt: skip
        return list(self._networks).index(network.sha256)


def _layer(layer: Layer) -> LayerForm:
    parts = tuple(PartForm(part.expression, part.strength) for part in layer.parts)
    return LayerForm(layer.title, parts, layer.amount, layer.on, layer.start, layer.end, layer.pending)


def _beside(path: Path, folder: Path) -> str:
    """Give the path from a folder, by which a project that moves with its network finds it; "" if none."""
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # Another drive.
        return ""
