"""Take the README's pictures from the real window: `python -m tools.screenshots --out docs/images`.

Needs no display: where there is none, the window is drawn by GLFW's null platform on EGL.
"""

import dataclasses
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from PIL import Image

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from dnnlib.pictures import save_gif, save_png
from faces.expressions import EXPRESSIONS
from tools.machine import ThisMachine
from tools.opening import CHECKPOINT, open_for_window
from tools.published import PublishedCheckpoints

if TYPE_CHECKING:
    from viz.answers.picture import Picture
    from viz.app import App
    from viz.state import EditorState

_FIVE = ("close_eyes", "big_eyes", "close_mouth", "open_mouth", "slim_face")
_SEEDS = {"close_mouth": 45, "slim_face": 25}  # Of the demo: a mouth that is open; hair that hides no jaw.
_FILM_WIDTH = 176  # px
_FILM_FRAMES = 12
_FILM_HOLD = 7  # Times that the first and the last frame are repeated.
_FILM_FPS = 10
_PATIENCE = 600.0  # Seconds, for the slowest of machines.


class ScreenshotError(EditorError):
    """The window did not come to where a picture was to be taken."""


class Photographer:
    """Watches the editor's window and takes pictures of it."""

    def __init__(self, app: "App", folder: Path) -> None:
        self._app, self._folder = app, folder

    def wait_for(self, what: str, arrived: Callable[[], bool]) -> None:
        """Let the window run until something is so.

        Raises:
            ScreenshotError: if it does not come, or the editor shows an error.
        """
        until = time.monotonic() + _PATIENCE
        while not arrived():
            self._app.window.frame(self._app.draw)
            for banner in self._app.state.banners:
                raise ScreenshotError(banner.text)
            if time.monotonic() > until:
                raise ScreenshotError(f"waited {_PATIENCE:.0f} s in vain for {what}")
            time.sleep(1 / 30)

    def take(self, name: str) -> None:
        """Save what the window shows."""
        self._save(name, self._look())

    def take_panel(self, name: str) -> None:
        """Bring a panel to the front, and save that part of the window."""
        from imgui_bundle import imgui

        from viz.actions import ShowPanel

        self._app.do(ShowPanel(name))
        picture = self._look()
        panel = imgui.internal.find_window_by_name(name)
        left, top, width, height = panel.pos.x, panel.pos.y, panel.size.x, panel.size.y
        part = picture[round(top) : round(top + height), round(left) : round(left + width)]
        self._save(f"panel_{name.lower().replace(' ', '_')}", part)

    def film(self, name: str, running: Callable[[], bool]) -> None:
        """Save the pictures that are seen while something runs as a small GIF, there and back again."""
        seen = [self._picture()]
        while running():
            self._app.window.frame(self._app.draw)
            if self._picture() is not seen[-1]:
                seen.append(self._picture())
            time.sleep(1 / 30)
        seen.append(self._picture())
        places = np.linspace(0, len(seen) - 1, min(len(seen), _FILM_FRAMES)).round().astype(int)
        way = [_smaller(seen[place]) for place in places]
        path = self._folder / f"{name}.gif"
        save_gif(path, [way[0]] * _FILM_HOLD + way + [way[-1]] * _FILM_HOLD + way[::-3], _FILM_FPS)
        click.echo(path)

    def _picture(self) -> "Picture":
        frame = self._app.state.frame
        if frame is None:
            raise ScreenshotError("there is no picture to take")
        return frame.picture

    def _look(self) -> "Picture":
        for _ in range(6):  # Layout settles, and tabs come to the front, within a few frames.
            self._app.window.frame(self._app.draw)
        return self._app.window.snapshot(self._app.draw)

    def _save(self, name: str, picture: "Picture") -> None:
        path = self._folder / f"{name}.png"
        save_png(path, picture)
        click.echo(path)


def _is_new(state: "EditorState") -> bool:
    """Tell whether the picture that was asked for last is the one that is shown."""
    return state.frame is not None and state.frame.epoch == state.picture_epoch


def _smaller(picture: "Picture") -> "Picture":
    """Shrink a picture to the width of a film."""
    height, width = picture.shape[:2]
    size = min(width, _FILM_WIDTH), max(1, round(height * min(width, _FILM_WIDTH) / width))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


def take_all(
    app: "App", folder: Path, expressions: tuple[str, ...], seed: int, seeds: Mapping[str, int]
) -> None:
    """Take the start, each expression as a film, the first also in the window, and each panel."""
    from viz.actions import ChangeDrag, ChangeLatent, ClickExpression, Undo
    from viz.panels.table import PANELS
    from viz.state import PointPair

    photographer = Photographer(app, folder)
    photographer.wait_for("the first picture", lambda: app.state.frame is not None and app.state.face.glanced)
    photographer.take("start")
    for index, expression in enumerate(expressions):
        latent = dataclasses.replace(app.state.latent, seed=seeds.get(expression, seed))
        app.do(ChangeLatent(latent))
        photographer.wait_for("the picture", lambda: app.state.ready and _is_new(app.state))
        app.do(ClickExpression(expression))
        photographer.film(expression, lambda: app.state.busy)
        if index == 0:
            photographer.take(expression)
            size = app.state.image_size or (0, 0)
            for x, y, to in ((0.42, 0.70, 0.66), (0.58, 0.70, 0.66)):
                pair = PointPair((x * size[1], y * size[0]), (x * size[1], to * size[0]))
                pairs = (*app.state.drag.pairs, pair)
                app.do(ChangeDrag(dataclasses.replace(app.state.drag, pairs=pairs)))
            for panel in PANELS:
                photographer.take_panel(panel.name)
            app.do(Undo())


@click.command(help=__doc__.splitlines()[0] if __doc__ else None)
@click.option("--network", type=click.Path(path_type=Path), default=CHECKPOINT, help="The checkpoint.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/images"), show_default=True,
              help="Where the pictures go.")  # fmt: skip
@click.option("--seed", default=18, show_default=True, help="Which portrait.")
@click.option("--width", default=1280, show_default=True, help="Of the window.")
@click.option("--height", default=800, show_default=True, help="Of the window.")
@click.option("--expression", "expressions", multiple=True, type=click.Choice(list(EXPRESSIONS)),
              default=_FIVE, show_default=True, help="May be given several times.")  # fmt: skip
def main(network: Path, out: Path, seed: int, width: int, height: int, expressions: tuple[str, ...]) -> None:
    """Open the window, use it, and take pictures of it."""
    offscreen = sys.platform.startswith("linux") and not os.environ.get("DISPLAY")
    if offscreen:
        os.environ["PYOPENGL_PLATFORM"] = "egl"  # Before the window's libraries are imported.
    from gui_utils.window import Window
    from viz.app import TITLE, App

    try:
        folder = writable_folder(out)
        with Window(TITLE, width, height, offscreen=offscreen) as window:
            app = App(window, open_for_window, seed, PublishedCheckpoints(), machine=ThisMachine())
            try:
                app.open(network)
                take_all(app, folder, expressions, seed, _SEEDS if network == CHECKPOINT else {})
            finally:
                app.close()
    except EditorError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
