"""The session that every front works with."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from drag.config import DragConfig
from drag.request import DragRequest
from drag.types import EndReason
from faces.landmarks import choose_face
from headless.session import FILM_FRAMES, EditSession, SessionError
from tests.headless.stubs import Choice, SmallSteps, brightness, striped_session
from training.networks_stylegan2 import Generator


def closed(session, strength=1.0, **rest):
    face = choose_face(session.detect())
    plan = session.plan("close_eyes", strength, face, **rest)
    return plan, list(session.adjust(plan, face))


def test_a_seed_is_always_the_same_picture_and_psi_0_the_average_one():
    session = striped_session()
    session.generate(3, 0.7)
    first = session.frame()
    session.generate(4, 0.7)
    assert not np.array_equal(session.frame(), first)
    session.generate(3, 0.7)
    assert np.array_equal(session.frame(), first)
    session.generate(3, 0.0)
    average = session.frame()
    session.generate(4, 0.0)
    assert np.array_equal(session.frame(), average)


def test_z_is_what_numpy_draws_for_the_seed():
    session = striped_session()
    session.generate(5, 1.0)
    z = np.random.RandomState(5).randn(1, 8)
    assert session.w[0, 1:].numpy() == pytest.approx(0.1 * z[0, 1:], abs=1e-6)


def test_a_network_whose_pictures_are_not_numbers_is_turned_away():
    with pytest.raises(SessionError, match="not numbers"):
        striped_session(broken=True)


def test_an_expression_closes_the_eyes_and_is_reported():
    session = striped_session()
    session.generate(18, 0.7)
    before = brightness(session.frame())
    plan, steps = closed(session)
    assert steps[-1].ended is EndReason.REACHED
    assert brightness(session.frame()) < before - 60
    report: Any = session.report(plan, choose_face(session.detect()))
    assert report.asked == pytest.approx(0, abs=1e-4)
    assert report.share > 0.85
    assert report.tracked_share > 0.85
    assert report.drift_outside_mask < 12  # The stripe is larger than the mask.


def test_edits_add_up():
    session = striped_session()
    session.generate(18, 0.7)
    closed(session, 0.5)
    half = brightness(session.frame())
    closed(session, 0.8)
    assert brightness(session.frame()) < half - 10


def test_a_mask_is_made_painted_or_left_out():
    session = striped_session()
    face = choose_face(session.detect())
    painted = np.ones((64, 64), np.float32)
    assert session.plan("close_eyes", 1, face).request.mask is not None
    assert session.plan("close_eyes", 1, face, automatic_mask=False).request.mask is None
    taken = session.plan("close_eyes", 1, face, automatic_mask=False, mask=painted)
    assert taken.request.mask is not None
    assert np.array_equal(taken.request.mask, painted)


def test_a_detector_is_chosen_once_and_its_note_told_once():
    told: list[str] = []
    session = striped_session(note="another one is used", remarks=told.append)
    session.detect()
    session.detect()
    assert told == ["another one is used"]


def test_w_follows_a_drag_and_options_change_on_the_way():
    session = striped_session()
    session.generate(18, 0.7)
    start = session.w
    config = DragConfig(step_size=1e-3, max_steps=6)
    steps = session.drag(DragRequest([[32, 25]], [[32, 35]]), lambda: config)
    for step in steps:
        assert torch.equal(session.w, step.w)
        if step.index == 2:
            config = dataclasses.replace(config, step_size=0.1)
    assert not torch.equal(session.w, start)


def test_settling_on_an_earlier_step_ends_the_film_there():
    session = striped_session(kind=SmallSteps)
    session.generate(18, 0.7)
    _, steps = closed(session)
    session.settle(steps[2])
    assert np.array_equal(session.frame(), steps[2].frame())
    film = [draw() for draw in session.film()]
    assert np.array_equal(film[-1], steps[2].frame())


def test_a_film_of_few_steps_does_not_jump():
    session = striped_session()
    session.generate(18, 0.7)
    closed(session)
    shades = [brightness(draw()) for draw in session.film()]
    assert len(shades) >= FILM_FRAMES[0]
    jumps = np.abs(np.diff(shades))
    assert jumps.max() < 0.3 * (max(shades) - min(shades))


def test_a_film_goes_from_the_first_frame_to_the_last_in_so_many_frames_at_most():
    session = striped_session()
    assert list(session.film()) == []
    session.generate(18, 0.7)
    before = session.frame()
    config = DragConfig(max_steps=FILM_FRAMES[1] + 20, patience=1000)
    list(session.drag(DragRequest([[32, 25]], [[32, 35]]), lambda: config))
    frames = [draw() for draw in session.film()]
    assert len(frames) <= FILM_FRAMES[1]
    assert np.array_equal(frames[0], before)
    assert np.array_equal(frames[-1], session.frame())
    session.generate(18, 0.7)
    assert list(session.film()) == []


def test_there_is_no_report_without_an_expression():
    session = striped_session()
    plan = session.plan("close_eyes", 1, choose_face(session.detect()))
    with pytest.raises(SessionError, match="no expression"):
        session.report(plan, None)


# ----------------------------------------------------------------------------
# Classes, and a glance.


def conditional_session(c_dim):
    torch.manual_seed(0)
    generator = Generator(8, c_dim, 8, 16, 3, channel_base=64, channel_max=8).eval().requires_grad_(False)
    return EditSession(generator, Path("classes.pkl"), lambda metadata, wish: Choice(None)), generator


def test_a_class_leads_to_the_w_of_its_label():
    session, generator = conditional_session(3)
    z = torch.from_numpy(np.random.RandomState(5).randn(1, 8)).float()
    seen = []
    for label in range(3):
        session.generate(5, 0.7, label)
        expected = generator.mapping(z, torch.eye(3)[[label]], truncation_psi=0.7)[0]
        assert torch.equal(session.w, expected)
        seen.append(session.directions())
    assert not torch.equal(seen[0], seen[2])
    assert session.c_dim == 3


@pytest.mark.parametrize(
    ("c_dim", "label", "says"), [(3, 3, "classes 0 to 2"), (3, -1, "classes 0 to 2"), (0, 1, "no classes")]
)
def test_a_class_that_there_is_not_is_named_with_those_that_there_are(c_dim, label, says):
    session, _ = conditional_session(c_dim)
    before = session.w
    with pytest.raises(SessionError, match=f"label {label}: this network "):
        session.generate(1, 0.7, label)
    with pytest.raises(SessionError, match=says):
        session.generate(1, 0.7, label)
    assert torch.equal(session.w, before)


def test_a_glance_is_the_bundled_detectors():
    assert striped_session().glance()
    assert not striped_session(faces=False).glance()


def test_a_picture_is_drawn_once_however_often_it_is_looked_at():
    session, generator = conditional_session(3)
    drawn: list[Any] = []
    generator.synthesis.register_forward_hook(lambda *called: drawn.append(1))
    session.generate(1, 0.7)
    first = session.frame()
    assert session.frame() is first and len(drawn) == 1
    session.generate(1, 0.7, 2)
    assert not np.array_equal(session.frame(), first) and len(drawn) == 2
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 0


# ----------------------------------------------------------------------------
# The way of an edit, and going back to any w.


def test_the_way_of_an_edit_goes_from_where_it_started_to_where_it_ended():
    session = striped_session(kind=SmallSteps)
    session.generate(18, 0.7)
    start = session.current_w()
    assert session.path_of_edit() is None
    plan, steps = closed(session)
    path = session.path_of_edit()
    assert path is not None
    assert np.array_equal(path.ws[0], start)
    assert np.array_equal(path.ws[-1], session.current_w())
    assert path.steps[-1] == steps[-1].index
    assert path.points.shape == (len(path), len(plan.request.points), 2)
    assert np.array_equal(path.targets, plan.request.targets)


def test_any_w_can_be_gone_to_and_is_the_same_picture_to_the_bit():
    session = striped_session()
    session.generate(18, 0.7)
    before, picture = session.current_w(), session.frame()
    closed(session)
    after, closed_eyes = session.current_w(), session.frame()
    session.go_to(before)
    assert np.array_equal(session.current_w(), before)
    assert np.array_equal(session.frame(), picture)
    assert np.array_equal(session.draw(after), closed_eyes)
    assert np.array_equal(session.frame(), picture), "drawing another w leaves us where we are"


def test_a_w_of_another_network_is_refused():
    session = striped_session()
    before = session.w
    with pytest.raises(SessionError, match="its w is 4 × 8, not 18 × 512"):
        session.go_to(np.zeros((18, 512), np.float32))
    assert session.w is before
