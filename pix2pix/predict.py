"""Use a trained generator on pictures of one's own.

python pix2pix/predict.py checkpoints/pix2pix/facades/RUN labels.png more_labels/ --out painted
"""

import sys
from pathlib import Path

import click
import numpy as np
from PIL import Image
from tqdm import tqdm

if __name__ == "__main__":  # Started as a file: the project's folder takes the place of this one.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, writable_folder
from pix2pix.data import DataError
from pix2pix.devices import pick_device
from pix2pix.folders import list_pictures, open_picture, open_with_alpha
from pix2pix.fronts import run_options
from pix2pix.run_folder import load_generator
from pix2pix.use import translate
from torch_utils.memory import keep_freed_memory


@click.command(help="Use a trained generator on pictures, or on all pictures of a folder.")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("images", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), help="Where outputs go.  [default: RUN/predictions]")
@click.option("--tile", type=click.IntRange(64, 16384), default=1024, show_default=True,
              help="Larger pictures are done in tiles of this side, px.")  # fmt: skip
@run_options
def main(
    run: Path, images: tuple[Path, ...], out: Path | None, tile: int, which: str, dropout: bool, device: str
) -> None:
    """Translate each picture, and print where it went."""
    keep_freed_memory()
    try:
        generator, _, file = load_generator(run, which, pick_device(device), dropout)  # type: ignore[arg-type]
        sources = [path for image in images for path in (list_pictures(image) if image.is_dir() else [image])]
        for path in sources:  # All are looked at before any is worked on.
            if not path.is_file():
                raise DataError(f"{path}: no such file or folder")
            open_picture(path)
        folder = writable_folder(out or file.parent / "predictions")
        names = output_names(sources)
        for path, name in zip(tqdm(sources, unit="picture", disable=None), names, strict=True):
            colours, alpha = open_with_alpha(path)
            output = translate(generator, colours, tile)
            if alpha is not None:
                output = np.dstack([output, alpha])
            with atomic_write(folder / name) as temporary:
                Image.fromarray(output).save(temporary, format="PNG")
            click.echo(folder / name)
    except EditorError as error:
        raise click.ClickException(str(error)) from error


def output_names(sources: list[Path]) -> list[str]:
    """Name outputs after their inputs, as PNG; those of one name are numbered, so that none is lost."""
    names: list[str] = []
    for path in sources:
        name, number = f"{path.stem}.png", 2
        while name in names:
            name, number = f"{path.stem}-{number}.png", number + 1
        names.append(name)
    return names


if __name__ == "__main__":
    main()
