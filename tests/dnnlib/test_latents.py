"""A latent's description: where it lies between the seeds, and which networks it does not fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnnlib.latents import COLUMNS, SEEDS, GivenLatent, Latent, LatentError, z_of

PLACES = st.builds(
    Latent,
    seed=st.integers(0, SEEDS - 1),
    east=st.floats(0, 1, exclude_max=True),
    south=st.floats(0, 1, exclude_max=True),
)
WAYS = st.floats(-1000, 1000)


@given(PLACES)
def test_the_weights_of_the_corners_add_up_to_one(latent: Latent) -> None:
    corners = latent.corners()
    assert sum(weight for _, weight in corners) == pytest.approx(1)
    assert all(0 <= seed < SEEDS and weight > 0 for seed, weight in corners)


def test_at_a_seed_there_is_that_seed_alone() -> None:
    assert Latent(seed=7).corners() == ((7, 1.0),)


def test_in_the_middle_all_four_count_alike() -> None:
    corners = dict(Latent(seed=7, east=0.5, south=0.5).corners())
    assert corners == {7: 0.25, 8: 0.25, 7 + COLUMNS: 0.25, 8 + COLUMNS: 0.25}


@given(PLACES, WAYS, WAYS)
def test_going_and_coming_back_ends_where_it_began(latent: Latent, columns: float, rows: float) -> None:
    back = latent.moved(columns, rows).moved(-columns, -rows)
    assert 0 <= back.east < 1 and 0 <= back.south < 1
    # As places on the lattice, which wraps round: one corner's rounding may be the next one's start.
    there = (latent.seed + latent.east + COLUMNS * latent.south) % SEEDS
    here = (back.seed + back.east + COLUMNS * back.south) % SEEDS
    apart = abs(there - here)
    assert min(apart, SEEDS - apart) < 1e-4


@given(PLACES, st.integers(-300, 300), st.integers(-30, 30))
def test_whole_steps_go_from_seed_to_seed(latent: Latent, columns: int, rows: int) -> None:
    moved = latent.moved(columns, rows)
    assert moved.seed == (latent.seed + columns + COLUMNS * rows) % SEEDS


@given(PLACES, st.floats(-1e-6, 1e-6))
def test_a_small_way_changes_the_weights_a_little(latent: Latent, way: float) -> None:
    before, after = dict(latent.corners()), dict(latent.moved(way, way).corners())
    change = sum(abs(before.get(seed, 0) - after.get(seed, 0)) for seed in before | after)
    assert change < 1e-5


def test_a_seed_that_there_is_not_becomes_the_nearest() -> None:
    assert Latent().at_seed(-5).seed == 0
    assert Latent().at_seed(SEEDS).seed == SEEDS - 1


def test_going_elsewhere_leaves_a_latent_from_a_file() -> None:
    latent = Latent(given=GivenLatent("a.npz", w=np.zeros((2, 3), np.float32)))
    assert latent.moved(0.5, 0).given is None
    assert latent.at_seed(3).given is None


def test_z_is_what_numpy_draws_for_the_seed() -> None:
    assert (z_of(5, 8) == np.random.RandomState(5).randn(1, 8)[0]).all()


@pytest.mark.parametrize("shape", [(14, 64), (64,)])
def test_w_fits_a_network_of_its_sizes(shape: tuple[int, ...]) -> None:
    GivenLatent("a.npz", w=np.zeros(shape, np.float32)).check(14, 64, 32)


@pytest.mark.parametrize(
    "latent",
    [
        GivenLatent("a.npz", w=np.zeros((18, 64), np.float32)),
        GivenLatent("a.npz", w=np.zeros((512,), np.float32)),
        GivenLatent("a.npz", z=np.zeros((64,), np.float32)),
        GivenLatent("a.npz"),
    ],
)
def test_another_networks_latent_is_refused_with_both_shapes(latent: GivenLatent) -> None:
    with pytest.raises(LatentError, match=r"a\.npz: [wz] is .*this network takes \["):
        latent.check(14, 64, 32)
