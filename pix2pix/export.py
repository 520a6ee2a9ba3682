"""Export a trained generator as ONNX, for programs that know neither this one nor PyTorch.

python pix2pix/export.py checkpoints/pix2pix/facades/RUN generator.onnx
"""

import copy
import logging
import sys
import warnings
from pathlib import Path

import click
import torch
from torch.export import Dim

if __name__ == "__main__":  # Started as a file: the project's folder takes the place of this one.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write
from pix2pix.layers import use_library_convolutions
from pix2pix.networks import UNet
from pix2pix.run_folder import load_generator

TOLERANCE = 1e-4  # Of outputs in -1..1: what two orders of the same sums may differ by, with room.

_LARGEST = 64  # Pictures in a batch, and sides in units of the network's own multiple.


class ExportError(EditorError):
    """The generator cannot be exported here, or what came out does not do what it does."""


def export(generator: UNet, path: Path) -> float:
    """Write a generator as ONNX, then run it with ONNX Runtime and see that it paints the same.

    The file takes `picture` [N, 3, H, W] float32 in -1..1, H and W multiples of the network's own, and gives
    `painted` of the same shape; N, H and W are free.

    Args:
        generator: in eval mode, on the CPU.

    Returns:
        the largest difference to the original, on pictures of three shapes.

    Raises:
        ExportError: if that is more than 1e-4 (no file is left then), or a library is missing.
        FileError: if the file cannot be written.
    """
    try:
        import onnxruntime
        import onnxscript  # noqa: F401 - torch.onnx needs it, and would say so in many lines.
    except ImportError as error:
        raise ExportError(f"{error.name} is missing: pip install -r requirements-extra.txt") from error
    plain = copy.deepcopy(generator).eval()
    use_library_convolutions(plain)
    step = generator.multiple
    sides = {2: step * Dim("rows", min=1, max=_LARGEST), 3: step * Dim("columns", min=1, max=_LARGEST)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # It tells of libraries that are not needed.
    with atomic_write(path) as temporary:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore", FutureWarning)  # PyTorch's exporter uses its own old names.
            program = torch.onnx.export(
                plain,
                (torch.zeros(2, 3, 2 * step, 3 * step),),
                dynamo=True,
                dynamic_shapes=({0: Dim("pictures", min=1, max=_LARGEST), **sides},),
                input_names=["picture"],
                output_names=["painted"],
                verbose=False,
            )
        assert program is not None
        program.save(str(temporary))
        session = onnxruntime.InferenceSession(str(temporary), providers=["CPUExecutionProvider"])
        worst = 0.0
        for shape in ((1, step, step), (2, 2 * step, step), (1, step, 3 * step)):
            picture = torch.rand(shape[0], 3, *shape[1:]) * 2 - 1
            (painted,) = session.run(None, {"picture": picture.numpy()})
            with torch.no_grad():
                worst = max(worst, float((torch.from_numpy(painted) - generator(picture)).abs().max()))
        if worst > TOLERANCE:
            raise ExportError(
                f"{path}: the exported outputs differ by {worst:.2g}, expected at most {TOLERANCE:g}"
            )
    return worst


@click.command(help="Export a trained generator as ONNX, and check that it paints the same.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--which",
    default="latest",
    show_default=True,
    help="The checkpoint: latest, best (on validation L1), or an epoch's number.",
)
def main(run: Path, file: Path, which: str) -> None:
    """Export, and say how near the outputs are."""
    try:
        generator, _, source = load_generator(run, which)
        worst = export(generator, file)
        click.echo(f"{file}: from {source}; outputs agree within {worst:.1e}")
    except EditorError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
