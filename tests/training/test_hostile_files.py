"""Whatever a file wants, it gets a line in words: within a second, in little memory, with nothing run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.hostile_files import write_all

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="memory is measured as Linux tells it"
)
SECONDS, MEMORY = 1.0, 200_000_000


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What loading each hostile file came to, in one process of its own: none of them ended it."""
    folder = tmp_path_factory.mktemp("hostile")
    canary = folder.parent / "canary"
    (folder / "files").mkdir()
    names = write_all(folder / "files", canary)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.training.measure_loads", str(folder / "files")],
            capture_output=True,
            text=True,
            timeout=240,
            cwd=Path(__file__).parents[2],
        )
    finally:
        for path in (folder / "files").iterdir():
            path.unlink()
    assert done.returncode == 0, done.stderr
    found = {one["name"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert sorted(found) == names and len(names) > 120
    return found, canary


def test_each_ends_in_a_typed_line(outcomes):
    found, _ = outcomes
    odd = {name: one for name, one in found.items() if "OTHER" in one["kind"] or one["kind"] == "loaded"}
    assert not odd
    for name, one in found.items():
        assert "\n" not in one["words"] and 20 < len(one["words"]) < 800, name
        assert name in one["words"], name


def test_nothing_ran(outcomes):
    found, canary = outcomes
    assert not canary.exists()
    asking = [
        name
        for name, one in found.items()
        if name.startswith("runs: os.system") and "asks for" in one["words"]
    ]
    assert len(asking) >= 4


def test_each_takes_less_than_a_second(outcomes):
    found, _ = outcomes
    slow = {name: round(one["seconds"], 2) for name, one in found.items() if one["seconds"] > SECONDS}
    assert not slow


def test_each_takes_less_than_200_megabytes(outcomes):
    found, _ = outcomes
    large = {name: one["bytes"] // 1_000_000 for name, one in found.items() if one["bytes"] > MEMORY}
    assert not large
