"""The way of an edit: what is kept of it, and what lies between."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drag.path import EditPath


def path_of(count: int, most: int = 240) -> EditPath:
    """Give a way on which w is the step's number, and the handle walks to the right."""
    return EditPath.of(
        list(range(count)),
        [np.full((3, 2), index, np.float32) for index in range(count)],
        [np.array([[index, 7]], np.float32) for index in range(count)],
        np.array([[count - 1, 7]], np.float32),
        most,
    )


@given(st.integers(1, 600), st.integers(2, 50))
def test_of_a_long_edit_the_first_and_the_last_state_and_even_ones_between_are_kept(count, most):
    path = path_of(count, most)
    assert len(path) == min(count, most)
    assert path.steps[0] == 0 and path.steps[-1] == count - 1
    gaps = np.diff(path.steps)
    assert len(gaps) == 0 or gaps.max() - gaps.min() <= 1
    assert np.array_equal(path.ws[:, 0, 0], path.steps)


@given(st.integers(2, 60), st.floats(0, 1))
def test_between_two_states_w_and_handles_lie_on_the_line(count, share):
    path, place = path_of(count), share * (count - 1)
    assert path.w_at(place) == pytest.approx(np.full((3, 2), place), abs=1e-4)
    assert path.points_at(place)[0] == pytest.approx([place, 7], abs=1e-4)


def test_a_state_is_given_back_exactly_and_beyond_the_ends_are_the_ends():
    path = path_of(5)
    assert np.array_equal(path.w_at(3), path.ws[3])
    assert np.array_equal(path.w_at(-1), path.ws[0])
    assert np.array_equal(path.w_at(99), path.ws[4])


def test_places_are_even_by_how_far_w_moves():
    ws = [np.full((2, 2), value, np.float32) for value in (0, 0.1, 0.2, 4)]
    path = EditPath.of([0, 1, 2, 3], ws, [np.zeros((0, 2))] * 4, np.zeros((0, 2)))
    moved = [float(path.w_at(place)[0, 0]) for place in path.evenly(24, 60)]
    assert len(moved) == 24
    assert np.diff(moved) == pytest.approx(np.full(23, 4 / 23), abs=1e-5)


def test_where_nothing_moves_there_is_one_place():
    path = EditPath.of([0, 1], [np.zeros((2, 2))] * 2, [np.zeros((0, 2))] * 2, np.zeros((0, 2)))
    assert path.evenly(24, 60) == [1.0]


def test_nobody_changes_a_way():
    path = path_of(4)
    for array in (path.ws, path.points, path.targets, path.steps, path.w_at(1.5)):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
