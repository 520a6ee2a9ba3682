"""Drag points on a generated face, or click an expression, and watch it move.

python visualizer_drag_auto.py [CHECKPOINT]
python visualizer_drag_auto.py --headless --seed 18 --expression close_eyes --out out
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dnnlib.errors import EditorError
from dnnlib.options import click_options, from_kwargs
from gui_utils.errors import NoDisplayError, check_libraries
from headless.options import EditOptions

if TYPE_CHECKING:
    from headless.session import EditSession

CHECKPOINT = Path(__file__).parent / "checkpoints" / "portraits-256.safetensors"
INTERRUPTED = 130  # What shells give for a program that Ctrl-C ended.


def open_session(path: Path) -> "EditSession":
    """Join a checkpoint to engine and detectors. Torch is imported here, so that the window need not wait."""
    from faces.choose import choose_detector
    from headless.session import EditSession
    from training.checkpoint import load_generator

    generator: Any = load_generator(path)  # A torch module: its parts have no types of their own.
    return EditSession(generator, path, lambda metadata, wish: choose_detector(metadata, "cpu", wish))


def show_window(path: Path, seed: int) -> None:
    """Open the editor's window, and return when it is closed."""
    check_libraries()
    from gui_utils.window import Window
    from viz.app import TITLE, App

    with Window(TITLE) as window:
        app = App(window, open_session, seed)
        try:
            app.open(path)
            app.run()
        finally:
            app.close()


def edit_headless(path: Path, options: EditOptions, out: Path) -> int:
    """Do one edit without a screen, and print the files that it left; returns the exit code."""
    from headless.edit import run_edit

    result, files = run_edit(options, lambda: open_session(path), out)
    click.echo(f"{result.step.message} {result.report.summary()}.")
    for file in files:
        click.echo(file)
    return INTERRUPTED if result.stopped else 0


@click.command(help=__doc__.splitlines()[0] if __doc__ else None)
@click.argument("checkpoint", type=click.Path(path_type=Path), required=False)
@click.option("--network", type=click.Path(path_type=Path), help="The checkpoint, said otherwise.")
@click.option("--headless", is_flag=True, help="No window: do one edit and leave its files.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True,
              help="Where the files of a headless edit go.")  # fmt: skip
@click_options(EditOptions)
def main(checkpoint: Path | None, network: Path | None, headless: bool, out: Path, **given: object) -> None:
    """Open the window, or do one edit headless where that is asked for or there is no display."""
    path = network or checkpoint or CHECKPOINT
    sys.exit(_said_plainly(lambda: _run(path, from_kwargs(EditOptions, given), headless, out)))


def _run(path: Path, options: EditOptions, headless: bool, out: Path) -> int:
    if not headless:
        try:
            show_window(path, options.seed)
            return 0
        except NoDisplayError as error:
            click.echo(f"{error}: doing the edit headless, files go to {out}")
    return edit_headless(path, options, out)


def _said_plainly(work: Callable[[], int]) -> int:
    """Say what went wrong in one line on stderr; returns the exit code."""
    try:
        return work()
    except EditorError as error:
        click.echo(f"error: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        click.echo("stopped: nothing was written", err=True)
        return INTERRUPTED


if __name__ == "__main__":
    main()
