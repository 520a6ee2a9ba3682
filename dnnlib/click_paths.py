"""Paths on the command line."""

from pathlib import Path
from typing import Any

import click


class GivenPath(click.Path):
    """A path that was given: an empty one, which would mean the current folder, is a mistake of a script."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Turn what was typed into a path; end in click's one-line error where nothing was."""
        if not str(value).strip():
            self.fail("expected a path, found an empty one", param, ctx)
        return super().convert(value, param, ctx)


PATH = GivenPath()
