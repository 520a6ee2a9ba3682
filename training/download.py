"""Fetch a published checkpoint: `python -m training.download stylegan2-ffhq-512x512`, `--list` shows them."""

import sys
from pathlib import Path

import click

from dnnlib.download import host_of, terminal_bar
from dnnlib.errors import EditorError
from training.catalogue import CHECKPOINTS, Published, fetch, find, is_here, read_catalogue

INTERRUPTED = 130  # What shells give for a program that Ctrl-C ended.


@click.command()
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--list", "listing", is_flag=True, help="Show what can be fetched, and what is here already.")
@click.option("--out", type=click.Path(path_type=Path), default=CHECKPOINTS, help="Where the files go.")
@click.option("--offline", is_flag=True, help="Never touch the network: only say whether the file is here.")
def main(names: tuple[str, ...], listing: bool, out: Path, offline: bool) -> None:
    """Fetch the published checkpoints NAME, to be opened in the editor. A fetch that was cut goes on."""
    try:
        catalogue = read_catalogue()
        if listing or not names:
            return _list(catalogue, out)
        for one in [find(name, catalogue) for name in names]:
            _fetch(one, out, offline)
    except EditorError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("stopped; the same command goes on where this one ended", err=True)
        sys.exit(INTERRUPTED)


def _list(catalogue: tuple[Published, ...], folder: Path) -> None:
    width = max(len(one.name) for one in catalogue)
    for one in catalogue:
        here = "here" if one.path(folder).is_file() else one.size_text
        click.echo(f"{one.name:{width}}  {here:>13}  {one.family}: {one.title}")
    click.echo("Licences:")
    for licence in dict.fromkeys(one.licence for one in catalogue):
        pages = dict.fromkeys(one.page for one in catalogue if one.licence == licence)
        click.echo(f"  {licence} ({', '.join(pages)})")


def _fetch(one: Published, folder: Path, offline: bool) -> None:
    if offline or is_here(one, folder):
        return click.echo(fetch(one, folder, offline=True))
    click.echo(f"{one.name}: {one.title}, {one.family}, {one.size_text}\nlicence: {one.licence}", err=True)
    with terminal_bar(f"from {host_of(one.addresses[0])}") as progress:
        path = fetch(one, folder, progress=progress)
    click.echo(path)


if __name__ == "__main__":
    main()
