"""The doctor: each gap is said, with what it means and one line that mends it."""

import hashlib
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from training import doctor, probes
from training.doctor import (
    Finding,
    check_checkpoints,
    check_detectors,
    check_packages,
    check_python,
    check_torch,
    check_window,
    in_words,
)

ROOT = Path(__file__).parents[2]


def verdicts(findings):
    return [finding.verdict for finding in findings]


def answering(told, reason=""):
    return lambda program: (told, reason)


def torch_with(cuda=False, mps=False):
    device = SimpleNamespace(name="A GPU", total_memory=8_000_000_000)
    return SimpleNamespace(
        __version__="2.13.0+cpu",
        get_num_threads=lambda: 2,
        cuda=SimpleNamespace(is_available=lambda: cuda, get_device_properties=lambda index: device),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: mps)),
    )


def test_a_python_that_is_too_old_or_too_new_is_bad():
    assert check_python((3, 11, 0)).verdict == check_python((3, 14, 1)).verdict == "good"
    for version in ((3, 10, 9), (3, 15, 0)):
        finding = check_python(version)
        assert finding.verdict == "bad" and "make run PYTHON=" in finding.mend


def test_packages_are_compared_with_the_pins(tmp_path):
    assert check_packages().verdict == "good"
    pins = tmp_path / "requirements.txt"
    pins.write_text("# a remark\nnumpy==0.1\nno-such-package==1.0\n")
    finding = check_packages(pins)
    assert finding.verdict == "bad" and "pip install -r requirements.txt" in finding.mend
    assert "numpy is " in finding.has and "no-such-package is missing" in finding.has


def test_what_computes_is_said():
    assert check_torch(None, False)[0].verdict == "bad"
    assert "the processor" in check_torch(torch_with(), False)[1].has
    assert "A GPU, 8.0 GB" in check_torch(torch_with(cuda=True), True)[1].has
    assert "--device mps" in check_torch(torch_with(mps=True), False)[1].means
    unused = check_torch(torch_with(), has_nvidia=True)[1]
    assert unused.verdict == "note" and unused.mend.endswith("torch==2.13.0")


def test_display_and_opengl():
    (none,) = check_window({}, "Linux", answering({}))
    assert none.verdict == "note" and "headless" in none.means and none.mend
    drawn = {"version": "4.5", "renderer": "llvmpipe"}
    slow = check_window({"DISPLAY": ":0"}, "Linux", answering(drawn))
    assert verdicts(slow) == ["good", "good"] and "slower" in slow[1].means
    broken = check_window({"WAYLAND_DISPLAY": "w"}, "Linux", answering({}, "no OpenGL 3.3"))
    assert verdicts(broken) == ["good", "bad"] and "apt-get install" in broken[1].mend
    assert verdicts(check_window({}, "Darwin", answering({**drawn, "renderer": "Apple"}))) == ["good", "good"]


def test_detectors(tmp_path):
    (tmp_path / "landmarks.safetensors").touch()
    there = {"reason": "", "missing": [], "folder": "weights"}
    assert verdicts(check_detectors(answering(there), tmp_path)) == ["good", "good"]
    some = check_detectors(answering({**there, "missing": ["anchors.npy"]}), tmp_path)[1]
    assert some.verdict == "note" and "anchors.npy" in some.has and "-m faces.weights" in some.mend
    library = check_detectors(answering({**there, "reason": "libGL.so.1: cannot open"}), tmp_path)[1]
    assert "apt-get install -y libgl1" in library.mend
    (tmp_path / "landmarks.safetensors").unlink()
    bundled = check_detectors(answering(there), tmp_path)[0]
    assert bundled.verdict == "bad" and bundled.mend == "git checkout -- checkpoints/landmarks.safetensors"


def test_checkpoints_bundled_downloaded_half_fetched_and_changed(tmp_path):
    assert verdicts(check_checkpoints(tmp_path)) == ["bad", "note", "good"]
    (tmp_path / "portraits-256.safetensors").touch()
    assert "-m training.download --list" in check_checkpoints(tmp_path)[1].mend
    (tmp_path / "mine.pkl").write_bytes(b"mine")
    (tmp_path / "stylegan2-ffhq-512x512.pkl.part").touch()
    changed = tmp_path / "self-distilled-lions-512.pkl"
    changed.write_bytes(b"lions")
    found = {finding.has.split(",")[0]: finding for finding in check_checkpoints(tmp_path)}
    assert found["mine.pkl"].verdict == "good"
    assert found["stylegan2-ffhq-512x512.pkl.part"].mend.endswith("training.download stylegan2-ffhq-512x512")
    assert found["self-distilled-lions-512.pkl"].verdict == "good"
    digest = hashlib.sha256(b"other lions").hexdigest()
    (tmp_path / "self-distilled-lions-512.pkl.sha256").write_text(f"{digest}  x\n")
    found = {finding.has.split(",")[0]: finding for finding in check_checkpoints(tmp_path)}
    assert found["self-distilled-lions-512.pkl"].verdict == "bad"


def test_little_room_is_said(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage(10, 10, 5_000_000))
    assert "5 MB free" in check_checkpoints(tmp_path)[-1].has
    assert check_checkpoints(tmp_path)[-1].verdict == "note"


def test_a_probe_that_fails_hangs_or_says_nothing_gives_a_reason(monkeypatch):
    assert probes.ask("print('{\"a\": 1}')") == ({"a": 1}, "")
    assert probes.ask("raise SystemExit('no OpenGL 3.3')") == ({}, "no OpenGL 3.3")
    assert probes.ask("import os; os._exit(3)") == ({}, "it ended with 3")
    assert probes.ask("pass") == ({}, "it gave no answer")
    monkeypatch.setattr(probes, "_SECONDS", 0.05)
    assert "could not be tried" in probes.ask("import time; time.sleep(9)")[1]


def test_the_detectors_room_answers_the_doctor(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    told, reason = probes.ask(probes.DETECTOR)
    assert reason == "" and told["folder"].startswith(str(tmp_path))
    assert "anchors.npy" in told["missing"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_the_command_without_a_display_says_so_and_ends_well(tmp_path):
    environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "training.doctor"],
        capture_output=True,
        text=True,
        env={**environment, "TORCH_HOME": str(tmp_path)},
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "note Display: none" in done.stdout and "ok   Python" in done.stdout
    assert done.stdout.count("mend: ") >= 2 and "to mend" in done.stdout.splitlines()[-1]


def test_the_exit_code_tells_whether_something_is_to_be_mended(monkeypatch):
    bad = Finding("bad", "Python", "2.7", "too old", "get another")
    assert in_words(bad) == "BAD  Python: 2.7\n     too old\n     mend: get another"
    for found, code, last in (
        ([bad], 1, "1 to mend, 0 to know."),
        ([Finding("note", "Display", "none")], 0, "0 to mend, 1 to know."),
        ([Finding("good", "Disk", "much")], 0, "All is well."),
    ):
        monkeypatch.setattr(doctor, "examine", lambda found=found: found)
        result = CliRunner().invoke(doctor.main)
        assert result.exit_code == code and result.output.splitlines()[-1] == last
