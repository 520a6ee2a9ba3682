"""What the networks are made of: a table of layers, and a picture of the structure."""

from pathlib import Path

import click
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write
from dnnlib.options import click_options, from_kwargs
from pix2pix.networks import PatchGAN, make_generator
from pix2pix.options import TrainOptions


class StructureError(EditorError):
    """A picture of the structure cannot be made here."""


def table_of(network: nn.Module, channels: int, size: int) -> list[str]:
    """List a network's layers, shapes, parameters and multiply-adds for one picture of size × size px.

    Nothing is computed: the shapes go through on PyTorch's device `meta`. Multiply-adds are those of the
    convolutions, half the operations that PyTorch's own counter finds.
    """
    title = type(network).__name__
    shapes: dict[str, str] = {}
    hooks = []
    for name, layer in network.named_modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):

            def keep(layer: nn.Module, given: tuple[Tensor, ...], made: Tensor, name: str = name) -> None:
                shapes[name] = f"{_shape(given[0]):>16} {_shape(made):>16}"

            hooks.append(layer.register_forward_hook(keep))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.to("meta")(torch.empty(1, channels, size, size, device="meta"))
    for hook in hooks:
        hook.remove()
    layers = dict(network.named_modules())
    counts = {name: sum(found.values()) // 2 for name, found in counter.get_flop_counts().items()}
    header = f"{title + ' layer':<14} {'kernel':<22}{'input':>16} {'output':>16} "
    lines = [header + f"{'parameters':>12} {'multiply-adds':>16}"]
    for name, shape in shapes.items():
        parameters = sum(value.numel() for value in layers[name].parameters())
        kind = _kernel(layers[name])
        lines.append(f"{name:<14} {kind:<22}{shape} {parameters:>12,} {counts[f'{title}.{name}']:>16,}")
    total = sum(value.numel() for value in network.parameters())
    lines.append(f"{'total':<14} {'(norms included)':<22}{'':33} {total:>12,} {counts['Global']:>16,}")
    return lines


def draw(network: nn.Module, channels: int, size: int, path: Path) -> None:
    """Draw a network's layers and the tensors between them, as PNG, SVG or PDF by the file's ending.

    Raises:
        StructureError: if torchview or Graphviz is missing, or the ending is another.
        FileError: if the file cannot be written.
    """
    if path.suffix.lower() not in {".png", ".svg", ".pdf"}:
        raise StructureError(f"{path}: expected a file that ends in .png, .svg or .pdf")
    try:
        import graphviz
        import torchview
    except ImportError as error:
        raise StructureError(f"{error.name} is missing: pip install -r requirements-extra.txt") from error
    graph = torchview.draw_graph(
        network, input_size=(1, channels, size, size), device="meta", depth=2, expand_nested=True
    )
    try:
        content = graph.visual_graph.pipe(format=path.suffix[1:].lower())
    except graphviz.ExecutableNotFound as error:
        advice = "install it (apt install graphviz, or brew install graphviz)"
        raise StructureError(f"Graphviz is missing, which draws the picture: {advice}") from error
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def _shape(maps: Tensor) -> str:
    """256×128×128 for a map [1, 256, 128, 128]."""
    return "×".join(str(length) for length in maps.shape[1:])


def _kernel(layer: nn.Module) -> str:
    """How a convolution goes: 4×4 down by 2, 4×4 up by 2, 3×3."""
    assert isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d))
    stride = layer.stride[0]
    way = "" if stride == 1 else f", {'up' if isinstance(layer, nn.ConvTranspose2d) else 'down'} by {stride}"
    return f"{layer.kernel_size[0]}×{layer.kernel_size[1]}{way}"


@click.command(help="Print layers, shapes, parameters and multiply-adds of both networks.")
@click.option(
    "--picture", type=click.Path(path_type=Path), help="Draw the generator's structure into this file."
)
@click_options(TrainOptions)
def main(picture: Path | None, **given: object) -> None:
    """Print the tables, and draw the picture if one is asked for."""
    try:
        options = from_kwargs(TrainOptions, given)
        generator = make_generator(
            options.generator, options.width, options.depth, options.norm, options.dropout
        ).eval()
        for network, channels in ((generator, 3), (PatchGAN(options.width, options.norm).eval(), 6)):
            click.echo("\n".join((*table_of(network, channels, options.size), "")))
        if picture is not None:
            draw(generator, 3, options.size, picture)
            click.echo(picture)
    except EditorError as error:
        raise click.ClickException(str(error)) from error
