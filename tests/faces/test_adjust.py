import json

import numpy as np
import pytest
from torch import nn

from drag.types import RequestError
from faces.adjust import plan
from faces.bundled import BundledDetector
from faces.expressions import EXPRESSIONS, ExpressionError
from faces.landmarks import PictureError
from faces.report import drift_outside, report
from faces.together import together

SIZE = (256, 256)
DETECTOR = BundledDetector(nn.Identity(), {})
every_expression = pytest.mark.parametrize("key", EXPRESSIONS)


@every_expression
def test_a_plan_holds_all_that_a_drag_needs(key, landmarks):
    adjustment = plan(key, 0.7, landmarks, SIZE, DETECTOR)
    request, expression = adjustment.request, EXPRESSIONS[key]
    assert tuple(adjustment.indices) == expression.moving and adjustment.strength == 0.7
    assert np.allclose(request.points, landmarks[adjustment.indices])
    assert np.allclose(request.targets, expression.moved(landmarks, 0.7)[adjustment.indices], atol=1e-4)
    assert request.mask is not None and np.array_equal(request.mask, adjustment.mask)
    request.check(SIZE)
    (guide,) = adjustment.guides
    assert guide.resolution == 128 and adjustment.config.guide_weight > 0


def test_the_mask_can_be_switched_off_and_is_kept_to_measure_by(landmarks):
    adjustment = plan("close_eyes", 1.0, landmarks, SIZE, DETECTOR, automatic_mask=False)
    assert adjustment.request.mask is None and adjustment.mask.any()


def test_a_chin_below_the_frame_is_dragged_at_its_border(landmarks):
    low = landmarks + np.array((0, 255 - landmarks[8, 1]))
    request = plan("open_mouth", 1.0, low, SIZE, DETECTOR).request
    request.check(SIZE)
    assert request.targets[:, 1].max() == 255


def test_landmarks_that_the_caller_changes_later_leave_the_plan_alone(landmarks):
    adjustment = plan("close_eyes", 1.0, landmarks, SIZE, DETECTOR)
    first = landmarks.copy()
    landmarks += 50
    assert np.array_equal(adjustment.landmarks, first)


def test_what_cannot_be_planned_is_refused(landmarks):
    with pytest.raises(ExpressionError):
        plan("wink", 1.0, landmarks, SIZE, DETECTOR)
    with pytest.raises(ExpressionError):
        plan("close_eyes", 9.0, landmarks, SIZE, DETECTOR)
    with pytest.raises(ExpressionError):
        plan("close_eyes", 1.0, landmarks[:5], SIZE, DETECTOR)
    with pytest.raises(RequestError):
        plan("close_eyes", 1.0, landmarks + 5000, SIZE, DETECTOR)


# ----------------------------------------------------------------------------
# Reports.


@every_expression
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_report_says_what_share_of_the_way_was_gone(key, share, average):
    frame, landmarks = average
    adjustment = plan(key, 1.0, landmarks, SIZE, DETECTOR)
    after = landmarks + share * (adjustment.expression.moved(landmarks, 1.0) - landmarks)
    said = report(adjustment, landmarks, after, frame, frame, handles=after[adjustment.indices])
    if said.before - said.asked != pytest.approx(0, abs=1e-3):
        assert said.share == pytest.approx(share, abs=0.02)
        assert said.tracked_share == pytest.approx(share, abs=0.02)
    assert said.drift_outside_mask == 0


FAR, SHUT_LIDS = 1.0, 0.0  # How much of the aperture is left.


@pytest.mark.parametrize(
    ("detected", "tracked", "says"),
    [
        (SHUT_LIDS, SHUT_LIDS, "closed, by the detector and by the tracked lids"),
        (SHUT_LIDS, None, "closed, by the detector"),
        (FAR, SHUT_LIDS, "closed by the tracked lids, not by the detector, which is unsure"),
        (None, SHUT_LIDS, "closed by the tracked lids; the detector finds no face"),
        (SHUT_LIDS, FAR, "closed by the detector, but the tracked lids stay apart"),
        (FAR, FAR, "not closed"),
        (FAR, None, "not closed"),
    ],
)
@pytest.mark.parametrize("key", ["close_eyes", "wink_right"])
def test_closed_eyes_are_confirmed_by_the_detector_and_by_the_tracked_lids(
    key, detected, tracked, says, average
):
    frame, landmarks = average
    adjustment = plan(key, 1.0, landmarks, SIZE, DETECTOR)
    shut = adjustment.expression.moved(landmarks, 1.0)

    def lids(left):
        return None if left is None else shut + left * (landmarks - shut)

    after, handles = lids(detected), lids(tracked)
    handles = None if handles is None else handles[adjustment.indices]
    said = report(adjustment, landmarks, after, frame, frame, handles)
    assert said.closed.startswith(says) and said.closed in said.summary()


def test_a_wink_with_both_eyes_is_no_wink(average):
    frame, landmarks = average
    adjustment = plan("wink_left", 1.0, landmarks, SIZE, DETECTOR)
    both = EXPRESSIONS["close_eyes"].moved(landmarks, 1.0)
    said = report(adjustment, landmarks, both, frame, frame, both[adjustment.indices])
    assert said.closed.startswith("the other eye closed with it") and said.share == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("key", ["big_eyes", "close_mouth", "smile"])
def test_of_what_shuts_no_eye_nothing_is_said_about_lids(key, average):
    frame, landmarks = average
    adjustment = plan(key, 1.0, landmarks, SIZE, DETECTOR)
    assert report(adjustment, landmarks, landmarks, frame, frame).closed == ""


def test_of_several_at_once_each_is_reported(average):
    frame, landmarks = average
    both, strength = together([(EXPRESSIONS["smile"], 0.5), (EXPRESSIONS["tilt_left"], 1.0)])
    adjustment = plan(both, strength, landmarks, SIZE, DETECTOR)
    said = report(adjustment, landmarks, both.moved(landmarks, 1.0), frame, frame)
    smile, tilt = said.members
    assert (smile.title, tilt.title, tilt.unit) == ("Smile", "Tilt left", "°")
    assert smile.share == pytest.approx(1, abs=0.02)
    assert tilt.asked - tilt.before == pytest.approx(-5, abs=0.5) and tilt.achieved == pytest.approx(
        tilt.asked
    )
    json.dumps(said.figures(), allow_nan=False)


def test_a_report_becomes_json_and_one_line(average):
    frame, landmarks = average
    adjustment = plan("close_eyes", 1.0, landmarks, SIZE, DETECTOR)
    said = report(adjustment, landmarks, adjustment.expression.moved(landmarks, 1.0), frame, frame)
    figures = json.loads(json.dumps(said.figures(), allow_nan=False))
    assert (
        np.array(figures["landmarks_before"]).shape == np.array(figures["landmarks_after"]).shape == (68, 2)
    )
    assert figures["asked"] == pytest.approx(0, abs=1e-3) == pytest.approx(figures["achieved"], abs=1e-3)
    assert figures["tracked"] is None
    assert said.summary().startswith("lid aperture: ") and "\n" not in said.summary()


def test_a_face_that_is_lost_is_reported_as_lost(average):
    frame, landmarks = average
    adjustment = plan("close_eyes", 1.0, landmarks, SIZE, DETECTOR)
    said = report(adjustment, landmarks, None, frame, frame)
    assert said.achieved is None and said.share is None and "no face found" in said.summary()
    json.dumps(said.figures(), allow_nan=False)


def test_drift_is_the_mean_change_where_the_mask_holds():
    mask = np.zeros((4, 4), np.float32)
    mask[:2] = 1
    before = np.zeros((4, 4, 3), np.uint8)
    after = before.copy()
    after[:2] = 200
    assert drift_outside(mask, before, after) == 0
    after[2:] = 10
    assert drift_outside(mask, before, after) == pytest.approx(10)
    after[2:, :, 0] = 40
    assert drift_outside(mask, after, before) == pytest.approx(20)
    assert drift_outside(np.ones((4, 4), np.float32), before, after) == 0


def test_frames_of_other_sizes_are_refused():
    with pytest.raises(PictureError):
        drift_outside(
            np.zeros((4, 4), np.float32), np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5, 3), np.uint8)
        )
