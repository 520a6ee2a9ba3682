"""A recipe replayed without a screen: what it does, writes and refuses."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

import visualizer_drag_auto as program
from faces.recipe import layers_of, save_recipe
from faces.stack import Layer, Part
from tests.headless.stubs import brightness, striped_session

FILES = ["after.png", "before.png", "recipe.gif", "w.npz", "recipe.json"]


def run(monkeypatch, recipe, folder, *more):
    monkeypatch.setattr(program, "open_session", lambda path, device: striped_session())
    arguments = ["--headless", "--seed", 18, "--recipe", recipe, "--out", folder, *more]
    return CliRunner().invoke(program.main, [str(argument) for argument in arguments])


def recipe_of(path: Path, *layers: Layer) -> Path:
    save_recipe(path, layers)
    return path


def shift(brighter):
    offset = np.zeros((1, striped_session().w_dim), np.float32)
    offset[0, 0] = brighter
    return Layer("Brighter", pending=offset)


def ends(folder):
    with np.load(folder / "w.npz") as arrays:
        return arrays["before"], arrays["after"]


@pytest.fixture
def closing(tmp_path):
    return recipe_of(tmp_path / "r.json", Layer("Close eyes", (Part("close_eyes"),)))


def test_a_recipe_leaves_pictures_a_film_and_how_each_edit_went(monkeypatch, closing, tmp_path):
    result = run(monkeypatch, closing, tmp_path / "out")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Close eyes: lid aperture: ") and "1 edits replayed." in lines[0]
    assert [Path(line).name for line in lines[1:]] == FILES
    told = json.loads((tmp_path / "out" / "recipe.json").read_text())
    assert told["seed"] == 18 and told["results"][0]["end_reason"] == "reached"
    assert told["results"][0]["closed"].startswith("closed")
    assert layers_of(told)[0].parts == (Part("close_eyes"),), "what was written is a recipe again"


def test_half_of_an_edit_is_half_of_the_way(monkeypatch, closing, tmp_path):
    run(monkeypatch, closing, tmp_path / "whole")
    half = recipe_of(tmp_path / "h.json", Layer("Close eyes", (Part("close_eyes"),), amount=0.5))
    run(monkeypatch, half, tmp_path / "half")
    (before, after), (start, end) = (ends(tmp_path / name) for name in ("whole", "half"))
    assert np.array_equal(before, start)
    assert np.allclose(end, (before + after) / 2, atol=1e-5)


def test_edits_follow_each_other_and_one_that_is_off_is_left_out(monkeypatch, tmp_path):
    rows = (shift(0.4), Layer("Close eyes", (Part("close_eyes"),), on=False), shift(0.1))
    recipe = recipe_of(tmp_path / "r.json", *rows)
    assert run(monkeypatch, recipe, tmp_path / "out").exit_code == 0
    before, after = ends(tmp_path / "out")
    assert np.allclose((after - before)[:, 0], 0.5, atol=1e-5)
    pictures = [np.asarray(Image.open(tmp_path / "out" / name)) for name in ("before.png", "after.png")]
    assert brightness(pictures[1]) > brightness(pictures[0]) + 5


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "this is no JSON"),
        ('{"format": "drag-auto recipe", "version": 1, "entries": []}', "no edit in it is on"),
        (
            '{"format": "drag-auto recipe", "version": 1, "entries": [{"expressions": [{"key": "sneer"}]}]}',
            "entry 1, key: expected one of close_eyes",
        ),
        (
            '{"format": "drag-auto recipe", "version": 1, "entries": [{"offset": [[1, 2], [3, 4]]}]}',
            "it was made with another network",
        ),
    ],
)
def test_a_bad_recipe_ends_in_one_line_and_leaves_nothing(monkeypatch, tmp_path, content, says):
    (tmp_path / "r.json").write_text(content)
    result = run(monkeypatch, tmp_path / "r.json", tmp_path / "out")
    assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1
    assert "r.json" in result.stderr and says in result.stderr
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_a_recipe_and_a_photograph_at_once_are_refused(monkeypatch, closing, tmp_path):
    result = run(monkeypatch, closing, tmp_path / "out", "--photo", "me.jpg")
    assert result.exit_code == 1 and "give one of them" in result.stderr
