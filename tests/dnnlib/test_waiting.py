"""Threads that wait for others do not keep them from running."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dnnlib.waiting import wait_briefly

ROOT = Path(__file__).parents[2]

# Runs a front, and tells what the environment says at the moment at which torch is looked for.
WATCH = """
import os, runpy, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print("turns:", os.environ.get("GOMP_SPINCOUNT"), flush=True)
            sys.meta_path.remove(self)

sys.meta_path.insert(0, Watch())
sys.argv = sys.argv[1:]
sys.path.insert(0, "")
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_what_the_environment_says_counts(monkeypatch):
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    wait_briefly()
    assert os.environ["GOMP_SPINCOUNT"] == "7"
    monkeypatch.delenv("GOMP_SPINCOUNT")
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    wait_briefly()
    assert "GOMP_SPINCOUNT" not in os.environ


FRONTS = (
    ("visualizer_drag_auto.py", "--headless", "--expression", "close_eyes", "no-such.pkl"),
    ("pix2pix/train.py", "--help"),
)


@pytest.mark.parametrize("front", FRONTS, ids=["editor", "pix2pix"])
def test_a_front_says_so_before_torch_is_loaded(front, monkeypatch):
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *front], cwd=ROOT, capture_output=True, text=True, check=False
    )
    first = done.stdout.splitlines()[0]
    assert first.startswith("turns: ") and int(first.split()[1]) < 300_000, done.stderr
