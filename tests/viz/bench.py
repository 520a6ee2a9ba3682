"""The rules of the stack, with a worker whose answers are written by a test."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from drag.path import EditPath
from tests.viz.fakes import face_at
from viz import actions, answers, commands
from viz.editor import act, hear
from viz.state import EditorState

INFO = answers.NetworkInfo(Path("a.safetensors"), "A", "00", 64, 64, 8, 16, 4)
SHAPE = (8, 16)


def w(seed):
    array = np.random.RandomState(seed).randn(*SHAPE).astype(np.float32)
    array.flags.writeable = False
    return array


def path(start, end):
    points = np.zeros((1, 2), np.float32)
    return EditPath.of([0, 3], [start, end], [points, points], points)


class Bench:
    """The rules with a worker whose answers are written here."""

    def __init__(self):
        self.state = EditorState()
        self.asked: tuple[commands.Command, ...] = ()
        self.do(actions.OpenNetwork("a.safetensors"))
        self.hear(answers.Loaded(self.state.epoch, INFO))
        self.show(w(0))

    def do(self, action):
        self.state, self.asked = act(self.state, action)

    def hear(self, news):
        self.state, self.asked = hear(self.state, news)

    def show(self, shown=None):
        picture = np.zeros((64, 64, 3), np.uint8)
        self.hear(answers.Frame(self.state.picture_epoch, picture, w=shown))

    def end(self, end, reason="reached"):
        assert self.state.job is not None
        start, epoch = self.state.picture.w, self.state.job.epoch
        self.hear(answers.Ended(epoch, reason, "", 3, 0.1, faces=(face_at(),), path=path(start, end)))

    def click(self, key, end):
        self.do(actions.ClickExpression(key))
        self.end(end)

    @property
    def stack(self):
        return self.state.picture.stack

    def amount(self, index, amount):
        layer = dataclasses.replace(self.stack[index], amount=amount)
        self.do(actions.ChangeLayer(index, layer))

    def of_kind(self, kind):
        return [command for command in self.asked if isinstance(command, kind)]


@pytest.fixture
def bench():
    return Bench()
