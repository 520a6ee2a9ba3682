"""Take the README's pictures from the real window: `python -m tools.screenshots --out docs/images`.

Needs no display: where there is none, the window is drawn by GLFW's null platform on EGL.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from dnnlib.pictures import save_png
from faces.expressions import EXPRESSIONS
from tools.opening import CHECKPOINT, open_for_window
from tools.published import PublishedCheckpoints

if TYPE_CHECKING:
    from viz.app import App

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
        for _ in range(3):  # Layout settles within a frame or two.
            self._app.window.frame(self._app.draw)
        path = self._folder / f"{name}.png"
        save_png(path, self._app.window.snapshot(self._app.draw))
        click.echo(path)


def take_all(app: "App", folder: Path, expressions: tuple[str, ...]) -> None:
    """Take the start, and each expression while it runs and when it is done."""
    from viz.actions import ChangeLatent, ClickExpression

    photographer = Photographer(app, folder)
    photographer.wait_for("the first picture", lambda: app.state.frame is not None)
    photographer.take("start")
    for expression in expressions:
        app.do(ClickExpression(expression))
        photographer.wait_for("the third step", lambda: not app.state.busy or _steps(app) >= 3)
        photographer.take(f"{expression}_running")
        photographer.wait_for("the end of the edit", lambda: not app.state.busy)
        photographer.take(expression)
        app.do(ChangeLatent(app.state.latent))
        photographer.wait_for("the picture", lambda: app.state.edits == 0 and app.state.ready)


def _steps(app: "App") -> int:
    job = app.state.job
    return job.progress.done if job is not None and job.progress is not None else 0


@click.command(help=__doc__.splitlines()[0] if __doc__ else None)
@click.option("--network", type=click.Path(path_type=Path), default=CHECKPOINT, help="The checkpoint.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/images"), show_default=True,
              help="Where the pictures go.")  # fmt: skip
@click.option("--seed", default=18, show_default=True, help="Which portrait.")
@click.option("--width", default=1280, show_default=True, help="Of the window.")
@click.option("--height", default=800, show_default=True, help="Of the window.")
@click.option("--expression", "expressions", multiple=True, type=click.Choice(list(EXPRESSIONS)),
              default=("close_eyes",), show_default=True, help="May be given several times.")  # fmt: skip
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
            app = App(window, open_for_window, seed, PublishedCheckpoints())
            try:
                app.open(network)
                take_all(app, folder, expressions)
            finally:
                app.close()
    except EditorError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
