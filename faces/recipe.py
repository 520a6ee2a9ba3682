"""Recipes: a stack of edits as plain data for JSON, to be replayed on any picture.

    {"format": "drag-auto recipe", "version": 1, "entries": [
      {"title": "Smile", "expressions": [{"key": "smile", "strength": 1.0}], "amount": 1.0, "on": true},
      {"title": "Drag", "offset": [[0.1, ...]], "amount": 0.5, "on": true}]}

Expressions of one entry run at once, entries after each other, anew on each picture. What is no expression (a
drag by hand, a direction) is an offset of w, [1 or num_ws][w_dim], and fits networks of that shape.
"""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write
from drag.request import FloatArray
from faces.expressions import EXPRESSIONS, MAX_STRENGTH, Library
from faces.stack import GREATEST_AMOUNT, LEAST_AMOUNT, Layer, Part

FORMAT, VERSION = "drag-auto recipe", 1
_MOST_BYTES, _MOST_ENTRIES, _MOST_NUMBERS = 32 << 20, 100, 1 << 20


class RecipeError(EditorError):
    """What was to be a recipe is none; the message says where and what was expected."""


# ----------------------------------------------------------------------------
# Writing.


def recipe_of(layers: Iterable[Layer]) -> dict[str, Any]:
    """Put a stack into plain data; what it has done to this picture stays behind."""
    return {"format": FORMAT, "version": VERSION, "entries": [_entry_of(layer) for layer in layers]}


def _entry_of(layer: Layer) -> dict[str, Any]:
    entry: dict[str, Any] = {"title": layer.title}
    if layer.parts:
        entry["expressions"] = [{"key": part.expression, "strength": part.strength} for part in layer.parts]
    else:
        offset = layer.offset
        if offset is None:
            raise RecipeError(f"{layer.title}: it has moved nothing yet, so there is nothing to save")
        alike = bool((offset == offset[:1]).all())
        entry["offset"] = np.asarray(offset[:1] if alike else offset, np.float64).tolist()
    return entry | {"amount": layer.amount, "on": layer.on}


def save_recipe(path: Path, layers: Iterable[Layer]) -> None:
    """Write a recipe.

    Raises:
        FileError: if it cannot be written.
        RecipeError: if there is nothing to save.
    """
    text = json.dumps(recipe_of(layers), indent=1, allow_nan=False)
    with atomic_write(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


# ----------------------------------------------------------------------------
# Reading.


def layers_of(recipe: Any, library: Library | None = None, num_ws: int | None = None) -> tuple[Layer, ...]:
    """Make edits that have not run out of a recipe.

    Args:
        recipe: as `recipe_of` gives it.
        library: the expressions that there are; the bundled ones if None.
        num_ws: layers of the network, onto which offsets that are alike in all are spread.

    Raises:
        RecipeError: naming the entry, the value and what was expected.
    """
    if not isinstance(recipe, dict) or recipe.get("format") != FORMAT:
        raise RecipeError(f'this is no recipe: expected {{"format": "{FORMAT}", ...}}')
    if recipe.get("version") != VERSION:
        raise RecipeError(f"version {recipe.get('version')!r}: expected {VERSION}; a newer program reads it")
    entries = recipe.get("entries")
    if not isinstance(entries, list) or len(entries) > _MOST_ENTRIES:
        raise RecipeError(f"entries: expected a list of at most {_MOST_ENTRIES}")
    known = EXPRESSIONS if library is None else library.expressions
    return tuple(_layer(entry, number, known, num_ws) for number, entry in enumerate(entries, start=1))


def load_recipe(path: Path, library: Library | None = None, num_ws: int | None = None) -> tuple[Layer, ...]:
    """Read a recipe; see `layers_of`.

    Raises:
        RecipeError: naming the file, the entry, the value and what was expected.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RecipeError(f"{path}: it is larger than any recipe (32 MB)")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read ({(error.strerror or str(error)).lower()})") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: this is no text, and so no recipe") from error
    try:
        return layers_of(json.loads(text), library, num_ws)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RecipeError(f"{path}: this is no JSON: {error.msg}, {where}") from error
    except RecursionError as error:
        raise RecipeError(f"{path}: this is no recipe: it is nested too deeply") from error
    except RecipeError as error:
        raise RecipeError(f"{path}: {error}") from error


def _layer(entry: Any, number: int, known: Any, num_ws: int | None) -> Layer:
    where = f"entry {number}"
    if not isinstance(entry, dict):
        raise RecipeError(f"{where}: expected {{...}}, found {_shown(entry)}")
    on = entry.get("on", True)
    if not isinstance(on, bool):
        raise RecipeError(f"{where}, on: expected true or false, found {_shown(on)}")
    amount = _number(entry.get("amount", 1.0), f"{where}, amount", LEAST_AMOUNT, GREATEST_AMOUNT)
    title = entry.get("title", "")
    if not isinstance(title, str):
        raise RecipeError(f"{where}, title: expected a text, found {_shown(title)}")
    if "expressions" not in entry:
        offset = _offset(entry.get("offset"), f"{where}, offset", num_ws)
        return Layer(title or "Direction", amount=amount, on=on, pending=offset)
    parts = entry["expressions"]
    if not isinstance(parts, list) or not 0 < len(parts) <= _MOST_ENTRIES:
        raise RecipeError(f"{where}, expressions: expected a list of them, found {_shown(parts)}")
    found = tuple(_part(part, where, known) for part in parts)
    return Layer(title or " + ".join(known[part.expression].title for part in found), found, amount, on)


def _part(part: Any, where: str, known: Any) -> Part:
    if not isinstance(part, dict):
        raise RecipeError(f'{where}, expressions: expected {{"key": ...}}, found {_shown(part)}')
    key = part.get("key")
    if not isinstance(key, str) or key not in known:
        raise RecipeError(f"{where}, key: expected one of {', '.join(known)}, found {_shown(key)}")
    return Part(key, _number(part.get("strength", 1.0), f"{where}, strength", 0.0, MAX_STRENGTH))


def _number(value: Any, where: str, low: float, high: float) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or not low <= value <= high:
        raise RecipeError(f"{where}: expected a number from {low:g} to {high:g}, found {_shown(value)}")
    return float(value)


def _offset(value: Any, where: str, num_ws: int | None) -> FloatArray:
    expected = "expected an expression, or an offset of w: rows of numbers"
    if not isinstance(value, list):
        raise RecipeError(f"{where}: {expected}, found {_shown(value)}")
    try:
        offset = np.array(value, np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise RecipeError(f"{where}: {expected}, found {_shown(value)}") from error
    if offset.ndim != 2 or not 0 < offset.size <= _MOST_NUMBERS or not np.isfinite(offset).all():
        raise RecipeError(f"{where}: {expected}, found an array {list(offset.shape)}")
    if len(offset) == 1 and num_ws is not None:
        offset = np.repeat(offset, num_ws, axis=0)
    return offset


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
