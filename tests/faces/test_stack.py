"""A stack of edits: its amounts are exact at 0 and 1, its recipe replays, and bad recipes are named."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces.directions import DirectionError, load_direction, save_direction
from faces.expressions import EXPRESSIONS, ExpressionError
from faces.recipe import RecipeError, layers_of, load_recipe, recipe_of, save_recipe
from faces.stack import Layer, Part, apply_pending, composed, joined, moved
from faces.together import together

QUICK = settings(deadline=None, max_examples=25)
SHAPE = (6, 8)


def w(seed):
    return np.random.RandomState(seed).randn(*SHAPE).astype(np.float32)


def edit(number, start, title="Smile", **rest):
    return Layer(title, (Part("smile"),), start=start, end=start + w(number), **rest)


def same(one, other):
    return one is not None and other is not None and np.array_equal(one, other)


@pytest.fixture
def layers():
    first = edit(1, w(0))
    return first, edit(2, first.end, title="Drag")


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


# ----------------------------------------------------------------------------
# Recipes.

keys = st.sampled_from(sorted(EXPRESSIONS))
entries = st.one_of(
    st.builds(
        lambda parts, amount, on: Layer(
            " + ".join(EXPRESSIONS[part.expression].title for part in parts), tuple(parts), amount, on
        ),
        st.lists(st.builds(Part, keys, st.floats(0, 3)), min_size=1, max_size=3),
        st.floats(-1, 1.5),
        st.booleans(),
    ),
    st.builds(
        lambda seed, amount: Layer("Drag", amount=amount, pending=w(seed)),
        st.integers(0, 99),
        st.floats(-1, 1.5),
    ),
)


@QUICK
@given(st.lists(entries, max_size=5))
def test_a_recipe_comes_back_as_it_was(layers):
    again = layers_of(json.loads(json.dumps(recipe_of(layers), allow_nan=False)))
    for one, other in zip(again, layers, strict=True):
        assert (one.title, one.parts, one.amount, one.on) == (
            other.title,
            other.parts,
            other.amount,
            other.on,
        )
        assert (one.pending is None) == (other.pending is None)
        assert one.pending is None or same(one.pending, other.pending)


def test_a_recipe_holds_nothing_of_the_picture(layers, tmp_path):
    save_recipe(tmp_path / "r.json", layers)
    again = load_recipe(tmp_path / "r.json")
    assert [layer.done for layer in again] == [False, False] and again[0].parts == (Part("smile"),)
    assert (tmp_path / "r.json").stat().st_size < 1000


def test_an_offset_that_is_alike_in_all_layers_is_written_once():
    drag = Layer("Drag", pending=np.repeat(w(1)[:1], 6, axis=0))
    recipe = recipe_of([drag])
    assert np.shape(recipe["entries"][0]["offset"]) == (1, 8)
    (again,) = layers_of(recipe, num_ws=6)
    assert same(again.pending, drag.pending)


def good(**changes):
    entry = {"title": "x", "expressions": [{"key": "smile", "strength": 1.0}], "amount": 1.0, "on": True}
    return {"format": "drag-auto recipe", "version": 1, "entries": [entry | changes]}


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ([], "this is no recipe"),
        ({"format": "other"}, "this is no recipe"),
        (good() | {"version": 2}, "version 2: expected 1"),
        (good() | {"entries": 5}, "entries: expected a list"),
        (good() | {"entries": [{}] * 101}, "at most 100"),
        (good() | {"entries": ["smile"]}, "entry 1: expected {...}, found 'smile'"),
        (good(expressions=[{"key": "sneer"}]), "entry 1, key: expected one of close_eyes"),
        (good(expressions=[{"key": "smile", "strength": 9}]), "strength: expected a number from 0 to 3"),
        (good(expressions=[{"key": "smile", "strength": True}]), "expected a number from 0 to 3, found True"),
        (good(expressions=[]), "expressions: expected a list of them"),
        (good(expressions=["smile"]), "expected {\"key\": ...}, found 'smile'"),
        (good(amount=float("nan")), "amount: expected a number from -1 to 1.5, found nan"),
        (good(on=1), "on: expected true or false, found 1"),
        (good(title=3), "title: expected a text, found 3"),
        ({**good(), "entries": [{"offset": [[1, "a"]]}]}, "offset: expected an expression, or an offset"),
        ({**good(), "entries": [{"offset": [[float("inf")]]}]}, "found an array [1, 1]"),
        ({**good(), "entries": [{}]}, "offset: expected an expression, or an offset of w: rows of numbers"),
    ],
)  # fmt: skip
def test_a_bad_recipe_is_named_with_its_entry_and_what_was_expected(recipe, says, tmp_path):
    path = tmp_path / "r.json"
    path.write_text(json.dumps(recipe))
    with pytest.raises(RecipeError) as caught:
        load_recipe(path)
    assert says in str(caught.value) and str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"PK\x03\x04"])
def test_what_is_no_json_is_one_clear_line(content, tmp_path):
    path = tmp_path / "r.json"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match=r"r\.json: (this is no|cannot be read)"):
        load_recipe(path)


def test_a_recipe_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RecipeError, match="r.json: cannot be read"):
        load_recipe(tmp_path / "r.json")


# ----------------------------------------------------------------------------
# Directions.


def test_a_direction_comes_back_and_numpy_reads_it_too(tmp_path):
    layer = edit(1, w(0))
    save_direction(tmp_path / "smile.npz", layer, "ab")
    assert np.allclose(np.load(tmp_path / "smile.npz")["offset"], w(1), atol=1e-5)
    again, remark = load_direction(tmp_path / "smile.npz", SHAPE, "ab")
    assert again.title == "Smile" and remark == "" and same(again.pending, layer.offset)
    assert "another network" in load_direction(tmp_path / "smile.npz", SHAPE, "cd")[1]


def test_a_direction_of_another_shape_is_refused(tmp_path):
    save_direction(tmp_path / "smile.npz", edit(1, w(0)), "ab")
    with pytest.raises(DirectionError, match="its offset is 6 × 8; this network needs 14 × 64"):
        load_direction(tmp_path / "smile.npz", (14, 64), "ab")


def test_what_has_not_run_is_no_direction_yet(tmp_path):
    with pytest.raises(DirectionError, match="replay it first"):
        save_direction(tmp_path / "smile.npz", Layer("Smile", (Part("smile"),)), "ab")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"\x80\x04cos\nsystem\n."])
def test_a_damaged_direction_is_one_clear_line(content, tmp_path):
    (tmp_path / "d.npz").write_bytes(content)
    with pytest.raises(DirectionError, match=r"d\.npz: it is damaged or none; a direction is an \.npz"):
        load_direction(tmp_path / "d.npz", SHAPE, "ab")


def test_a_direction_runs_nothing_that_is_in_the_file(tmp_path):
    np.savez(tmp_path / "d.npz", offset=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DirectionError, match="damaged or none"):
        load_direction(tmp_path / "d.npz", SHAPE, "ab")
    np.savez(tmp_path / "e.npz", w=w(0))
    with pytest.raises(DirectionError, match="damaged or none"):
        load_direction(tmp_path / "e.npz", SHAPE, "ab")
