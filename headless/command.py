"""The headless command: one edit, of a seed's picture or of a photograph; what came of it is printed."""

import os
from collections.abc import Callable
from pathlib import Path

import click

from dnnlib.options import OptionError
from headless.options import EditOptions, RecipeOptions
from headless.photo_options import PhotoOptions
from headless.session import EditSession

INTERRUPTED = 130  # What shells give for a program that Ctrl-C ended.


def edit_headless(
    options: EditOptions,
    photo: PhotoOptions,
    several: RecipeOptions,
    open_session: Callable[[], EditSession],
    out: str | os.PathLike[str],
) -> int:
    """Do one edit without a screen, and print the files that it left; returns the exit code."""
    if photo.photo is not None and several.recipe is not None:
        raise OptionError("--recipe and --photo: give one of them")
    if several.recipe is not None:
        from headless.recipe import run_recipe

        of_recipe, files = run_recipe(several.recipe, options, open_session, out)
        return _told(of_recipe.summary(), files, stopped=of_recipe.stopped)
    if photo.photo is not None:
        from headless.photo import run_photo

        of_photo, files = run_photo(photo, options, open_session, out, click.echo)
        return _told(of_photo.summary(), files, stopped=of_photo.stopped)
    from headless.edit import run_edit

    result, files = run_edit(options, open_session, out)
    return _told(result.summary(), files, stopped=result.stopped)


def _told(summary: str, files: list[Path], *, stopped: bool) -> int:
    for line in (summary, *files):
        click.echo(line)
    return INTERRUPTED if stopped else 0
