"""Frames leave time to whoever works beside them."""

import pytest

from gui_utils import timing


@pytest.fixture
def slept(monkeypatch):
    waits: list[float] = []
    monkeypatch.setattr(timing.time, "sleep", waits.append)
    monkeypatch.setattr(timing.time, "monotonic", lambda: 100.0)
    return waits


@pytest.mark.parametrize(
    ("took", "gives_way", "waits"),
    [
        (0.002, False, 1 / 60 - 0.002),  # Quick frames come at the rate that is wanted,
        (0.002, True, 1 / 60 - 0.002),  # whatever else runs.
        (0.02, False, 0.02),  # Slow ones leave half of the time to others,
        (0.015, True, 0.075),  # five sixths where work runs,
        (0.5, True, 0.1),  # and never make anybody wait for longer.
    ],
)
def test_the_rest_after_a_frame(slept, took, gives_way, waits):
    timing.rest(100.0 - took, 60, gives_way)
    assert slept == [pytest.approx(waits)]
