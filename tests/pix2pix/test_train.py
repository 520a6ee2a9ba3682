"""The command, as people start it: to its end, killed and resumed, in several processes."""

import os
import signal
import subprocess
import sys
import time

import torch
from click.testing import CliRunner

from pix2pix.train import main
from tests.pix2pix.conftest import ROOT, train, write_pairs

SMALL = (
    "--size",
    "32",
    "--width",
    "4",
    "--device",
    "cpu",
    "--precision",
    "fp32",
    "--log-every",
    "1",
    "--validation-pairs",
    "1",
)


# Deep enough to drop features out, so that the dice of every step matter.
DROPPING_FLAGS = ("--generator", "unet256", "--depth", "6", "--size", "64")


# The command, that waits for its end after sixty steps: however late it is killed, there is more to do.
LINGERING = """
import time
from pix2pix import train, trainer
steps = trainer.Trainer.run_steps
def lingering(self):
    for progress in steps(self):
        yield progress
        if self.step == 60:
            time.sleep(600)
trainer.Trainer.run_steps = lingering
train.main()
"""


def state(run):
    return torch.load(run / "latest.pt", weights_only=True)


def equal(first, second):
    """Compare nested states to the bit."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(equal(first[key], second[key]) for key in first)
    if isinstance(first, list):
        return len(first) == len(second) and all(map(equal, first, second))
    return torch.equal(first, second) if isinstance(first, torch.Tensor) else first == second


def rows(run):
    log = run / "log.csv"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_a_run_killed_in_the_middle_and_resumed_ends_with_the_same_weights(tmp_path):
    flags = (*SMALL, *DROPPING_FLAGS, "--pairs", "8", "--epochs", "12", "--save-minutes", "0")
    said, code = train(*flags, "--out", tmp_path / "whole")
    assert code == 0, said
    command = [sys.executable, "-c", LINGERING, *flags, "--out", str(tmp_path / "killed")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 600
        while rows(tmp_path / "killed") < 30 and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    done = state(tmp_path / "killed")["step"]
    assert 0 < done < 96
    said, code = train("--resume", tmp_path / "killed", "--device", "cpu")
    assert code == 0, said
    assert equal(state(tmp_path / "killed"), state(tmp_path / "whole"))


def test_two_processes_compute_the_gradients_of_one(tmp_path):
    write_pairs(tmp_path / "set", 6)
    flags = (*SMALL, "--dataset", tmp_path / "set", "--batch", "4", "--dropout", "0", "--max-steps", "1")
    said, code = train(*flags, "--out", tmp_path / "one")
    assert code == 0, said
    two = (
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        "2",
        "--standalone",  # On a port that is free.
        "pix2pix/train.py",
    )
    said, code = train(*flags, "--out", tmp_path / "two", program=two)
    assert code == 0, said
    for network in ("generator_optimiser", "discriminator_optimiser"):
        # After one step Adam's first moment is half of the gradient (beta1 = 0.5).
        mine, theirs = (state(tmp_path / name)["learner"][network]["state"] for name in ("one", "two"))
        assert mine.keys() == theirs.keys() and len(mine) > 5
        # A bias before a normalisation has no gradient but rounding: the tolerance is the network's.
        largest = max(float(value["exp_avg"].abs().max()) for value in mine.values())
        assert largest > 1e-3
        for key in mine:
            assert torch.allclose(
                mine[key]["exp_avg"], theirs[key]["exp_avg"], rtol=1e-3, atol=1e-5 * largest
            )


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path):
    command = [
        sys.executable,
        "pix2pix/train.py",
        *SMALL,
        "--pairs",
        "8",
        "--epochs",
        "500",
        "--out",
        str(tmp_path / "run"),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        deadline = time.monotonic() + 600
        while rows(tmp_path / "run") < 10 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=600)
    assert process.returncode == 130
    assert f"python pix2pix/train.py --resume {tmp_path / 'run'}" in said
    assert f"Stopped after step {state(tmp_path / 'run')['step']} of 4000" in said


def test_a_resumed_run_keeps_its_settings_and_refuses_others(tmp_path, run):
    result = CliRunner().invoke(main, ["--resume", str(run), "--width", "8", "--device", "cpu"])
    assert result.exit_code == 1 and "width: this run was begun with 4" in result.output
    result = CliRunner().invoke(main, ["--resume", str(run), "--out", str(tmp_path / "x")])
    assert result.exit_code == 1 and "stays in its folder" in result.output
    result = CliRunner().invoke(main, ["--resume", str(tmp_path / "none")])
    assert result.exit_code == 1 and "expected the folder of a run" in result.output


def test_a_resumed_run_refuses_other_pairs(tmp_path):
    write_pairs(tmp_path / "set", 3)
    flags = (*SMALL, "--dataset", str(tmp_path / "set"), "--max-steps", "1", "--out", str(tmp_path / "run"))
    result = CliRunner().invoke(main, flags)
    assert result.exit_code == 0, result.output
    (tmp_path / "set/train/000.png").unlink()
    result = CliRunner().invoke(main, ["--resume", str(tmp_path / "run"), "--device", "cpu"])
    assert result.exit_code == 1 and "its data has changed" in result.output


def test_numbers_that_the_device_cannot_do_are_refused_before_anything_is_read(tmp_path):
    result = CliRunner().invoke(main, [*SMALL, "--precision", "fp16", "--out", str(tmp_path / "run")])
    assert result.exit_code == 1 and "fp16 needs a CUDA device" in result.output
    assert not (tmp_path / "run").exists()
