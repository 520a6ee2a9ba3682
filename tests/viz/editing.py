"""An editor without a screen, whose worker answers at once."""

from typing import Any

import numpy as np
import pytest

from drag.path import EditPath
from tests.viz.works import INFO, OTHER, w_of
from viz import actions, answers, commands
from viz.editor import act, hear
from viz.history import moment_of
from viz.state import EditorState
from viz.state.history import Moment

PICTURE = np.zeros((64, 64, 3), np.uint8)


class Editing:
    """An editor without a screen, whose worker answers at once."""

    def __init__(self) -> None:
        self.state = EditorState()
        self.asked: list[Any] = []
        self.do(actions.OpenNetwork("a.safetensors"))

    def do(self, action: Any) -> None:
        self._take(act(self.state, action))

    def hear(self, news: Any) -> None:
        self._take(hear(self.state, news))

    def let_go(self) -> None:
        self.do(actions.LetGo())

    def _take(self, result: Any) -> None:
        self.state, asked = result
        for command in asked:
            self.asked.append(command)
            for news in self._answers(command):
                self._take(hear(self.state, news))

    def _answers(self, command: Any) -> list[Any]:
        w: Any
        match command:
            case commands.Load(epoch, file):
                return [answers.Loaded(epoch, OTHER if file.name == "b.pkl" else INFO)]
            case commands.Generate(epoch, latent):
                return [answers.Frame(epoch, PICTURE, w=w_of(latent.seed))]
            case commands.GoTo(epoch, w):
                return [answers.Frame(epoch, PICTURE, w=w)]
            case commands.Drag() | commands.Adjust():
                epoch, w = command.epoch, self.state.picture.w
                handles = command.request.points if isinstance(command, commands.Drag) else np.zeros((1, 2))
                path = EditPath.of(
                    [0, 3, 7], [w, w + 0.25, w + 0.5], [handles, handles + 1, handles + 2], handles + 2
                )
                progress = answers.Progress(epoch, 7, 7, points=path.points[-1])
                return [progress, answers.Ended(epoch, "reached", "There.", 7, 1.0, path=path)]
        return []

    @property
    def words(self) -> list[str]:
        return [entry.words for entry in self.state.history.entries]

    @property
    def moment(self) -> Moment:
        moment = moment_of(self.state)
        assert moment is not None
        return moment


@pytest.fixture
def editing() -> Editing:
    return Editing()
