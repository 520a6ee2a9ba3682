"""A session goes to the w of a description: between seeds, cut off, mixed, with the noise asked for."""

from pathlib import Path

import numpy as np
import pytest
import torch

from dnnlib.latents import COLUMNS, GivenLatent, Latent, LatentError, z_of
from drag.config import DragConfig
from drag.request import DragRequest
from headless.session import EditSession
from tests.training.small_generators import make
from training.generator import GeneratorBase


@pytest.fixture(scope="module")
def generator() -> GeneratorBase:
    return make("skip")


@pytest.fixture
def session(generator: GeneratorBase) -> EditSession:
    return EditSession(generator, Path("small.safetensors"), choose_detector=None)  # type: ignore[arg-type]


def w_at(session: EditSession, latent: Latent) -> np.ndarray:
    session.go_to_latent(latent)
    return session.current_w()


def picture_at(session: EditSession, latent: Latent) -> np.ndarray:
    session.go_to_latent(latent)
    return session.frame().copy()


def test_between_seeds_w_is_bilinear(session: EditSession) -> None:
    a, b, c, d = (w_at(session, Latent(seed)) for seed in (4, 5, 4 + COLUMNS, 5 + COLUMNS))
    between = w_at(session, Latent(4, east=0.25, south=0.5))
    assert between == pytest.approx(0.5 * (0.75 * a + 0.25 * b) + 0.5 * (0.75 * c + 0.25 * d), abs=1e-5)


def test_the_path_over_the_lattice_has_no_jump(session: EditSession) -> None:
    places = [Latent(4).moved(step / 10, step / 7) for step in range(25)]
    ws = np.stack([w_at(session, place) for place in places])
    ways = np.linalg.norm(np.diff(ws, axis=0), axis=(1, 2))
    assert ways.max() < 0.5 * np.linalg.norm(ws[0] - ws[-1]) and ways.min() > 0


def test_beyond_the_cutoff_nothing_is_truncated(session: EditSession) -> None:
    whole, cut, plain = (
        w_at(session, Latent(4, psi=psi, cutoff=cutoff)) for psi, cutoff in ((0.5, None), (0.5, 3), (1, 3))
    )
    assert (cut[:3] == whole[:3]).all() and (cut[3:] == plain[3:]).all()
    assert (whole[:3] != plain[:3]).any()


def test_mixed_layers_are_the_second_seeds(session: EditSession) -> None:
    first, second = w_at(session, Latent(4)), w_at(session, Latent(9))
    mixed = w_at(session, Latent(4, mix_seed=9, mix_layers=(1, 3, 99)))
    taken = [layer in (1, 3) for layer in range(len(first))]
    assert mixed == pytest.approx(np.where(np.array(taken)[:, None], second, first), abs=1e-6)


def test_noise_is_stored_left_out_or_drawn_from_its_seed(session: EditSession) -> None:
    const, none, random, again, other = (
        picture_at(session, Latent(4, noise=noise, noise_seed=seed))  # type: ignore[arg-type]
        for noise, seed in (("const", 1), ("none", 1), ("random", 1), ("random", 1), ("random", 2))
    )
    assert (random == again).all()
    for a, b in ((const, none), (const, random), (none, random), (random, other)):
        assert (a != b).any()
    assert (picture_at(session, Latent(4, noise_seed=7)) == const).all()


def test_random_noise_leaves_everybody_elses_numbers_alone(session: EditSession) -> None:
    torch.manual_seed(3)
    expected = torch.randn(4)
    torch.manual_seed(3)
    picture_at(session, Latent(4, noise="random"))
    assert (torch.randn(4) == expected).all()


@pytest.mark.parametrize("noise", ["none", "random"])
def test_a_drag_shows_and_follows_the_picture_with_its_noise(session: EditSession, noise: str) -> None:
    before = picture_at(session, Latent(4, noise=noise, noise_seed=5))  # type: ignore[arg-type]
    config = DragConfig(max_steps=1, feature_block=1, step_size=0.0)
    size = session.image_size[0]
    request = DragRequest([[size / 2, size / 2]], [[size / 4, size / 4]])
    for step in session.drag(request, lambda: config):
        assert (step.frame() == before).all()


def test_a_saved_w_comes_back_exactly_and_is_not_truncated_again(session: EditSession) -> None:
    w = w_at(session, Latent(4, psi=0.6))
    given = GivenLatent("a.npz", w=w)
    assert (w_at(session, Latent(7, psi=0.2, given=given)) == w).all()
    one = GivenLatent("b.npz", w=w[0])
    assert (w_at(session, Latent(given=one)) == w[0]).all()


def test_a_given_z_is_mapped(session: EditSession) -> None:
    expected = w_at(session, Latent(4, psi=0.6))
    z = z_of(4, session.z_dim).astype(np.float32)
    given = GivenLatent("a.npz", z=z)
    assert w_at(session, Latent(9, psi=0.6, given=given)) == pytest.approx(expected, abs=1e-5)


def test_another_networks_latent_changes_nothing(session: EditSession) -> None:
    before = w_at(session, Latent(4))
    with pytest.raises(LatentError, match="this network takes"):
        session.go_to_latent(Latent(given=GivenLatent("a.npz", w=np.zeros((3, 3), np.float32))))
    assert (session.current_w() == before).all()


# ----------------------------------------------------------------------------
# A drag whose targets are moved while it runs.


def test_a_newer_request_is_dragged_to_from_the_next_step_on(session: EditSession) -> None:
    session.go_to_latent(Latent(4))
    requests = [DragRequest([[8.0, 8.0]], [[4.0, 8.0]]), DragRequest([[8.0, 8.0]], [[8.0, 14.0]])]
    asked: list[int] = []

    def newest() -> DragRequest:
        asked.append(len(asked))
        return requests[len(asked) > 3]

    config = DragConfig(max_steps=6, feature_block=1, stop_distance=0.0)
    steps = list(session.drag(requests[0], lambda: config, newest))
    for step in steps[:-1]:
        target = requests[step.index > 2].targets
        assert step.distances == pytest.approx(np.linalg.norm(step.points - target, axis=1), abs=1e-4)
    path = session.path_of_edit()
    assert path is not None and (path.targets == requests[1].targets).all()


def test_a_newer_request_that_does_not_fit_is_remarked_and_the_drag_goes_on(session: EditSession) -> None:
    session.go_to_latent(Latent(4))
    remarks: list[str] = []
    session.on_remark = remarks.append
    good, bad = DragRequest([[8.0, 8.0]], [[4.0, 8.0]]), DragRequest([[99.0, 8.0]], [[4.0, 8.0]])
    asked: list[int] = []

    def newest() -> DragRequest:
        asked.append(len(asked))
        return bad if len(asked) > 2 else good

    config = DragConfig(max_steps=4, feature_block=1, stop_distance=0.0)
    steps = list(session.drag(good, lambda: config, newest))
    assert len(remarks) == 1 and steps[-1].ended is not None
