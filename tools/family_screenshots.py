"""Take a picture of the window with a network of each family: `python -m tools.family_screenshots`.

The networks have random weights (tools/families.py): what they draw is patterns, not faces.
"""

import contextlib
import dataclasses
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from tools.families import FAMILIES, save_family
from tools.opening import open_for_window
from tools.published import PublishedCheckpoints
from tools.screenshots import Photographer

if TYPE_CHECKING:
    from viz.app import App

# Which families are shown, in which order; the other forms of StyleGAN2 look like the first.
SHOWN = ("conditional", "human", "stylegan3-t", "stylegan3-r")
_RESOLUTION = 256
_STEPS = 12  # Of the drag that is shown.


def take_family(app: "App", photographer: Photographer, name: str, path: Path) -> None:
    """Open a network, drag a point of it for a few steps, and take a picture."""
    from viz.actions import ChangeDrag, ChangeLatent, DropFiles, StartDrag
    from viz.state import PointPair

    before = app.state.network.loaded
    app.do(DropFiles((path,)))
    photographer.wait_for("the network", lambda: app.state.network.loaded is not before and app.state.ready)
    if FAMILIES[name].c_dim:
        app.do(ChangeLatent(dataclasses.replace(app.state.latent, label=7)))
    photographer.wait_for("the glance", lambda: app.state.face.glanced and app.state.ready)
    height, width = app.state.image_size or (0, 0)
    pair = PointPair((width * 0.4, height * 0.45), (width * 0.6, height * 0.55))
    config = dataclasses.replace(app.state.drag.config, max_steps=_STEPS)
    app.do(ChangeDrag(dataclasses.replace(app.state.drag, pairs=(pair,), config=config)))
    app.do(StartDrag())
    photographer.wait_for("the end of the drag", lambda: app.state.edits == 1)
    photographer.wait_for("the glance", lambda: app.state.face.glanced)
    photographer.take(f"family_{name}")


@click.command(help=__doc__.splitlines()[0] if __doc__ else None)
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/images"), show_default=True,
              help="Where the pictures go.")  # fmt: skip
@click.option("--width", default=800, show_default=True, help="Of the window.")
@click.option("--height", default=540, show_default=True, help="Of the window.")
def main(out: Path, width: int, height: int) -> None:
    """Make the networks, open each in the window, and take its picture."""
    offscreen = sys.platform.startswith("linux") and not os.environ.get("DISPLAY")
    if offscreen:
        os.environ["PYOPENGL_PLATFORM"] = "egl"  # Before the window's libraries are imported.
    from gui_utils.window import Window
    from viz.app import TITLE, App

    try:
        folder = writable_folder(out.absolute())
        with (
            tempfile.TemporaryDirectory() as files,
            contextlib.chdir(files),  # So that the window shows a short path.
            Window(TITLE, width, height, offscreen=offscreen) as window,
        ):
            app = App(window, open_for_window, catalogue=PublishedCheckpoints())
            try:
                paths = [save_family(name, Path(), _RESOLUTION) for name in SHOWN]
                for name, path in zip(SHOWN, paths, strict=True):
                    take_family(app, Photographer(app, folder), name, path)
            finally:
                app.close()
    except EditorError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
