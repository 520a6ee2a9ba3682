"""A gate that a fake session goes through: a test says how far its worker comes, at whatever pace."""

import threading

_PATIENCE = 60.0  # s: a test that forgot to open the gate ends all the same.


class Gate:
    """Open at first. Once shut, it lets through as many as it is told to."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._free: int | None = None
        self._waiting = 0

    def shut(self) -> None:
        """Let nobody through from now on."""
        with self._changed:
            self._free = 0

    def let(self, count: int = 1) -> None:
        """Let so many more through."""
        with self._changed:
            self._free = (self._free or 0) + count
            self._changed.notify_all()

    def open(self) -> None:
        """Let everybody through from now on."""
        with self._changed:
            self._free = None
            self._changed.notify_all()

    def go_through(self) -> None:
        """Go through, or wait for it."""
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
            came = self._changed.wait_for(lambda: self._free is None or self._free > 0, _PATIENCE)
            self._waiting -= 1
            assert came, "nobody opened the gate"
            if self._free is not None:
                self._free -= 1

    @property
    def holds_somebody(self) -> bool:
        """Whether somebody waits for it to open."""
        with self._changed:
            return self._waiting > 0 and self._free == 0

    def wait_for_somebody(self) -> None:
        """Wait until somebody stands in front of it."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._waiting > 0 and self._free == 0, _PATIENCE), (
                "nobody came to the gate"
            )
