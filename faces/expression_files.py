"""Expressions written in TOML: docs/expressions.md says how. What is wrong is said with file and line.

[wink_left]
title = "Wink left"
regions = [["left_eye"]]
measure = { name = "lid aperture, left", pairs = [[37, 41], [38, 40]] }
[[wink_left.move]]
kind = "meet"
pairs = [[37, 41], [38, 40]]
share = 1.0
"""

import dataclasses
import re
import tomllib
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dnnlib.errors import EditorError
from faces.expression import MARGIN, Expression
from faces.landmarks import BROWS, EYES, JAW, LIPS, NOSE
from faces.measures import Measure
from faces.movements import KINDS, Follow, Movement
from faces.toml_lines import line_of

# Parts of a face that may be named in place of their landmarks.
PARTS: Mapping[str, tuple[int, ...]] = {
    "face": tuple(range(68)),
    "jaw": JAW,
    "lower_jaw": tuple(range(4, 13)),
    "brows": BROWS,
    "left_brow": tuple(range(17, 22)),
    "right_brow": tuple(range(22, 27)),
    "nose": NOSE,
    "eyes": EYES,
    "left_eye": tuple(range(36, 42)),
    "right_eye": tuple(range(42, 48)),
    "mouth": LIPS,
    "outer_lips": tuple(range(48, 60)),
    "inner_lips": tuple(range(60, 68)),
}

_ROW = ("title", "group", "help", "regions", "free", "margin", "measure", "move")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_LANDMARKS = f'landmarks 0 to 67, stretches like "48-54", or parts: {", ".join(PARTS)}'


class ExpressionFileError(EditorError):
    """A file of expressions cannot be used; the message names file, line, value and what was expected."""


class _Wrong(Exception):
    """A value that does not do: where it stands, as the names and numbers that lead there, and why."""

    def __init__(self, place: tuple[str | int, ...], complaint: str) -> None:
        super().__init__(complaint)
        self.place, self.complaint = place, complaint


def read_expressions(path: Path) -> list[Expression]:
    """Read the expressions of a file, in the order in which they are written.

    Raises:
        ExpressionFileError: if it cannot be read, is no TOML, or holds something unexpected.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExpressionFileError(f"{path}: cannot be read as text ({error})") from error
    try:
        return [_row(key, row) for key, row in tomllib.loads(text).items()]
    except tomllib.TOMLDecodeError as error:
        raise ExpressionFileError(f"{path}: this is no TOML: {_first_line(error)}") from error
    except _Wrong as wrong:
        line = line_of(text, wrong.place)
        where = ".".join(str(part) for part in wrong.place if isinstance(part, str))
        raise ExpressionFileError(f"{path}, line {line}: {where}: {wrong.complaint}") from wrong


# ----------------------------------------------------------------------------
# One row.


def _row(key: str, row: Any) -> Expression:
    """Make an expression of a table."""
    here = (key,)
    if not _KEY.fullmatch(key):
        raise _Wrong(here, "expected a name of small letters, digits and underscores")
    if not isinstance(row, dict):
        raise _Wrong(here, f"expected a table [{key}], found {_shown(row)}")
    _only(row, _ROW, here)
    for needed in ("title", "measure", "move", "regions"):
        if needed not in row:
            raise _Wrong(here, f"{needed} is missing")
    moves = row["move"]
    if not isinstance(moves, list) or not moves or not all(isinstance(each, dict) for each in moves):
        raise _Wrong((*here, "move"), f"expected tables [[{key}.move]], found {_shown(moves)}")
    measure = _made(Measure, row["measure"], (*here, "measure"))
    if measure.kind == "angle" and any(first == second for first, second in measure.pairs):
        raise _Wrong((*here, "measure"), "expected two landmarks in each pair")
    return Expression(
        key=key,
        title=_text(row["title"], (*here, "title")),
        group=_text(row.get("group", "own"), (*here, "group")),
        help=_text(row.get("help", ""), (*here, "help"), empty=True),
        moves=tuple(_move(each, (*here, "move", index)) for index, each in enumerate(moves)),
        measured=measure,
        regions=tuple(
            _landmarks(part, (*here, "regions")) for part in _listed(row["regions"], (*here, "regions"))
        ),
        free=_landmarks(row.get("free", []), (*here, "free"), empty=True),
        margin=_number(row.get("margin", MARGIN), (*here, "margin"), low=0.0, high=2.0),
    )


def _move(table: dict[str, Any], place: tuple[str | int, ...]) -> Movement:
    """Make a movement: `kind` says which fields it has."""
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        found = "nothing" if kind is None else _shown(kind)
        raise _Wrong((*place, "kind"), f"expected one of {', '.join(KINDS)}, found {found}")
    rest = {name: value for name, value in table.items() if name != "kind"}
    made: Movement = _made(KINDS[kind], rest, place)
    if not made.moving:
        raise _Wrong(place, f"a movement of the kind {kind} needs landmarks to move")
    return made


def _made(cls: Any, table: Any, place: tuple[str | int, ...]) -> Any:
    """Make a dataclass of a table, each field by its annotation."""
    if not isinstance(table, dict):
        raise _Wrong(place, f"expected a table, found {_shown(table)}")
    fields = {field.name: field for field in dataclasses.fields(cls)}
    _only(table, tuple(fields), place)
    types = typing.get_type_hints(cls)
    for name, field in fields.items():
        if name not in table and field.default is dataclasses.MISSING:
            raise _Wrong(place, f"{name} is missing")
    return cls(**{name: _value(types[name], value, (*place, name)) for name, value in table.items()})


def _value(expected: Any, value: Any, place: tuple[str | int, ...]) -> Any:
    """Read a value as a field's annotation wants it."""
    if expected is str:
        return _text(value, place)
    if expected is float:
        return _number(value, place, low=-180.0, high=180.0)
    if typing.get_origin(expected) is typing.Literal:
        choices = typing.get_args(expected)
        if value not in choices:
            raise _Wrong(place, f"expected one of {', '.join(choices)}, found {_shown(value)}")
        return value
    if expected == tuple[int, ...]:
        return _landmarks(value, place)
    if expected == tuple[Follow, ...]:
        return tuple(_made(Follow, each, place) for each in _listed(value, place))
    if expected == tuple[tuple[int, int], ...]:
        pairs = tuple(_pair(each, place) for each in _listed(value, place))
        if not pairs:
            raise _Wrong(place, "expected pairs of landmarks, [[37, 41], [38, 40]], found none")
        return pairs
    return _pair(value, place)


# ----------------------------------------------------------------------------
# Values.


def _only(table: dict[str, Any], known: tuple[str, ...], place: tuple[str | int, ...]) -> None:
    for name in table:
        if name not in known and name != "kind":
            raise _Wrong((*place, name), f"unknown; expected one of {', '.join(known)}")
    if "kind" in table and "kind" not in known:
        raise _Wrong((*place, "kind"), f"unknown; expected one of {', '.join(known)}")


def _text(value: Any, place: tuple[str | int, ...], empty: bool = False) -> str:
    if not isinstance(value, str) or not (empty or value.strip()):
        raise _Wrong(place, f"expected a text, found {_shown(value)}")
    return value


def _number(value: Any, place: tuple[str | int, ...], low: float, high: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise _Wrong(place, f"expected a number from {low:g} to {high:g}, found {_shown(value)}")
    return float(value)


def _listed(value: Any, place: tuple[str | int, ...]) -> list[Any]:
    if not isinstance(value, list):
        raise _Wrong(place, f"expected a list, found {_shown(value)}")
    return value


def _pair(value: Any, place: tuple[str | int, ...]) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2 or not all(_is_landmark(each) for each in value):
        raise _Wrong(place, f"expected a pair of landmarks 0 to 67, like [37, 41], found {_shown(value)}")
    return value[0], value[1]


def _landmarks(value: Any, place: tuple[str | int, ...], empty: bool = False) -> tuple[int, ...]:
    """Read landmarks: numbers, stretches, and parts of the face, each landmark once."""
    if not isinstance(value, list) or not (empty or value):
        raise _Wrong(place, f"expected a list of {_LANDMARKS}; found {_shown(value)}")
    return tuple(dict.fromkeys(index for each in value for index in _stretch(each, place)))


def _stretch(value: Any, place: tuple[str | int, ...]) -> Iterator[int]:
    if _is_landmark(value):
        yield value
        return
    if isinstance(value, str):
        if value in PARTS:
            yield from PARTS[value]
            return
        ends = re.fullmatch(r"(\d{1,2})-(\d{1,2})", value)
        if ends and int(ends[1]) <= int(ends[2]) <= 67:
            yield from range(int(ends[1]), int(ends[2]) + 1)
            return
    raise _Wrong(place, f"expected {_LANDMARKS}; found {_shown(value)}")


def _is_landmark(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 67


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
