"""A process for each side of each case: its peak memory is its own, and it steps when it is asked."""

import importlib
import multiprocessing
import multiprocessing.connection
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dnnlib.errors import EditorError
from drag.benchmark.cases import Case, Network

# Seconds that a network may take to be made, and a step to be done.
_PATIENCE = 600.0


class BenchmarkError(EditorError):
    """A case could not be run."""


@dataclass(frozen=True)
class Step:
    """One step: wall and processor seconds, and why it was the last one, or nothing."""

    wall: float
    processor: float
    ended: str


class Side:
    """One engine on one case, in a process of its own.

    Args:
        engine: "swift", "paper" or "published" (presets of ours), or "published code".
        case: what is dragged.
        network: on what.
        threads: processor threads.
        checkout: folder of the published code, where that is the engine.
    """

    def __init__(
        self, engine: str, case: Case, network: Network, threads: int, checkout: Path | None = None
    ) -> None:
        self.engine = engine
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, engine, case, network, threads, checkout)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        self._answer()

    def step(self) -> Step:
        """Take one step, and wait for it."""
        self._pipe.send("step")
        return Step(*self._answer())

    def close(self) -> float:
        """End the process; returns the most memory that it held, MB."""
        self._pipe.send("end")
        peak = float(self._answer())
        self._process.join(_PATIENCE)
        return peak

    def _answer(self) -> Any:
        try:
            if not self._pipe.poll(_PATIENCE):
                raise BenchmarkError(f"{self.engine}: no answer within {_PATIENCE:.0f} s; try a smaller case")
            answer = self._pipe.recv()
        except EOFError:
            raise BenchmarkError(
                f"{self.engine}: its process ended early; there may be too little memory"
            ) from None
        if isinstance(answer, str):
            raise BenchmarkError(f"{self.engine}: {answer}")
        return answer


def _serve(
    pipe: "multiprocessing.connection.Connection[Any, Any]",
    engine: str,
    case: Case,
    network: Network,
    threads: int,
    checkout: Path | None,
) -> None:
    """Make the drag, then do as asked: the life of a side's process."""
    import torch

    torch.set_num_threads(threads)
    try:
        if checkout is not None:
            drag = importlib.import_module("drag.benchmark.theirs").PublishedDrag(case, network, checkout)
        else:
            drag = importlib.import_module("drag.benchmark.ours").OurDrag(case, network, engine)
        pipe.send(0.0)
        while pipe.recv() == "step":
            pipe.send(drag.step())
        pipe.send(peak_megabytes())
    except (EditorError, OSError, RuntimeError, ImportError, AttributeError, KeyError) as error:
        pipe.send(f"{type(error).__name__}: {error}")


def peak_megabytes() -> float:
    """The most memory that this process held, MB: with its libraries, network and maps."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
