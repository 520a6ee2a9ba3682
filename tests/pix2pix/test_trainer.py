"""A run leaves what it promises, can be cut anywhere, and goes on as if nothing had been."""

import csv
import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from dnnlib.options import OptionError
from pix2pix.run_folder import RunError, load_checkpoint, new_run, open_run
from pix2pix.trainer import Trainer
from tests.pix2pix.conftest import DROPPING, TINY, pair_set, tiny_trainer


def weights(trainer):
    return {**trainer.learner.generator.state_dict(), **trainer.learner.discriminator.state_dict()}


def to_the_end(trainer):
    return [progress.step for progress in trainer.run_steps()]


def log_rows(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def same(first, second):
    return all(torch.equal(first[name], second[name]) for name in first)


def test_a_run_leaves_its_log_curves_pictures_and_checkpoints(tmp_path):
    trainer = tiny_trainer(tmp_path / "run", epochs=3, save_every=2)
    assert to_the_end(trainer) == list(range(1, 16))
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert names == {"config.json", "log.csv", "curves.png", "first_batch.png", "samples", "tensorboard",
                     "latest.pt", "best.pt", "epoch_0002.pt"}  # fmt: skip
    assert {path.name for path in (tmp_path / "run/samples").iterdir()} == {
        "epoch_0001.png", "epoch_0002.png", "epoch_0003.png",
    }  # fmt: skip
    rows = log_rows(tmp_path / "run/log.csv")
    trained = [row for row in rows if row["d_train"]]
    validated = [row for row in rows if row["d_val"]]
    assert [int(row["step"]) for row in trained] == list(range(1, 16))
    assert [int(row["step"]) for row in validated] == [5, 10, 15]
    best = load_checkpoint(tmp_path / "run/best.pt")
    least = min(validated, key=lambda row: float(row["g_l1_val"]))
    assert best["step"] == int(least["step"])
    events = EventAccumulator(str(tmp_path / "run/tensorboard"))
    events.Reload()
    board = [round(event.value, 4) for event in events.Scalars("g_l1_train")]
    assert board == [round(float(row["g_l1_train"]), 4) for row in trained]


def test_sample_grids_come_first_at_each_tenth_and_last(tmp_path):
    trainer = tiny_trainer(tmp_path / "run", count=1, epochs=31, width=1)
    to_the_end(trainer)
    drawn = sorted(int(path.stem[6:]) for path in (tmp_path / "run/samples").iterdir())
    assert drawn == [1, *range(3, 31, 3), 31]


def test_training_lowers_the_loss_and_l1_alone_leaves_the_discriminator_alone(tmp_path):
    for gan in ("vanilla", "lsgan", "none"):
        quick = {"dropout": 0.0, "width": 8, "learning_rate": 4e-3, "samples_every": 8}
        trainer = tiny_trainer(tmp_path / gan, epochs=8, gan=gan, **quick)
        before = weights(trainer)
        judged = {name: value.clone() for name, value in trainer.learner.discriminator.state_dict().items()}
        before = {name: value.clone() for name, value in before.items()}
        losses = [progress.losses["g_l1_train"] for progress in trainer.run_steps()]
        assert sum(losses[-5:]) < 0.6 * sum(losses[:5]), gan
        assert same(judged, trainer.learner.discriminator.state_dict()) == (gan == "none")


@pytest.mark.parametrize("cut", [1, 4, 5, 6, 9])
def test_a_run_resumed_after_any_step_ends_with_the_same_bits(tmp_path, cut):
    whole = tiny_trainer(tmp_path / "whole", **DROPPING)
    to_the_end(whole)
    first = tiny_trainer(tmp_path / "cut", **DROPPING)
    steps = first.run_steps()
    for _ in range(cut):
        next(steps)
    steps.close()
    run, options, _ = open_run(tmp_path / "cut")
    torch.manual_seed(cut)  # Whatever the new process drew before must not matter.
    second = Trainer(run, options, pair_set(5, 64), pair_set(2, 64), first.fabric)
    second.resume()
    assert second.step == cut
    assert to_the_end(second) == list(range(cut + 1, 11))
    assert same(weights(whole), weights(second))
    for name in ("generator_optimiser", "discriminator_optimiser"):
        mine = getattr(whole.learner, name).state_dict()["state"]
        theirs = getattr(second.learner, name).state_dict()["state"]
        assert all(same(mine[key], theirs[key]) for key in mine)
    assert (tmp_path / "whole/log.csv").read_text().count("\n") == (
        tmp_path / "cut/log.csv"
    ).read_text().count("\n")


def test_rows_after_the_checkpoint_are_dropped_when_a_killed_run_goes_on(tmp_path):
    trainer = tiny_trainer(tmp_path / "run", save_minutes=1000.0)
    steps = trainer.run_steps()
    for _ in range(3):
        next(steps)
    steps.close()  # Saves at step 3.
    log = tmp_path / "run/log.csv"
    with log.open("a") as file:
        file.write("4,1,0.0002,1,1,1,1,,,\n5,1,0.00")  # What a run wrote that was then killed.
    run, options, _ = open_run(tmp_path / "run")
    second = Trainer(run, options, pair_set(5), pair_set(2), trainer.fabric)
    second.resume()
    to_the_end(second)
    steps_logged = [int(row["step"]) for row in log_rows(log) if row["d_train"]]
    assert steps_logged == list(range(1, 11))


def test_max_steps_ends_a_run_early_and_cleanly_and_it_can_be_lengthened(tmp_path):
    trainer = tiny_trainer(tmp_path / "run", max_steps=3)
    assert to_the_end(trainer) == [1, 2, 3]
    assert load_checkpoint(tmp_path / "run/latest.pt")["step"] == 3
    assert (tmp_path / "run/best.pt").exists() and (tmp_path / "run/samples/epoch_0001.png").exists()


def test_stopping_ends_after_the_step_and_saves_it(tmp_path):
    trainer = tiny_trainer(tmp_path / "run")
    for progress in trainer.run_steps():
        trainer.stopping = progress.step == 4
    assert trainer.step == 4 == load_checkpoint(tmp_path / "run/latest.pt")["step"]


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=10, deadline=None)
def test_settings_come_back_from_the_folder_as_they_were(seed):
    import tempfile
    from dataclasses import replace
    from pathlib import Path

    options = replace(TINY, seed=seed, depth=3, gan="lsgan", lambda_l1=20.0)
    with tempfile.TemporaryDirectory() as folder:
        new_run(options, Path(folder) / "run", {"train_pairs": 1})
        assert open_run(Path(folder) / "run")[1:] == (options, {"train_pairs": 1})


def test_a_folder_with_a_run_is_never_written_over(tmp_path, run):
    before = (run / "config.json").read_bytes()
    with pytest.raises(RunError, match="holds a run already; resume it with --resume"):
        new_run(TINY, run, {})
    assert (run / "config.json").read_bytes() == before


def test_damaged_runs_are_named(tmp_path, run):
    with pytest.raises(RunError, match=r"no config\.json in it"):
        open_run(tmp_path)
    (run / "latest.pt").write_bytes((run / "latest.pt").read_bytes()[:1000])
    with pytest.raises(RunError, match=r"latest\.pt: not a whole checkpoint"):
        load_checkpoint(run / "latest.pt")
    with pytest.raises(RunError, match="no such checkpoint"):
        load_checkpoint(run / "epoch_0099.pt")
    content = json.loads((run / "config.json").read_text())
    content["options"]["width"] = "wide"
    (run / "config.json").write_text(json.dumps(content))
    with pytest.raises((RunError, OptionError), match="width"):
        open_run(run)


def test_a_checkpoint_that_would_run_code_is_refused(run):
    class Evil:
        def __reduce__(self):
            return (open, (str(run / "canary"), "w"))

    torch.save({"generator": Evil()}, run / "best.pt")
    with pytest.raises(RunError, match="not a whole checkpoint"):
        load_checkpoint(run / "best.pt")
    assert not (run / "canary").exists()
