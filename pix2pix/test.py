"""Measure a trained generator on a whole split, and show what it does.

python pix2pix/test.py checkpoints/pix2pix/facades/RUN --split val
"""

import csv
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import numpy as np
from tqdm import tqdm

if __name__ == "__main__":  # Started as a file: the project's folder takes the place of this one.
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, writable_folder
from dnnlib.pictures import save_png
from pix2pix import figures, sets
from pix2pix.data import PairSet
from pix2pix.devices import pick_device
from pix2pix.fronts import run_options, source_options, sources_from
from pix2pix.grids import save_contact_sheet
from pix2pix.networks import UNet
from pix2pix.run_folder import load_generator
from pix2pix.use import translate
from pix2pix.web_page import write_page
from torch_utils.memory import keep_freed_memory


@click.command(
    help="Measure a trained generator on a whole split: pictures, a contact sheet, a web page, figures."
)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--split", type=click.Choice(["train", "val", "test"]), default="test", show_default=True,
              help="Which pairs; a set without a split test or val lends the other.")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where it goes.  [default: RUN/test-SPLIT-EPOCH]"
)
@run_options
@source_options
def main(
    run: Path, split: str, out: Path | None, which: str, dropout: bool, device: str, **given: object
) -> None:
    """Test, and print the figures and where to look."""
    keep_freed_memory()
    try:
        generator, options, file = load_generator(run, which, pick_device(device), dropout)  # type: ignore[arg-type]
        pairs = sets.load_split(options, split, sources_from(given))  # type: ignore[arg-type]
        folder = writable_folder(out or file.parent / f"test-{split}-{file.stem}")
        found = measure(generator, pairs, folder)
        title = f"{options.title}: {file.parent.name}, {file.stem}, {split}"
        write_page(folder / "index.html", title, found, pairs.names)
    except EditorError as error:
        raise click.ClickException(str(error)) from error
    for name, value in found.items():
        click.echo(f"{name:>15}  {value:.4f}")
    click.echo(folder / "index.html")


def measure(generator: UNet, pairs: PairSet, folder: Path) -> Mapping[str, float]:
    """Translate every pair, write the pictures and the figures, and return the means.

    Leaves inputs/, targets/ and outputs/ as PNG, contact.png, figures.csv (each picture) and figures.json.
    """
    for name in ("inputs", "targets", "outputs"):
        (folder / name).mkdir(exist_ok=True)
    each, outputs = [], []
    counts: np.ndarray | int = 0
    for index, name in enumerate(tqdm(pairs.names, desc="Testing", unit="picture", disable=None)):
        target = np.asarray(pairs.targets[index])
        output = translate(generator, np.asarray(pairs.inputs[index]))
        save_png(folder / "inputs" / f"{name}.png", np.ascontiguousarray(pairs.inputs[index]))
        save_png(folder / "targets" / f"{name}.png", np.ascontiguousarray(target))
        save_png(folder / "outputs" / f"{name}.png", output)
        each.append(figures.picture_figures(output, target))
        outputs.append(output)
        if pairs.palette is not None:
            counts = counts + figures.confusion(output, target, pairs.palette)
    means = figures.mean_figures(each)
    if isinstance(counts, np.ndarray):
        means.update(figures.label_figures(counts))
    save_contact_sheet(folder / "contact.png", outputs)
    with (
        atomic_write(folder / "figures.csv") as temporary,
        temporary.open("w", newline="", encoding="utf-8") as text,
    ):
        table = csv.DictWriter(text, ("name", *each[0]))
        table.writeheader()
        table.writerows({"name": name, **row} for name, row in zip(pairs.names, each, strict=True))
    with atomic_write(folder / "figures.json") as temporary:
        temporary.write_text(json.dumps({"pictures": len(pairs), **means}, indent=2) + "\n", encoding="utf-8")
    return means


if __name__ == "__main__":
    main()
