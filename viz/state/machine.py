"""How fast things go, and what they take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MachineState:
    """The machine, measured.

    Attributes:
        device: what computes; empty before anything was loaded.
        devices: what could.
        device_memory: bytes in use and in all on it; None where it has none of its own.
        memory: bytes that the program has in use; 0 before it was measured.
        frame: seconds that a frame of the window takes to draw.
        frames: of the window, a second, while anything moves.
        step: seconds that a step of the last edit took; 0 before the first.
    """

    device: str = ""
    devices: tuple[str, ...] = ()
    device_memory: tuple[int, int] | None = None
    memory: int = 0
    frame: float = 0.0
    frames: float = 0.0
    step: float = 0.0
