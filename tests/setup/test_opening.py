"""What the entry points share: a checkpoint becomes a session, which tells what it waits for."""

from typing import Any

import pytest

from faces import choose
from faces.weights import WeightsError
from tools.opening import CHECKPOINT, open_session


@pytest.mark.parametrize("listens", [True, False])
def test_a_session_tells_how_the_detectors_weights_are_coming(
    monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    told: list[str] = []

    def fetch(progress: Any = None, **named: Any) -> None:
        assert (progress is not None) == listens
        if progress is not None:
            progress("net.pth", 1_000_000, 96_000_000)
        raise WeightsError("no network in a test")

    monkeypatch.setattr(choose.weights, "fetch", fetch)
    session = open_session(CHECKPOINT, "cpu")
    session.on_wait = told.append if listens else None
    assert session.detector("face-alignment").name == "bundled"
    assert told == (["Fetching net.pth: 1 MB of 96 MB"] if listens else [])
