"""What a pickle's program reads: pieces of its file, of which the large ones stay there.

What a file may cost is limited here: the small pieces that it leaves in memory, the length of names
and numbers.
"""

import struct
from typing import Any

from torch_utils.errors import CheckpointError, HostileFileError
from torch_utils.network_file import Region

_MOST_CONTENT = 16 << 20  # Bytes of texts and byte strings that are kept in memory.
_LARGE = 4096  # Bytes from which on a text or byte string stays in the file.
_LONGEST_NAME = 512
_LONGEST_NUMBER = 64  # Bytes.
_WINDOW = 1 << 16


class PickleInput:
    """Takes one piece after the other from a file, or from a part of one.

    Attributes:
        position: where the next piece begins.
        source: the file's name, for messages.
    """

    def __init__(self, data: Region) -> None:
        self.position = 0
        self.source = data.source
        self._data = data
        self._window, self._window_start = b"", 0
        self._content_left = _MOST_CONTENT

    def take(self, count: int) -> bytes:
        """Take the next bytes.

        Raises:
            CheckpointError: if the file ends before.
        """
        start = self.position - self._window_start
        if start < 0 or count < 0 or start + count > len(self._window):
            wanted = max(count, min(_WINDOW, self._data.size - self.position))
            self._window, self._window_start, start = self._data.read(self.position, wanted), self.position, 0
        self.position += count
        return self._window[start : start + count]

    def take_region(self, count: int, what: str = "") -> Region:
        """Take the next bytes without reading them; `what` they are goes into messages.

        Raises:
            CheckpointError: if the file ends before.
        """
        taken = self._data.part(self.position, count, what)
        self.position += count
        return taken

    def content(self, form: str) -> bytes | Region:
        """Take a byte string after its length: one that is large stays in the file."""
        count = self.number(form)
        if count >= _LARGE:
            return self.take_region(count)
        self._content_left -= count
        if self._content_left < 0:
            raise HostileFileError(
                f"{self.source}: holds more text than any network; the file was not opened"
            )
        return self.take(count)

    def text(self, form: str) -> str | Region:
        """Take a text after its length, likewise."""
        found = self.content(form)
        return found if isinstance(found, Region) else found.decode("utf-8", "surrogatepass")

    def number(self, form: str) -> Any:
        """Take a number in one of struct's forms."""
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def line(self) -> str:
        """Take a name that ends with its line."""
        ahead = self._data.read(self.position, min(_LONGEST_NAME, self._data.size - self.position))
        end = ahead.find(b"\n")
        if end < 0:
            raise CheckpointError(f"{self.source}: cut off in a name at byte {self.position}")
        self.position += end + 1
        return ahead[:end].decode("utf-8")

    def integer(self, count: int) -> int:
        """Take a whole number of so many bytes; ValueError if it is longer than any number in such files."""
        if count > _LONGEST_NUMBER:
            raise ValueError(count)
        return int.from_bytes(self.take(count), "little", signed=True)
