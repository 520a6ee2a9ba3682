"""Measures the window now and then: how long a frame takes, how many there are, what memory is in use."""

import dataclasses
import time

import psutil

from gui_utils.window import Window
from viz.state import EditorState

_EVERY = 0.5  # s


class Meter:
    """Reads the figures of one window and of the process."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._process = psutil.Process()
        self._read_at = 0.0

    def read(self, state: EditorState) -> EditorState:
        """Take new figures into the state, if it is time for them."""
        now = time.monotonic()
        if now - self._read_at < _EVERY:
            return state
        self._read_at = now
        progress = state.job.progress if state.job is not None else None
        rate = progress.rate if progress is not None else 0.0
        machine = dataclasses.replace(
            state.machine,
            memory=int(self._process.memory_info().rss),
            frame=self._window.timing.frame_seconds,
            frames=self._window.timing.frames_per_second,
            step=1 / rate if rate > 0 else state.machine.step,
        )
        return dataclasses.replace(state, machine=machine)
