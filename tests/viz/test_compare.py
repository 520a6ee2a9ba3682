"""Before and after: which picture is meant, when it is drawn, and what is then on the screen."""

import dataclasses
from typing import Any

import glfw
import numpy as np
import pytest

from tests.viz.conftest import EditorPerson
from tests.viz.editing import Editing
from tests.viz.test_window import colour_at
from tests.viz.test_window_history import close_eyes
from viz import actions, answers, commands
from viz.rules import compare
from viz.stage.comparing import DIFFERENCE_GAIN, difference
from viz.state import Against, CompareMode


def before(state: Any) -> Any:
    return compare.before(state)


class Painting(Editing):
    """An editor without a screen, whose pictures are as bright as the first component of w."""

    def _answers(self, command: Any) -> list[Any]:
        match command:
            case commands.Draw(epoch, w):
                return [answers.Drawn(epoch, w, self._picture(w))]
            case commands.GoTo(epoch, w):
                return [answers.Frame(epoch, self._picture(w), w=w)]
            case commands.Drag() | commands.Adjust():
                news = super()._answers(command)
                return [answers.Frame(command.epoch, self._picture(news[-1].path.ws[-1]), 7), *news]
            case commands.Generate():
                news = super()._answers(command)
                return [dataclasses.replace(news[0], picture=self._picture(news[0].w))]
        return super()._answers(command)

    @staticmethod
    def _picture(w: Any) -> Any:
        return np.full((64, 64, 3), round(float(w[0, 0]) * 2), np.uint8)

    @property
    def drawn(self) -> int:
        return sum(isinstance(command, commands.Draw) for command in self.asked)


@pytest.fixture
def painting() -> Painting:
    return Painting()


def test_before_is_the_start_of_the_last_edit_or_of_all(painting):
    painting.do(actions.ClickExpression("close_eyes"))
    painting.do(actions.ClickExpression("big_eyes"))
    painting.do(actions.HoldBefore(True))
    assert before(painting.state)[0, 0, 0] == 37
    painting.do(actions.CompareAgainst(Against.OWN))
    assert before(painting.state)[0, 0, 0] == 36
    assert painting.drawn == 0, "both were on the screen before"


def test_while_an_edit_runs_before_is_what_it_began_with(painting, monkeypatch):
    monkeypatch.setattr(painting, "_answers", lambda command: [])
    shown = painting.state.frame.picture
    painting.do(actions.ClickExpression("close_eyes"))
    painting.do(actions.HoldBefore(True))
    assert before(painting.state) is shown and painting.drawn == 0


def test_what_was_never_on_the_screen_is_drawn_once_and_only_when_it_is_looked_at(painting):
    painting.do(actions.ClickExpression("close_eyes"))
    painting.state = dataclasses.replace(
        painting.state, compare=dataclasses.replace(painting.state.compare, known=())
    )
    painting.let_go()
    assert painting.drawn == 0
    for _ in range(3):
        painting.do(actions.HoldBefore(True))
        painting.do(actions.HoldBefore(False))
    assert painting.drawn == 1
    assert painting.asked[-1].w[0, 0] == 18
    assert before(painting.state)[0, 0, 0] == 36


def test_a_mode_is_put_off_by_asking_for_it_again(painting):
    seen = []
    for mode in (CompareMode.SPLIT, CompareMode.DIFFERENCE, CompareMode.DIFFERENCE):
        painting.do(actions.SetCompare(mode))
        seen.append(painting.state.compare.mode)
    assert seen == [CompareMode.SPLIT, CompareMode.DIFFERENCE, CompareMode.OFF]


def test_comparing_is_no_deed(painting):
    entries = len(painting.state.history.entries)
    painting.do(actions.SetCompare(CompareMode.SPLIT))
    painting.do(actions.MoveLine(0.3))
    assert len(painting.state.history.entries) == entries


def test_what_is_remembered_of_pictures_is_bounded(painting):
    for seed in range(20):
        painting.do(actions.ChangeLatent(dataclasses.replace(painting.state.latent, seed=seed)))
    assert len(painting.state.compare.known) <= 4


def test_the_difference_is_absolute_and_stronger():
    one, other = np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2, 3), np.uint8)
    one[0, 0], other[0, 1], other[1, 1] = 10, 5, 250
    found = difference(one, other)
    assert found[..., 0].tolist() == [[10 * DIFFERENCE_GAIN, 5 * DIFFERENCE_GAIN], [0, 255]]


# ----------------------------------------------------------------------------
# In the window.


def test_before_is_shown_as_long_as_the_key_is_held(editor: EditorPerson) -> None:
    close_eyes(editor)
    assert colour_at(editor, 50, 50)[2] == 200
    editor.window.events.on_key(glfw.KEY_C, 1, 0)
    editor.look(2)
    assert colour_at(editor, 50, 50)[2] == 0
    editor.window.events.on_key(glfw.KEY_C, 0, 0)
    editor.look(2)
    assert colour_at(editor, 50, 50)[2] == 200


def test_before_can_be_seen_in_the_middle_of_an_edit(editor: EditorPerson) -> None:
    editor.session.step_seconds, editor.session.steps = 0.02, 10_000
    editor.click("Close eyes")
    editor.wait_for(lambda: editor.state.frame.step > 5)
    editor.window.events.on_key(glfw.KEY_C, 1, 0)
    editor.look(2)
    assert colour_at(editor, 50, 50)[2] == 0
    editor.window.events.on_key(glfw.KEY_C, 0, 0)
    editor.look(2)
    assert colour_at(editor, 50, 50)[2] > 0
    editor.click("Stop")
    editor.wait_for(lambda: not editor.state.busy)


def test_the_line_of_the_split_view_is_pulled(editor: EditorPerson) -> None:
    close_eyes(editor)
    editor.key(glfw.KEY_S)
    editor.look(2)
    left, right = colour_at(editor, 10, 50)[2], colour_at(editor, 54, 50)[2]
    assert (left, right) == (0, 200)
    editor.pull(editor.on_picture(31.5, 50), editor.on_picture(4, 50))
    editor.look(2)
    assert editor.state.compare.line < 0.1
    assert editor.state.drag.pairs == (), "the line was pulled, and no point set"
    assert colour_at(editor, 12, 50)[2] == 200
    editor.key(glfw.KEY_S)
    editor.look(2)
    assert editor.state.compare.mode is CompareMode.OFF


def test_the_difference_is_shown(editor: EditorPerson) -> None:
    close_eyes(editor)
    editor.key(glfw.KEY_D)
    editor.look(2)
    assert colour_at(editor, 50, 50) == [0, 0, 255]


def test_before_is_drawn_again_where_it_was_forgotten(editor: EditorPerson) -> None:
    close_eyes(editor)
    app = editor.app
    app.state = dataclasses.replace(app.state, compare=dataclasses.replace(app.state.compare, known=()))
    editor.window.events.on_key(glfw.KEY_C, 1, 0)
    editor.wait_for(lambda: colour_at(editor, 50, 50)[2] == 0)
    editor.window.events.on_key(glfw.KEY_C, 0, 0)
    editor.look(2)
