"""The benchmark runs whole drags in processes of their own, and says what they took."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from drag.benchmark.__main__ import DEMO, main
from drag.benchmark.cases import Network, by_batch, by_count, drags
from drag.benchmark.measure import THEIRS, Row
from drag.benchmark.processes import BenchmarkError, Side
from drag.benchmark.tables import growth, table


@pytest.mark.parametrize("resolution", [64, 256, 1024])
def test_every_drag_lies_in_the_picture_and_its_mask_lets_its_points_move(resolution):
    for case in (*drags(), *by_count(), *by_batch()):
        points, targets = case.at(resolution)
        assert points.shape == targets.shape and np.abs(points - targets).max() > 0
        assert (np.concatenate([points, targets]) >= 0).all()
        assert (np.concatenate([points, targets]) <= resolution - 1).all()
        mask = case.mask_at(resolution)
        if mask is not None:
            columns, rows = points.round().astype(int).T
            assert mask.shape == (resolution, resolution) and (mask[rows, columns] == 1).all()


def test_many_points_lie_where_few_do():
    few, *_, many = by_count()[1:]
    assert len(few.points) == 5 and len(many.points) == 68
    assert np.allclose(few.points.min(0), many.points.min(0))
    assert np.allclose(few.points.max(0), many.points.max(0))
    assert {case.name: len(case.points) for case in drags()}["68 points"] == 68


def test_the_command_times_a_drag_on_the_bundled_checkpoint(tmp_path):
    path = tmp_path / "rows.json"
    options = "--on bundled --case eyes --preset paper --steps 2 --threads 1 --json"
    result = CliRunner().invoke(main, [*options.split(), str(path)])
    assert result.exit_code == 0, result.output
    (row,) = json.loads(path.read_text())
    assert (row["case"], row["engine"], row["resolution"], row["points"]) == ("eyes", "paper", 256, 4)
    assert 0 < row["seconds_per_step"] < row["seconds_total"]
    assert row["steps"] == 2 and 100 < row["peak_mb"] < 2000
    assert "| portraits-256 | 256 | eyes | 4 | paper |" in result.output


def test_a_side_that_cannot_be_made_says_why(tmp_path):
    with pytest.raises(BenchmarkError, match="no viz/renderer.py there; give the folder of a DragGAN"):
        Side(THEIRS, drags()[0], Network(256, DEMO), 1, tmp_path)


def row(engine, seconds, **changes):
    values = {
        "case": "eyes", "network": "random weights", "resolution": 512, "points": 4, "batch": 1, "steps": 3,
        "ended": "", "seconds_per_step": seconds, "processor_per_step": seconds, "seconds_total": 9.0,
        "peak_mb": 500.0,
    }  # fmt: skip
    return Row(engine=engine, **{**values, **changes})


def test_tables_set_the_published_code_against_ours():
    lines = table([row("paper", 0.1), row(THEIRS, 2.5)]).splitlines()
    assert lines[2].endswith("| 25.0 |") and lines[3].endswith("|  |")


def test_growth_is_told_by_resolution_points_and_drags_at_once():
    rows = [
        row("paper", 0.1, resolution=256),
        row("paper", 0.15, resolution=1024),
        row("paper", 0.2, case="1 of eyes", points=1),
        row("paper", 0.22, case="68 of eyes", points=68),
        row("paper", 0.5, case="eyes × 4", batch=4),
        row("paper", 0.2, case="eyes × 1", batch=1),
    ]
    told = growth(rows)
    assert "256 px: 1.00 ×, 1024 px: 1.50 ×" in told
    assert "1: 1.00 ×, 68: 1.10 ×" in told
    assert "4: 8.0, 1: 5.0" in told
