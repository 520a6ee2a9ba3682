"""A stack of edits: its amounts are exact at 0 and 1, and edits add up, one after the other or at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.expressions import EXPRESSIONS, ExpressionError
from faces.stack import Layer, Part, apply_pending, composed, joined, moved
from faces.together import together
from tests.faces.edits import QUICK, edit, same, w


def test_an_amount_of_0_is_the_start_and_of_1_the_end_exactly():
    layer = edit(1, w(0))
    for amount, expected in ((0.0, layer.start), (1.0, layer.end)):
        got = composed(w(0), [Layer(layer.title, amount=amount, start=layer.start, end=layer.end)])
        assert np.array_equal(got, expected)


@QUICK
@given(st.floats(-1, 1.5))
def test_an_amount_moves_w_on_the_straight_line(amount):
    layer = edit(1, w(0), amount=amount)
    expected = w(0) + amount * (layer.end - layer.start)
    assert np.allclose(composed(w(0), [layer]), expected, atol=1e-5)


def test_edits_one_after_the_other_end_where_the_last_ended_exactly(layers):
    assert np.array_equal(composed(w(0), layers), layers[1].end)


def test_edits_add_up_in_any_order_and_one_that_is_off_adds_nothing(layers):
    first, second = layers
    assert np.allclose(composed(w(0), [second, first]), composed(w(0), layers), atol=1e-5)
    off = [Layer(first.title, first.parts, 1.0, False, first.start, first.end), second]
    assert np.allclose(composed(w(0), off), w(0) + (second.end - second.start), atol=1e-5)
    assert np.array_equal(composed(w(0), [layer.undone() for layer in layers]), w(0))


def test_composing_changes_nothing_that_it_is_given(layers):
    base = w(0)
    copies = [base.copy(), *(layer.end.copy() for layer in layers)]
    got = composed(base, layers)
    assert not got.flags.writeable
    assert all(
        np.array_equal(a, b) for a, b in zip([base, *(layer.end for layer in layers)], copies, strict=True)
    )


def test_what_is_no_expression_is_replayed_by_its_offset():
    drag = Layer("Drag", start=w(0), end=w(1), amount=0.5)
    fresh = drag.undone()
    assert not fresh.done and same(fresh.pending, w(1) - w(0))
    again = apply_pending(fresh, w(5))
    assert np.allclose(composed(w(5), [again]), w(5) + 0.5 * (w(1) - w(0)), atol=1e-5)
    with pytest.raises(ValueError, match="no offset of the shape"):
        apply_pending(fresh, np.zeros((2, 3), np.float32))


def test_edits_change_places():
    rows = tuple(Layer(name) for name in "abc")
    assert [row.title for row in moved(rows, 0, 2)] == ["b", "c", "a"]
    assert [row.title for row in moved(rows, 2, 0)] == ["c", "a", "b"]
    assert moved(rows, 1, 1) == rows


# ----------------------------------------------------------------------------
# At once.


def test_several_that_are_on_become_one_that_does_them_at_once():
    rows = (
        Layer("Smile", (Part("smile", 0.5),)),
        Layer("Drag", pending=w(1)),
        Layer("Wink left", (Part("wink_left"),), on=False),
        Layer("Slim face", (Part("slim_face", 1.2),)),
    )
    one, drag, wink = joined(rows)
    assert one.parts == (Part("smile", 0.5), Part("slim_face", 1.2)) and one.title == "Smile + Slim face"
    assert (drag, wink) == (rows[1], rows[2])
    assert joined(rows[:3]) == rows[:3]


def test_at_once_landmarks_go_where_all_take_them(landmarks):
    parts = [(EXPRESSIONS["smile"], 0.5), (EXPRESSIONS["big_eyes"], 1.2)]
    both, strength = together(parts)
    expected = landmarks + sum(row.moved(landmarks, s) - landmarks for row, s in parts)
    assert np.allclose(both.moved(landmarks, strength), expected, atol=1e-3)
    assert set(both.pairs) >= set(EXPRESSIONS["smile"].pairs) | set(EXPRESSIONS["big_eyes"].pairs)
    assert both.measure(landmarks) == EXPRESSIONS["smile"].measure(landmarks)
    assert set(both.regions) == set(EXPRESSIONS["smile"].regions) | set(EXPRESSIONS["big_eyes"].regions)


def test_what_one_moves_is_not_free_for_the_other():
    both, _ = together([(EXPRESSIONS["close_mouth"], 1.0), (EXPRESSIONS["slim_face"], 1.0)])
    assert not set(both.free) & set(both.moving) and set(range(4, 8)) <= set(both.moving)


def test_one_alone_stays_as_it_is_and_none_is_refused():
    assert together([(EXPRESSIONS["smile"], 0.4)]) == (EXPRESSIONS["smile"], 0.4)
    with pytest.raises(ExpressionError, match="at least one"):
        together([])
    with pytest.raises(ExpressionError, match="strength 9"):
        together([(EXPRESSIONS["smile"], 9.0)])
