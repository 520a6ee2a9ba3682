"""A recipe replayed on the picture of a seed, and the files that tell of it.

before.png  after.png  recipe.gif   what a person looks at
w.npz                               w `before` and `after`
recipe.json                         the recipe itself, and under `results` how each of its edits went
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dnnlib.files import writable_folder
from dnnlib.pictures import save_gif, save_png
from drag.request import FloatArray
from faces.expressions import Library, find_expression, read_library
from faces.recipe import RecipeError, load_recipe, recipe_of
from faces.stack import Layer, apply_pending, composed
from faces.together import together
from headless.edit import FILM_FPS, FILM_HOLD, EditResult, edit_face
from headless.options import EditOptions
from headless.session import EditSession, Picture

_FRAMES = 16  # Of the film, for each edit.


@dataclass(frozen=True, eq=False)
class RecipeResult:
    """A recipe that was replayed, or was stopped on the way.

    Attributes:
        layers: its edits; those that have run know where they began and ended.
        results: of each that is an expression and has run, how it went; in the order of the recipe.
        ws: the w before the first edit, and after each that is on.
        stopped: a person broke it off.
    """

    layers: tuple[Layer, ...]
    results: tuple[EditResult, ...]
    ws: tuple[FloatArray, ...]
    stopped: bool

    def summary(self) -> str:
        """Say in one line how it went."""
        lines = [f"{one.plan.expression.title}: {one.report.summary()}" for one in self.results]
        return ". ".join([*lines, "Stopped." if self.stopped else f"{len(self.ws) - 1} edits replayed."])


def run_recipe(
    path: Path,
    options: EditOptions,
    open_session: Callable[[], EditSession],
    out: str | os.PathLike[str],
) -> tuple[RecipeResult, list[Path]]:
    """Replay a recipe on the picture of a seed, and write what it came to.

    Args:
        path: of the recipe.
        options: which picture; its expression and strength do not count.
        open_session: reads the checkpoint; called once folder and recipe are known to do.
        out: the folder; made if it is missing.

    Returns:
        How it went, and the files.

    Raises:
        RecipeError: if the recipe is none, or does not fit the network.
        FileError: if the folder takes no files.
        NoFaceError: if there is no face in the picture.
    """
    library = read_library()
    # What is wrong with it is said before a checkpoint is read.
    if not any(layer.on for layer in load_recipe(path, library)):
        raise RecipeError(f"{path}: no edit in it is on; there is nothing to replay")
    folder = writable_folder(out)
    session = open_session()
    layers = load_recipe(path, library, session.num_ws)
    session.generate(options.seed, options.psi, options.label)
    try:
        result = replay(session, layers, library, options)
    except ValueError as error:
        raise RecipeError(f"{path}: {error}; it was made with another network") from error
    return result, _write(result, session, options, folder)


def replay(
    session: EditSession, layers: tuple[Layer, ...], library: Library, options: EditOptions
) -> RecipeResult:
    """Do the edits that are on, one after the other, each with as much of it as the recipe says."""
    base = session.current_w()
    ws, results, done = [base], list[EditResult](), list[Layer]()
    for number, layer in enumerate(layers):
        if not layer.on:
            done.append(layer)
            continue
        if layer.parts:
            parts = [
                (find_expression(part.expression, library.expressions), part.strength) for part in layer.parts
            ]
            results.append(edit_face(session, options, *together(parts)))
            done.append(replace(layer, start=ws[-1], end=session.current_w()))
        else:
            done.append(apply_pending(layer, ws[-1]))
        ws.append(composed(base, done))
        session.go_to(ws[-1])
        if results and results[-1].stopped:
            return RecipeResult((*done, *layers[number + 1 :]), tuple(results), tuple(ws), stopped=True)
    return RecipeResult(tuple(done), tuple(results), tuple(ws), stopped=False)


# ----------------------------------------------------------------------------
# The files.


def _write(result: RecipeResult, session: EditSession, options: EditOptions, folder: Path) -> list[Path]:
    """Write the files of a recipe, all of them or none."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".recipe-") as name:
        making = Path(name)
        save_png(making / "before.png", session.draw(result.ws[0]))
        save_png(making / "after.png", session.draw(result.ws[-1]))
        np.savez(making / "w.npz", allow_pickle=False, before=result.ws[0], after=result.ws[-1])
        frames = list(tqdm(_film(result, session), desc="recipe.gif", unit="frame", leave=False))
        save_gif(making / "recipe.gif", frames + frames[-1:] * FILM_HOLD, FILM_FPS)
        record = json.dumps(_describe(result, session, options), indent=1, allow_nan=False)
        (making / "recipe.json").write_text(record + "\n", encoding="utf-8")
        # The JSON comes last: where it is, the files that it tells of are there too.
        names = sorted(path.name for path in making.iterdir() if path.name != "recipe.json")
        for name in (*names, "recipe.json"):
            os.replace(making / name, folder / name)
    return [folder / name for name in (*names, "recipe.json")]


def _film(result: RecipeResult, session: EditSession) -> Iterator[Picture]:
    """Draw the way from each edit to the next, evenly."""
    yield session.draw(result.ws[0])
    for before, after in zip(result.ws, result.ws[1:], strict=False):
        for share in np.linspace(0, 1, _FRAMES + 1, dtype=np.float32)[1:]:
            yield session.draw(before + share * (after - before))


def _describe(result: RecipeResult, session: EditSession, options: EditOptions) -> dict[str, Any]:
    return {
        **recipe_of(result.layers),
        "network": str(session.path),
        "network_sha256": session.sha256,
        "seed": options.seed,
        "psi": options.psi,
        "label": options.label,
        "stopped": result.stopped,
        "results": [
            {
                "title": one.plan.expression.title,
                "end_reason": one.reason.value,
                "message": one.step.message,
                "steps": one.steps,
                "seconds": round(one.seconds, 3),
                **one.report.figures(),
            }
            for one in result.results
        ],
    }
