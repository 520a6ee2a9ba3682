"""What cannot be done is refused in one line that says what and why."""

import numpy as np
import pytest
import torch

from dnnlib.errors import EditorError
from dnnlib.options import OptionError
from drag.engine import drag
from drag.types import DragConfig, DragRequest, RequestError
from tests.drag.stubs import PatternGuide, RubberSheet


def first_step(request, config=None, guides=(), w=None):
    sheet = RubberSheet()
    return next(drag(sheet, sheet.start() if w is None else w, request, config, guides))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DragRequest([[1, 2], [3, 4]], [[1, 2]]), "2 points and 1 targets"),
        (lambda: DragRequest([[1, float("nan")]], [[1, 2]]), "finite"),
        (lambda: DragRequest([[1, 2]], [[1, float("inf")]]), "finite"),
        (lambda: DragRequest([1, 2, 3], [[1, 2]]), r"\[N, 2\]"),
        (lambda: DragRequest([["a", "b"]], [[1, 2]]), "numbers"),
        (lambda: DragRequest([[1, 2]], [[1, 2]], np.zeros((32, 32))), "nothing move"),
        (lambda: DragRequest([[1, 2]], [[1, 2]], np.full((32, 32), np.nan)), "from 0"),
        (lambda: DragRequest([[1, 2]], [[1, 2]], np.full((32, 32), 2.0)), "from 0"),
        (lambda: DragRequest([[1, 2]], [[1, 2]], np.ones(32)), r"\[height, width\]"),
        (lambda: DragRequest([[1, 2]], [[1, 2]], np.ones((0, 0))), "from 0"),
        (lambda: DragRequest([[1, 2]], [[1, 2]], [["a"]]), "numbers"),
        (lambda: first_step(DragRequest([[40, 2]], [[1, 2]])), r"Point 1 at \(40.0, 2.0\)"),
        (lambda: first_step(DragRequest([[4, 2]], [[1, -2]])), "target of point 1"),
        (lambda: first_step(DragRequest([[4, 2]], [[1, 2]], np.ones((16, 32)))), "32 px wide and 16 px high"),
        (lambda: first_step(DragRequest([], [])), "Nothing pulls"),
        (lambda: first_step(DragRequest([[4, 2]], [[1, 2]]), DragConfig.guided()), "Nothing pulls"),
        (lambda: first_step(DragRequest([[4, 2]], [[1, 2]]), w=torch.zeros(3, 8)), "one w a layer"),
        (lambda: first_step(DragRequest([[4, 2]], [[1, 2]]), w=torch.full((6, 8), torch.nan)), "another w"),
    ],
)
def test_each_impossible_request_has_its_line(make, words):
    with pytest.raises(RequestError, match=words) as caught:
        make()
    assert isinstance(caught.value, EditorError)
    assert "\n" not in str(caught.value)


def test_options_out_of_bounds_are_refused():
    for wrong in ({"step_size": -1.0}, {"preset": "other"}, {"r1": float("nan")}, {"max_steps": -1}):
        with pytest.raises(OptionError, match=next(iter(wrong))):
            DragConfig(**wrong)


def test_arrays_are_copied_and_the_copies_cannot_be_written():
    points, mask = np.array([[1.0, 2.0]]), np.ones((32, 32), dtype=bool)
    request = DragRequest(points, points, mask)
    points[0, 0] = 9
    mask[:] = False
    assert request.points.tolist() == [[1, 2]]
    assert request.points.dtype == np.float32
    assert request.mask is not None and request.mask.dtype == np.float32 and request.mask.all()
    with pytest.raises(ValueError, match="read-only"):
        request.points[0, 0] = 9


def test_points_are_checked_against_width_and_height_and_not_swapped():
    sheet = RubberSheet(width_px=16)
    tall = DragRequest([[8, 30]], [[9, 28]])
    assert next(drag(sheet, sheet.start(), tall)).frame().shape == (32, 16, 3)
    with pytest.raises(RequestError, match="16 px wide and 32 px high"):
        next(drag(sheet, sheet.start(), DragRequest([[30, 8]], [[9, 28]])))


def test_the_outermost_half_pixel_is_still_inside():
    assert first_step(DragRequest([[-0.5, 31.9]], [[32, 10]])).points.tolist() == [[0, 31]]


def test_a_guide_needs_no_points():
    sheet = RubberSheet()
    wanted = sheet.start() + 0.02
    assert (
        first_step(DragRequest([], []), DragConfig.guided(), [PatternGuide(sheet, wanted)]).points.size == 0
    )
