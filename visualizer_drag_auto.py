"""Drag points on a generated face, or click an expression, and watch it move.

python visualizer_drag_auto.py [CHECKPOINT]
python visualizer_drag_auto.py --headless --seed 18 --expression close_eyes --out out
python visualizer_drag_auto.py --headless --photo me.jpg --expression open_mouth --out out
"""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from dnnlib.waiting import wait_briefly

if __name__ == "__main__":  # Before torch is loaded.
    wait_briefly()

from dnnlib.click_paths import PATH
from dnnlib.errors import EditorError
from dnnlib.options import click_options, from_kwargs
from faces.expressions import read_library
from gui_utils.errors import NoDisplayError, check_libraries
from headless.options import EditOptions, RecipeOptions
from headless.photo_options import PhotoOptions
from tools.opening import CHECKPOINT, DEVICES, open_for_window, open_session

INTERRUPTED = 130  # What shells give for a program that Ctrl-C ended.


def show_window(path: Path, device: str, seed: int, scale: float | None) -> int:
    """Open the editor's window, and return when it is closed."""
    check_libraries()
    from platformdirs import user_config_path, user_state_path

    from gui_utils.window import Window
    from tools.machine import ThisMachine
    from tools.published import PublishedCheckpoints
    from viz.app import TITLE, App

    settings = user_config_path("drag-auto", appauthor=False)
    work = user_state_path("drag-auto", appauthor=False) / "autosave"
    with Window(TITLE, scale=scale) as window:
        catalogue = PublishedCheckpoints()
        library, machine = read_library(), ThisMachine()
        app = App(window, open_for_window, seed, catalogue, settings, library, device, machine, work)
        try:
            app.open(path)
            app.run()
        finally:
            app.close()
    return 0


@click.command(help=__doc__.splitlines()[0] if __doc__ else None)
@click.argument("checkpoint", type=PATH, required=False)
@click.option("--network", type=PATH, help="The checkpoint, said otherwise.")
@click.option("--headless", is_flag=True, help="No window: do one edit and leave its files.")
@click.option("--out", type=PATH, default=Path("out"), show_default=True,
              help="Where the files of a headless edit go; an earlier one's are replaced.")  # fmt: skip
@click.option("--device", type=click.Choice(DEVICES), default="auto", show_default=True,
              help="What computes.")  # fmt: skip
@click.option(
    "--scale", type=click.FloatRange(0.5, 4.0), help="Size of text and widgets; 1 on a plain monitor."
)
@click_options(EditOptions)
@click_options(PhotoOptions)
@click_options(RecipeOptions)
def main(
    checkpoint: Path | None, network: Path | None, headless: bool, out: Path, device: str,
    scale: float | None, **given: object,
) -> None:  # fmt: skip
    """Open the window, or do one edit headless where that is asked for or there is no display."""
    path, options = network or checkpoint or CHECKPOINT, from_kwargs(EditOptions, given)
    photo, several = from_kwargs(PhotoOptions, given), from_kwargs(RecipeOptions, given)

    def work() -> int:
        if not headless:
            try:
                return show_window(path, device, options.seed, scale)
            except NoDisplayError as error:
                click.echo(f"{error}: doing the edit headless, files go to {out}")
        from headless.command import edit_headless

        return edit_headless(options, photo, several, lambda: open_session(path, device), out)

    sys.exit(_said_plainly(work))


def _said_plainly(work: Callable[[], int]) -> int:
    """Say what went wrong in one line on stderr; returns the exit code."""
    try:
        return work()
    except EditorError as error:
        click.echo(f"error: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
        return INTERRUPTED


if __name__ == "__main__":
    main()
