"""A recipe replays what it was made of, holds nothing of the picture, and a bad one is named."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.expressions import EXPRESSIONS
from faces.recipe import RecipeError, layers_of, load_recipe, recipe_of, save_recipe
from faces.stack import Layer, Part
from tests.faces.edits import QUICK, same, w

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
