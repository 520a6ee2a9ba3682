"""The arrays of a project's zip: each once, small, and checked before a byte of it is believed."""

import io
import re
import zipfile

import numpy as np

from dnnlib.errors import EditorError
from dnnlib.photo_record import MOST_KEPT
from viz.state.history import PackedMask

MOST_JSON = 64 << 20  # Bytes of project.json.
MOST_ARRAY = 320 << 20  # Bytes of one array: a mask of 8192 px fits.
MOST_IN_ALL = 1 << 30  # Bytes of all that is in the zip, unpacked.
MOST_MEMBERS = 20_000

PHOTOGRAPH = "photograph"  # The member that is a photograph's file, as it was.

_NAME = re.compile(r"arrays/[0-9]{1,6}\.npy")
_KINDS = (np.dtype("<f4"), np.dtype("<i4"))


class ProjectError(EditorError):
    """A project's file could not be read."""


# ----------------------------------------------------------------------------
# Writing.


class ArraysOut:
    """Writes arrays into a zip, and gives each a name; one that is asked for again keeps its name."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names: dict[int, str] = {}
        self._held: list[object] = []  # So that no id is given twice.

    def plain(self, thing: object) -> object:
        """Make of what JSON has no form for what it has: of an array its name, of numpy's numbers plain ones.

        Raises:
            TypeError: if it is something else.
        """
        if isinstance(thing, np.generic):
            return thing.item()
        if isinstance(thing, np.ndarray):
            return self.name_of(thing)
        raise TypeError(f"a project has no form for {type(thing).__name__}")

    def name_of(self, array: np.ndarray | PackedMask) -> str:
        """Write an array or a packed mask, if it is new; give its name."""
        if id(array) not in self._names:
            name = f"arrays/{len(self._names)}.npy"
            self._names[id(array)] = name
            self._held.append(array)
            content = array.mask() if isinstance(array, PackedMask) else array
            file = io.BytesIO()
            np.save(file, np.ascontiguousarray(content), allow_pickle=False)
            # Masks are mostly flat; the ways of w are noise to a packer, and long.
            how = zipfile.ZIP_STORED if content.ndim > 2 else zipfile.ZIP_DEFLATED
            self._archive.writestr(name, file.getvalue(), how, compresslevel=1)
        return self._names[id(array)]


# ----------------------------------------------------------------------------
# Reading.


class ArraysIn:
    """Reads arrays from a zip whose claims were checked, each once."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._read: dict[str, np.ndarray] = {}

    def array(self, name: object) -> np.ndarray:
        """Give the array of a name, read-only.

        Raises:
            ValueError: if there is none, or it is not what it should be; in words.
        """
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(f"{name!r:.60} is no name of an array")
        if name not in self._read:
            try:
                self._read[name] = _array_of(self._archive.read(name))
            except KeyError:
                raise ValueError(f"{name} is missing") from None
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        return self._read[name]


def check_claims(archive: zipfile.ZipFile) -> None:
    """See, before anything is unpacked, that a zip holds what a project holds, and not too much of it.

    Raises:
        ValueError: saying what is wrong.
    """
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise ValueError(f"it holds {len(members)} files, more than the {MOST_MEMBERS} of any project")
    if len({member.filename for member in members}) < len(members):
        raise ValueError("it holds two files of one name")
    in_all = 0
    for member in members:
        name, most = member.filename, MOST_ARRAY
        if name == "project.json":
            most = MOST_JSON
        elif name == PHOTOGRAPH:
            most = MOST_KEPT
        elif not _NAME.fullmatch(name):
            raise ValueError(f"it holds {name!r:.60}, which no project does")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or member.flag_bits & 1:
            raise ValueError(f"{name} is packed in a way that no project is")
        in_all += member.file_size
        if member.file_size > most or in_all > MOST_IN_ALL:
            raise ValueError(f"{name} would unpack to {member.file_size} bytes: too much for a project")


def _array_of(data: bytes) -> np.ndarray:
    """Read a .npy file; its header is believed only where the bytes after it are as many as it says."""
    file = io.BytesIO(data)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("its .npy form is not 1.0")
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype not in _KINDS or len(shape) > 3 or min(shape, default=0) < 0:
        raise ValueError(f"it is {dtype} {list(shape)}, expected float32 or int32 of at most 3 dimensions")
    size = int(np.prod([int(length) for length in shape], dtype=object)) * dtype.itemsize
    if len(data) - file.tell() != size:
        raise ValueError(f"it holds {len(data) - file.tell()} bytes, expected {size}")
    file.seek(0)
    array: np.ndarray = np.load(file, allow_pickle=False)
    array.flags.writeable = False
    return array
