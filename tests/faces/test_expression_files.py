"""Expressions in TOML files: what a user adds is there; what is wrong is named with its line."""

import numpy as np
import pytest

from faces.expression_files import ExpressionFileError, read_expressions
from faces.expressions import EXPRESSIONS, find_expression, own_folder, read_library
from faces.movements import Meet, Shift
from faces.toml_lines import line_of

GOOD = """\
# my own
[raise_left_brow]
title = "Raise one brow"
group = "brows"
regions = [["left_brow"]]
measure = { name = "brow height", kind = "rise", pairs = [[36, 18]] }

[[raise_left_brow.move]]
kind = "shift"
landmarks = ["left_brow"]
down = -0.06

[[raise_left_brow.move]]
kind = "shift"
landmarks = [19, "20-21"]
down = -0.01
unit = "eye_width"
"""


def read(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return read_expressions(path)


def test_an_expression_is_what_its_file_says(tmp_path, landmarks):
    (row,) = read(tmp_path, GOOD)
    assert (row.key, row.title, row.group) == ("raise_left_brow", "Raise one brow", "brows")
    assert row.moving == (17, 18, 19, 20, 21) and row.regions == ((17, 18, 19, 20, 21),)
    assert row.moves[1] == Shift((19, 20, 21), down=-0.01, unit="eye_width")
    assert row.measure(row.moved(landmarks, 1.0)) > row.measure(landmarks) + 2


def test_the_bundled_table_is_read_from_such_files():
    assert EXPRESSIONS["close_eyes"].moves == (Meet(((37, 41), (38, 40), (43, 47), (44, 46)), 1.0),)
    assert EXPRESSIONS["close_eyes"].closes_lids and EXPRESSIONS["wink_left"].closes_lids
    assert not EXPRESSIONS["close_mouth"].closes_lids and not EXPRESSIONS["big_eyes"].closes_lids


def with_change(old, new):
    assert GOOD.count(old) >= 1
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (with_change('title = "Raise one brow"', "title = 5"), 3, "title: expected a text, found 5"),
        (with_change("down = -0.06", 'down = "up"'), 11, "move.down: expected a number from -180 to 180"),
        (with_change("down = -0.01", "dwon = -0.01"), 16, "move.dwon: unknown; expected one of landmarks"),
        (with_change('landmarks = [19, "20-21"]', "landmarks = [19, 68]"), 15, "landmarks 0 to 67"),
        (with_change('landmarks = [19, "20-21"]', 'landmarks = ["ear"]'), 15, "found 'ear'"),
        (with_change('landmarks = [19, "20-21"]', 'landmarks = ["21-20"]'), 15, "found '21-20'"),
        (with_change('landmarks = [19, "20-21"]', "landmarks = 19"), 15, "expected a list of landmarks"),
        (with_change('unit = "eye_width"', 'unit = "px"'), 17, "expected one of eye_width, eye_distance"),
        (with_change('kind = "shift"', 'kind = "jump"'), 9, "expected one of meet, part, open, shift"),
        (with_change('kind = "shift"\n', ""), 8, "found nothing"),
        (with_change("[[36, 18]]", "[[36]]"), 6, "expected a pair of landmarks 0 to 67"),
        (with_change("[[36, 18]]", "[]"), 6, "expected pairs of landmarks"),
        (with_change('kind = "rise"', 'kind = "height"'), 6, "expected one of distance, rise"),
        (with_change('name = "brow height", ', ""), 6, "measure: name is missing"),
        (with_change('group = "brows"', 'colour = "red"'), 4, "colour: unknown; expected one of title"),
        (with_change('group = "brows"', "margin = 9"), 4, "margin: expected a number from 0 to 2, found 9"),
        (with_change('group = "brows"', "margin = nan"), 4, "expected a number from 0 to 2, found nan"),
        (with_change('regions = [["left_brow"]]\n', ""), 2, "regions is missing"),
        (with_change('regions = [["left_brow"]]', 'regions = ["left_brow"]'), 5, "expected a list of"),
        ('[Wink]\ntitle = "x"\n', 1, "expected a name of small letters"),
        ("wink = 5\n", 1, "expected a table [wink], found 5"),
        ("[wink]\nmove = 3\nmeasure = 1\nregions = []\ntitle = 'x'\n", 2, "expected tables [[wink.move]]"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_what_was_expected(tmp_path, text, line, says):
    with pytest.raises(ExpressionFileError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'own.toml'}, line {line}: "), message
    assert says in message and "\n" not in message


@pytest.mark.parametrize(
    "text", ["[wink\n", "[wink]\ntitle = \n", "a = 1\na = 2\n", '[wink]\n\ntitle = "x\n']
)
def test_what_is_no_toml_is_named_with_line_and_column(tmp_path, text):
    with pytest.raises(ExpressionFileError, match=r"own\.toml: this is no TOML: .*line \d+, column \d+"):
        read(tmp_path, text)


def test_what_is_no_text_is_named(tmp_path):
    (tmp_path / "own.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ExpressionFileError, match="cannot be read as text"):
        read_expressions(tmp_path / "own.toml")


def test_a_line_is_found_in_the_right_one_of_several_tables():
    assert line_of(GOOD, ("raise_left_brow", "move", 0, "down")) == 11
    assert line_of(GOOD, ("raise_left_brow", "move", 1, "down")) == 16
    assert line_of(GOOD, ("raise_left_brow", "move", 1, "missing")) == 13


# ----------------------------------------------------------------------------
# The user's own folder.


def test_ones_own_expressions_stand_beside_the_bundled_ones(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("not a table")
    library = read_library(tmp_path)
    assert library.problems == () and len(library.expressions) == len(EXPRESSIONS) + 1
    assert [row.key for row in library.groups["Brows"]][-1] == "raise_left_brow"
    assert find_expression("raise-left-brow", library.expressions).title == "Raise one brow"
    assert "raise_left_brow" not in EXPRESSIONS


def test_a_bad_file_is_named_and_hinders_no_other(tmp_path):
    (tmp_path / "a.toml").write_text("[wink\n")
    (tmp_path / "b.toml").write_text(GOOD)
    library = read_library(tmp_path)
    assert "raise_left_brow" in library.expressions
    (problem,) = library.problems
    assert "a.toml" in problem and "line 1" in problem


def test_ones_own_may_replace_a_bundled_one(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD.replace("raise_left_brow", "close_eyes"))
    library = read_library(tmp_path)
    assert len(library.expressions) == len(EXPRESSIONS)
    assert library.expressions["close_eyes"].title == "Raise one brow"


def test_where_ones_own_belong(tmp_path, monkeypatch):
    monkeypatch.setenv("DRAG_AUTO_EXPRESSIONS", str(tmp_path))
    assert own_folder() == tmp_path
    monkeypatch.delenv("DRAG_AUTO_EXPRESSIONS")
    assert own_folder().name == "expressions" and "drag-auto" in str(own_folder())


def test_no_folder_is_no_problem(tmp_path):
    library = read_library(tmp_path / "none")
    assert library.problems == () and list(library.expressions) == list(EXPRESSIONS)


def test_a_documents_example_works(tmp_path, landmarks):
    """The example of docs/expressions.md, as it stands there."""
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "expressions.md").read_text(encoding="utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    (row,) = read(tmp_path, example)
    assert not np.allclose(row.moved(landmarks, 1.0), landmarks)
