"""Convert any readable network file to .safetensors, or to a .pkl for the published tools.

python -m training.convert in.pkl out.safetensors
python -m training.convert in.safetensors out.pkl
"""

import sys
from pathlib import Path

import click

from dnnlib.errors import EditorError
from dnnlib.files import FileError
from training.checkpoint import load_generator, save_generator
from training.published_form import save_published


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--key", default="G_ema", show_default=True, help="Which network of a pickle: G_ema or G.")
@click.option("--half", is_flag=True, help="Write float16 numbers: half the size, nearly the same pictures.")
@click.option("--detector", help="The landmark detector that fits its pictures: bundled or face-alignment.")
@click.option("--title", help="What to call it in the window.")
def main(source: Path, target: Path, key: str, half: bool, detector: str | None, title: str | None) -> None:
    """Read the network in SOURCE and write it to TARGET: a .pkl for the published tools, or .safetensors."""
    try:
        generator = load_generator(source, key)
        metadata = dict(generator.metadata)
        metadata |= {name: text for name, text in (("detector", detector), ("title", title)) if text}
        if target.suffix != ".pkl":
            save_generator(target, generator, metadata, half)
        elif half:
            raise FileError(f"{target}: --half is for .safetensors; the published tools read float32")
        else:
            save_published(target, generator, metadata)
    except EditorError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    click.echo(f"{target}: {type(generator).__module__}, {generator.image_size[0]} px")


if __name__ == "__main__":
    main()
