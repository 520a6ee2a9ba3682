"""Export a trained generator as TorchScript, for programs that know nothing of this one.

python pix2pix/export.py checkpoints/pix2pix/facades/RUN generator.ts.pt
"""

import copy
import sys
import warnings
from pathlib import Path

import click
import torch

if __name__ == "__main__":  # Started as a file: the project's folder takes the place of this one.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write
from pix2pix.layers import use_library_convolutions
from pix2pix.networks import UNet
from pix2pix.run_folder import load_generator

TOLERANCE = 1e-4  # Of outputs in -1..1: what two orders of the same sums may differ by, with room.


class ExportError(EditorError):
    """The exported generator does not do what the original does."""


def export(generator: UNet, size: int, path: Path) -> float:
    """Write a generator as TorchScript, then load it again and see that it paints the same.

    The module takes pictures [N, 3, H, W] in -1..1, H and W multiples of the network's own, and gives the
    same shape.

    Args:
        generator: in eval mode, on the CPU.
        size: of the picture that it is traced with, px.

    Returns:
        the largest difference to the original, on pictures of three sizes.

    Raises:
        ExportError: if that is more than 1e-4; no file is left then.
        FileError: if the file cannot be written.
    """
    plain = copy.deepcopy(generator).eval()
    use_library_convolutions(plain)
    step = generator.multiple
    side = -(-size // step) * step
    with atomic_write(path) as temporary, warnings.catch_warnings(), torch.no_grad():
        # The check of the picture's size is Python's, and no part of the trace.
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.trace(plain, torch.zeros(1, 3, side, side), check_trace=False).save(str(temporary))
        exported = torch.jit.load(str(temporary))
        worst = 0.0
        for shape in ((1, side, side), (2, side, side), (1, side + step, side)):
            picture = torch.rand(shape[0], 3, *shape[1:]) * 2 - 1
            worst = max(worst, float((exported(picture) - generator(picture)).abs().max()))
        if worst > TOLERANCE:
            raise ExportError(
                f"{path}: the exported outputs differ by {worst:.2g}, expected at most {TOLERANCE:g}"
            )
    return worst


@click.command(help="Export a trained generator as TorchScript, and check that it paints the same.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--which", default="best", show_default=True, help="The checkpoint: best, latest, or an epoch's number."
)
def main(run: Path, file: Path, which: str) -> None:
    """Export, and say how near the outputs are."""
    try:
        generator, options, source = load_generator(run, which)
        worst = export(generator, options.size, file)
        click.echo(f"{file}: from {source}; outputs agree within {worst:.1e}")
    except EditorError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
