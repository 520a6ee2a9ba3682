"""The table of expressions: what comes with the program (faces/table/*.toml), and the user's own files.

To add an expression, write its row in a TOML file and put that into `own_folder()`; docs/expressions.md says
how. Everything else (button, slider, mask, guide, report, command-line name) follows from the row.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import platformdirs

from faces.expression import MAX_STRENGTH, Expression, ExpressionError
from faces.expression_files import ExpressionFileError, read_expressions

__all__ = [
    "EXPRESSIONS",
    "GROUPS",
    "MAX_STRENGTH",
    "Expression",
    "ExpressionError",
    "Library",
    "find_expression",
    "own_folder",
    "read_library",
]

_TABLE = Path(__file__).parent / "table"

# The parts of the panel, in its order, each of one file; those of the user's own files follow.
GROUPS: Mapping[str, str] = MappingProxyType(
    {"eyes": "Eyes", "mouth": "Mouth", "brows": "Brows", "face": "Face"}
)

EXPRESSIONS: Mapping[str, Expression] = MappingProxyType(
    {row.key: row for group in GROUPS for row in read_expressions(_TABLE / f"{group}.toml")}
)


@dataclass(frozen=True, eq=False)
class Library:
    """All expressions by their keys, and what is wrong with the user's files, a line each."""

    expressions: Mapping[str, Expression] = field(default_factory=lambda: EXPRESSIONS)
    problems: tuple[str, ...] = ()

    @property
    def groups(self) -> dict[str, list[Expression]]:
        """The expressions of each group, by what the group is called on the screen."""
        found: dict[str, list[Expression]] = {}
        for row in self.expressions.values():
            found.setdefault(GROUPS.get(row.group, row.group.capitalize()), []).append(row)
        return found


def own_folder() -> Path:
    """Say where the user's own expressions belong: $DRAG_AUTO_EXPRESSIONS, or where settings usually are."""
    named = os.environ.get("DRAG_AUTO_EXPRESSIONS")
    return (
        Path(named) if named else platformdirs.user_config_path("drag-auto", appauthor=False) / "expressions"
    )


def read_library(folder: Path | None = None) -> Library:
    """Join the bundled expressions and the user's own, which may replace a bundled one by its key.

    A file that is wrong is left out and named; it hinders no other.

    Args:
        folder: where the user's files are; `own_folder()` if None. It need not exist.
    """
    found, problems = dict(EXPRESSIONS), list[str]()
    for path in sorted((folder or own_folder()).glob("*.toml")):
        try:
            found.update({row.key: row for row in read_expressions(path)})
        except ExpressionFileError as error:
            problems.append(str(error))
    return Library(MappingProxyType(found), tuple(problems))


def find_expression(key: str, expressions: Mapping[str, Expression] = EXPRESSIONS) -> Expression:
    """Look an expression up by its key, dashes or underscores.

    Raises:
        ExpressionError: if there is none of that name.
    """
    expression = expressions.get(key.replace("-", "_"))
    if expression is None:
        raise ExpressionError(
            f"expression {key!r}: there is none of that name; choose {', '.join(expressions)}"
        )
    return expression
