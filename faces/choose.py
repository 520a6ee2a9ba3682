"""Which detector looks at a generator's frames."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch

from dnnlib.errors import EditorError
from faces import weights
from faces.bundled import BundledDetector
from faces.landmarks import LandmarkDetector
from faces.precise import DetectorUnavailableError, PreciseDetector
from faces.weights import Progress, WeightsError

Wish = Literal["auto", "bundled", "face-alignment"]

# What a checkpoint's metadata may say under "detector".
NAMES: tuple[Wish, ...] = ("auto", "bundled", "face-alignment")


class DetectorError(EditorError):
    """A detector was asked for that there is not."""


class DetectorChoice(NamedTuple):
    """The detector chosen, and one line for the person where it is not the one that was meant; else empty."""

    detector: LandmarkDetector
    note: str


def choose_detector(
    metadata: Mapping[str, str],
    device: torch.device | str = "cpu",
    wish: str = "auto",
    may_fetch: bool = True,
    progress: Progress | None = None,
) -> DetectorChoice:
    """Choose a detector for a checkpoint.

    The precise one is taken whenever its weights are on the machine or can be fetched, unless the
    checkpoint's metadata names one that fits it better (the demo's drawn faces: "bundled") or the person
    wishes for one. What keeps the precise one away is said in the note, and the bundled one takes its place.

    Args:
        metadata: of the checkpoint; its "detector" counts.
        device: of the generator.
        wish: the person's: auto, bundled or face-alignment.
        may_fetch: whether missing weights may be fetched (96 MB, once).
        progress: told how a fetch goes; a bar on the terminal if None.

    Raises:
        DetectorError: if the wish is no detector's name.
        LandmarkFileError: if the bundled one is chosen and its file is broken.
    """
    if wish not in NAMES:
        raise DetectorError(f"detector {wish!r}: there is none of that name; choose {', '.join(NAMES)}")
    named, note = metadata.get("detector", "auto"), ""
    if wish == "auto" and named not in NAMES:
        note = f"the checkpoint asks for a detector {named!r} that is not known here; chosen as for any other"
    name = wish if wish != "auto" else named
    if name != "bundled":
        try:
            if may_fetch:
                weights.fetch(progress=progress)
            return DetectorChoice(PreciseDetector.load(device), note)
        except (WeightsError, DetectorUnavailableError) as error:
            note = f"the bundled landmark detector is used: {error}"
    return DetectorChoice(BundledDetector.load(device=device), note)
