"""Films of a stack go the way of its edits, to the picture that is shown."""

from pathlib import Path

import numpy as np
import pytest

from faces.stack import Layer
from tests.viz.bench import bench as bench
from tests.viz.bench import w
from viz import actions, answers, commands


def filmed(bench):
    bench.do(actions.SaveEditFilm())
    (film,) = bench.of_kind(commands.SaveFilm)
    bench.hear(answers.Saved(film.epoch, film.path))
    return film.edit


def test_a_film_goes_the_way_of_the_edit_until_the_picture_leaves_it(bench):
    bench.click("smile", w(1))
    assert filmed(bench).points.shape == (2, 1, 2), "handles are known on an edit's own way"
    bench.amount(0, 0.5)
    way = filmed(bench)
    assert np.array_equal(way.w_at(0), w(0)) and np.array_equal(way.w_at(1), bench.state.picture.w)
    bench.amount(0, 0.0)
    assert np.array_equal(filmed(bench).w_at(1), w(1)), "where nothing is left, the edit as it ran"
    bench.do(actions.Undo())
    assert filmed(bench).points.shape == (2, 1, 2), "undone, it is on the edit's way again"
    bench.do(actions.Undo())
    bench.do(actions.SaveEditFilm())
    assert "No edit to save" in bench.state.banners[-1].text


def test_a_film_goes_through_the_stack_from_edit_to_edit(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.amount(0, 0.5)
    way = filmed(bench)
    half = w(0) + np.float32(0.5) * (w(1) - w(0))
    for place, expected in enumerate((w(0), half, half + (w(2) - w(1)))):
        assert way.w_at(place) == pytest.approx(expected)
    assert np.array_equal(way.w_at(2), bench.state.picture.w)


def test_a_direction_from_a_file_can_be_filmed(bench):
    layer = Layer("older", pending=w(3))
    bench.hear(answers.StackRead(bench.state.epoch, Path("older.npz"), (layer,), whole=False))
    assert bench.state.picture.edit is None and bench.state.picture.edited
    assert filmed(bench).w_at(1) == pytest.approx(w(0) + w(3))
