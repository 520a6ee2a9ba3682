"""Load every file of a folder in a process of its own, and say what each came to: time, memory, words.

python -m tests.training.measure_loads FOLDER
"""

import json
import sys
import time
from pathlib import Path

from tests.training.small_generators import make
from training.checkpoint import CheckpointError, load_generator, save_generator

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def memory(line: str) -> int:
    """A figure of this process in bytes: VmRSS (now) or VmHWM (at most since it was reset)."""
    found = next(text for text in _STATUS.read_text().splitlines() if text.startswith(line))
    return int(found.split()[1]) * 1024


def measure(path: Path) -> dict[str, object]:
    _RESET.write_text("5")
    before, began = memory("VmRSS"), time.process_time()
    try:
        load_generator(path)
        kind, words = "loaded", ""
    except CheckpointError as error:
        kind, words = type(error).__name__, str(error)
    except BaseException as error:  # noqa: BLE001 - whatever else comes is what the test is to tell.
        kind, words = f"OTHER {type(error).__name__}", str(error)[:200]
    seconds = time.process_time() - began
    return {
        "name": path.name,
        "kind": kind,
        "words": words,
        "seconds": seconds,
        "bytes": memory("VmHWM") - before,
    }


def main() -> None:
    """Print one line of JSON for each file."""
    folder = Path(sys.argv[1])
    warm = folder.parent / "warm"
    save_generator(warm, make("stylegan3"))
    load_generator(warm)
    for path in sorted(folder.iterdir()):
        sys.stdout.write(json.dumps(measure(path)) + "\n")


if __name__ == "__main__":
    main()
