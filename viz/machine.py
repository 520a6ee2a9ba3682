"""What there is to compute on, as the window knows it: handed in by the entry point."""

from typing import Protocol


class Machine(Protocol):
    """Asked in the worker's thread, once a checkpoint has brought torch."""

    def devices(self) -> tuple[str, ...]:
        """Name what can compute: "cpu", and "cuda" or "mps" where they are there."""

    def chosen(self, wish: str) -> str:
        """Name the device of a wish ("auto", or one of `devices`)."""

    def memory(self, device: str) -> tuple[int, int] | None:
        """Give bytes in use on a device, and bytes in all (0: unknown); None where it has none of its own."""
