"""The published preset repeats the published loop: every reference drag of ../shared/golden, call by call."""

import dataclasses
import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drag.session import DragSession
from tests.drag.replay import DRAGS, Call, Reference, call, trained

FILES = sorted(DRAGS.glob("s2_*.npz")) + sorted(DRAGS.glob("ex_*.npz"))
EVENT_AT = 5


def _append_a_point(session: DragSession, reference: Reference, last: Call) -> None:
    points = np.concatenate([last.rows_and_columns, [[60, 200]]])
    session.change(reference.request_of(points, [[140, 150], [90, 180]]))


def _replace_the_point(session: DragSession, reference: Reference, last: Call) -> None:
    session.change(reference.request_of([[30, 40]], [[50, 20]]))


def _forget_references(session: DragSession, reference: Reference, last: Call) -> None:
    session.forget_references()


def _change_step_size(session: DragSession, reference: Reference, last: Call) -> None:
    session.change(config=dataclasses.replace(session.config, step_size=0.005))


# What happens before the sixth call, as each file's description says.
EVENTS: dict[str, Callable[[DragSession, Reference, Call], None]] = {
    "ex_add_point": _append_a_point,
    "ex_new_point_same_count": _replace_the_point,
    "ex_reset_flag": _forget_references,
    "ex_update_lr": _change_step_size,
}


@pytest.mark.skipif(not FILES, reason="../shared/golden is absent")
def test_every_described_event_is_played():
    described = {path.stem for path in FILES if "event" in Reference.load(path).about}
    assert described == set(EVENTS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_published_loop_is_repeated(path: Path):
    if "sg3" in path.stem and importlib.util.find_spec("training.networks_stylegan3") is None:
        pytest.skip("training has no StyleGAN3 yet")
    reference = Reference.load(path)
    expected, session = reference.arrays, reference.session()
    loss_tolerance = 1e-4 if "mask" in expected else 1e-5
    last: Call | None = None
    for index in range(len(expected["points"])):
        if index == EVENT_AT and path.stem in EVENTS and last is not None:
            EVENTS[path.stem](session, reference, last)
        last = call(session)

        points = last.rows_and_columns
        np.testing.assert_array_equal(points, expected["points"][index, : len(points)])
        assert last.stop == expected["stop"][index]
        if last.stop:
            assert np.isnan(expected["loss"][index])
        else:
            assert last.step.loss == pytest.approx(expected["loss"][index], abs=loss_tolerance, nan_ok=True)
        w = trained(last.w, expected["w"][index])
        # Errors grow on the way: 1e-5 after the first step, 5e-4 after the twentieth.
        tolerance = 1e-5 if index == 0 else 5e-4
        np.testing.assert_allclose(w, expected["w"][index].reshape(w.shape), rtol=0, atol=tolerance)


@pytest.mark.skipif(not FILES, reason="../shared/golden is absent")
def test_the_frame_is_the_published_one():
    reference = Reference.load(DRAGS / "s2_64_p1_mask_wplus_lr0.001.npz")
    session = reference.session()
    steps = [session.step() for _ in range(reference.about["steps"])]
    last = reference.arrays["img_u8_last"].astype(int)
    frame = steps[-1].frame().astype(int)
    assert frame.shape == last.shape
    assert np.abs(frame - last).max() <= 1
