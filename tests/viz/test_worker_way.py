"""The worker goes to a w, and along an edit."""

import numpy as np

from dnnlib.latents import Latent
from drag.config import DragConfig
from tests.viz.desk import REQUEST, Desk, hold_a_drag
from tests.viz.desk import desk as desk
from viz import answers, commands


def test_a_frame_tells_its_w_and_that_w_can_be_gone_back_to(desk: Desk) -> None:
    desk.worker.send(commands.Generate(2, Latent(7, 0.5)))
    first = desk.wait_for(answers.Frame, 2)
    desk.worker.send(commands.Generate(3, Latent(9, 0.5)))
    desk.wait_for(answers.Frame, 3)
    desk.worker.send(commands.GoTo(4, first.w, Latent(7)))
    again = desk.wait_for(answers.Frame, 4)
    assert np.array_equal(again.picture, first.picture)
    assert again.w is first.w


def test_another_w_is_drawn_and_the_picture_stays(desk: Desk) -> None:
    desk.worker.send(commands.Generate(2, Latent(7, 0.5)))
    first = desk.wait_for(answers.Frame, 2)
    desk.worker.send(commands.Draw(3, first.w + 10))
    assert desk.wait_for(answers.Drawn, 3).picture[0, 0, 0] == 17
    assert desk.session.seed == 7 and not desk.session.went_to


def test_the_end_of_an_edit_tells_the_way_that_w_took(desk: Desk) -> None:
    desk.worker.send(commands.Generate(2, Latent(7, 0.5)))
    start = desk.wait_for(answers.Frame, 2).w
    desk.worker.send(commands.Drag(3, REQUEST, DragConfig()))
    path = desk.wait_for(answers.Ended, 3).path
    assert len(path) == desk.session.steps + 1
    assert np.array_equal(path.ws[0], start)
    assert np.array_equal(path.ws[-1], desk.session.current_w())


def test_going_elsewhere_ends_a_drag_within_one_step_and_of_many_places_the_newest_counts(desk: Desk) -> None:
    hold_a_drag(desk, after=3)
    w = desk.session.current_w()
    for number in range(100):
        desk.worker.send(commands.GoTo(3 + number, w + number, Latent()))
    desk.session.gate.open()
    assert desk.wait_for(answers.Frame, 102).picture[0, 0, 0] == (w[0, 0] + 99) % 256
    assert desk.wait_for(answers.Ended, 2).reason == "stopped"
    assert len(desk.session.went_to) == 1
