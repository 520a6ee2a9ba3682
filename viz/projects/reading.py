"""Reading a project, from whoever: every claim is checked, and what is wrong is said in one line."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from dnnlib.errors import EditorError
from dnnlib.photo_record import PhotoRecord
from drag.path import EditPath
from faces.stack import GREATEST_AMOUNT, LEAST_AMOUNT, Layer, Part
from viz.history import go_to
from viz.projects.arrays import ArraysIn, ProjectError, check_claims
from viz.projects.form import (
    FORMAT,
    VERSION,
    EditForm,
    Head,
    LayerForm,
    MomentForm,
    PathForm,
    ProjectForm,
)
from viz.projects.networks import find_network, info_of
from viz.projects.photographs import read_photo_form
from viz.state.history import Entry, History, Moment, PackedMask
from viz.state.picture import Edit, PictureState
from viz.state.points import PointPair

_FAULTS = (
    ValueError, TypeError, KeyError, IndexError, RecursionError, EOFError, NotImplementedError, RuntimeError,
    MemoryError, zipfile.BadZipFile, zlib.error, msgspec.DecodeError,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Project:
    """What was read.

    Attributes:
        history: standing where it stood; the networks' paths are where they are now, as far as was found.
        missing: why the network of the present was not found, in one line; empty if it was.
        closed: of an autosave, that its window was closed in good order.
    """

    history: History
    missing: str = ""
    closed: bool = False


def read_project(path: Path) -> Project:
    """Read a project, and look for its network.

    Raises:
        ProjectError: in one line that names the file: no project, damaged, hostile, or of a newer program.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_claims(archive)
            text = archive.read("project.json")
            _check_head(path, msgspec.json.decode(text, type=Head))
            arrays = ArraysIn(archive)
            form = msgspec.json.decode(text, type=ProjectForm, dec_hook=lambda kind, name: arrays.array(name))
            photo = None
            if form.photo is not None:
                photo = read_photo_form(path, form.photo, archive, form.networks)
            return _project(path, form, photo)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ProjectError(f"{path}: cannot be read ({why})") from error
    except EditorError as error:
        if isinstance(error, ProjectError):
            raise
        raise ProjectError(f"{path.name}: {error}") from error
    except _FAULTS as error:
        raise ProjectError(f"{path.name}: no project that can be read: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, KeyError):
        return "there is no project.json in it"
    lines = str(error).splitlines()
    return lines[0][:300] if lines else type(error).__name__


def _check_head(path: Path, head: Head) -> None:
    if head.format != FORMAT:
        raise ProjectError(f"{path.name}: no project of this program, but {head.format!r:.60}")
    if head.version > VERSION:
        raise ProjectError(
            f"{path.name}: written by a newer program (form {head.version}, this one reads up to {VERSION}): "
            "get the newer program to open it"
        )
    if head.version < 1:
        raise ProjectError(f"{path.name}: form {head.version} of a project; there are those from 1 on")


def _project(path: Path, form: ProjectForm, photo: PhotoRecord | None) -> Project:
    if form.at >= len(form.entries):
        raise ValueError(f"its present is entry {form.at} of {len(form.entries)}")
    reader = _Reader(form, path.absolute().parent)
    entries = tuple(
        Entry(entry.words, reader.moment(entry.moment, number), frozenset(entry.topics))
        for number, entry in enumerate(form.entries)
    )
    history = go_to(History(entries, form.at, photo), form.at)
    return Project(history, reader.why_missing(form.entries[form.at].moment.network), form.closed)


# ----------------------------------------------------------------------------
# From the form of the file to moments, each checked against its network.


class _Reader:
    """Makes moments of a form; what they share in the file they share in memory."""

    def __init__(self, form: ProjectForm, folder: Path) -> None:
        self._form, self._folder = form, folder
        self._found = [find_network(network, folder) for network in form.networks]
        self._networks = [
            info_of(network, found) for network, (found, _) in zip(form.networks, self._found, strict=True)
        ]
        self._paths = [_path(number, path) for number, path in enumerate(form.paths)]
        self._masks: dict[int, PackedMask] = {}

    def why_missing(self, network: int) -> str:
        return self._found[network][1]

    def moment(self, form: MomentForm, number: int) -> Moment:
        where = f"entry {number}"
        network = _counted(self._networks, form.network, f"{where}: network")
        shape = (network.num_ws, network.w_dim)
        for name, w in (("w", form.w), ("own_w", form.own_w)):
            _check(w, f"{where}: {name}", shape)
        if form.latent.given is not None:
            for name, given in (("w", form.latent.given.w), ("z", form.latent.given.z)):
                _check(given, f"{where}: the latent's {name}", () if given is None else given.shape)
        for pair in form.pairs:
            _finite([*pair.point, *(pair.target or ())], f"{where}: a point")
        _finite([*form.strengths.values(), *(form.click or ()), form.latent.psi], f"{where}: a setting")
        return Moment(
            network,
            form.latent,
            PictureState(
                form.w, form.own_w, self._edit(form.edit, where, shape), _stack(form.stack, where, shape)
            ),
            tuple(PointPair(pair.point, pair.target) for pair in form.pairs),
            self._mask(form.mask, f"{where}: mask", (network.height, network.width)),
            form.config,
            form.strengths,
            form.automatic_mask,
            form.click,
            form.edits,
        )

    def _edit(self, form: EditForm | None, where: str, shape: tuple[int, int]) -> Edit | None:
        if form is None:
            return None
        path = _counted(self._paths, form.path, f"{where}: path")
        if path.ws.shape[1:] != shape:
            raise ValueError(f"{where}: its path has w of {list(path.ws.shape[1:])}, expected {list(shape)}")
        _finite([form.place], f"{where}: place")
        return Edit(form.kind, form.title, path, min(max(form.place, 0.0), len(path) - 1.0), form.outcome)

    def _mask(self, mask: Any, where: str, shape: tuple[int, int]) -> PackedMask | None:
        if mask is None:
            return None
        if id(mask) not in self._masks:
            _check(mask, where, shape)
            if mask.min() < 0 or mask.max() > 1:
                raise ValueError(f"{where}: it holds numbers that are not 0 to 1")
            self._masks[id(mask)] = PackedMask.of(mask)
        return self._masks[id(mask)]


def _stack(forms: tuple[LayerForm, ...], where: str, shape: tuple[int, int]) -> tuple[Layer, ...]:
    found = []
    for number, form in enumerate(forms):
        here = f"{where}: edit {number} of the stack"
        for name, array in (("start", form.start), ("end", form.end), ("pending", form.pending)):
            _check(array, f"{here}: {name}", shape)
        _finite([form.amount, *(part.strength for part in form.parts)], here)
        amount = min(max(form.amount, LEAST_AMOUNT), GREATEST_AMOUNT)
        parts = tuple(Part(part.expression, part.strength) for part in form.parts)
        found.append(Layer(form.title, parts, amount, form.on, form.start, form.end, form.pending))
    return tuple(found)


def _counted(things: list[Any], index: int, where: str) -> Any:
    if index >= len(things):
        raise ValueError(f"{where} {index}: there are {len(things)}")
    return things[index]


def _check(array: Any, where: str, shape: tuple[int, ...]) -> None:
    if array is None:
        return
    if array.dtype != np.float32 or array.shape != shape:
        found = f"{array.dtype} {list(array.shape)}"
        raise ValueError(f"{where} is {found}, expected float32 {list(shape)}")
    if not np.isfinite(array).all():
        raise ValueError(f"{where}: it holds what is not a number")


def _finite(values: list[float], where: str) -> None:
    if not np.isfinite(values).all():
        raise ValueError(f"{where} is not a number")


def _path(number: int, form: PathForm) -> EditPath:
    where, steps, points = f"path {number}", form.steps, form.points
    if steps.dtype != np.int32 or steps.ndim != 1 or len(steps) < 1 or (np.diff(steps) < 0).any():
        raise ValueError(f"{where}: its steps are no ascending whole numbers")
    if form.ws.ndim != 3 or points.ndim != 3 or form.targets.ndim != 2:
        raise ValueError(f"{where}: its arrays have the wrong number of dimensions")
    _check(form.ws, f"{where}: w", (len(steps), *form.ws.shape[1:]))
    _check(form.targets, f"{where}: targets", (len(form.targets), 2))
    # A handle that was lost is no number, and may stand.
    _check(np.nan_to_num(points), f"{where}: points", (len(steps), len(form.targets), 2))
    return EditPath(steps, form.ws, points, form.targets)
