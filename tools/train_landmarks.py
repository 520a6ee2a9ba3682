"""Train a landmark network: `python -m tools.train_landmarks --out checkpoints/landmarks.safetensors`.

What it learns from is in landmark_pictures.py and landmark_blanks.py, what is asked in landmark_loss.py.
landmark_loss.py.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from tqdm import tqdm

from dnnlib.errors import EditorError
from dnnlib.files import atomic_write, writable_folder
from dnnlib.options import check_options, click_options, from_kwargs, option
from faces.landmark_network import NETWORKS, channels_last, load_landmark_network, save_landmark_network
from tools.landmark_blanks import no_faces
from tools.landmark_loss import check, landmark_loss
from tools.landmark_pictures import PictureSet, Sample, draw_portraits, faces_from, read_faces

LICENCE = (
    "CC BY-NC-SA 4.0: trained on StyleGAN2 faces of the One Million Impressions dataset (Peterson, "
    "Uddenberg, Griffiths, Todorov, Suchow: PNAS 119(17), 2022), which carries that licence, "
    "and on drawn portraits"
)


@dataclasses.dataclass(frozen=True)
class TrainOptions:
    """How one landmark network is trained."""

    network: str = option("hourglass", "shape of the network", choices=tuple(NETWORKS))
    faces: str = option("../shared/faces", "folder of generated faces, or none for portraits only")
    portraits: int = option(6000, "drawn portraits to learn from; 0 for none", low=0)
    steps: int = option(2400, "optimiser steps", unit="steps", low=1)
    batch: int = option(32, "pictures a step", low=4)
    rate: float = option(2e-3, "highest learning rate", low=1e-6, high=1.0)
    start: str = option("", "landmark network file to start from; a new network if empty")
    score_only: bool = option(False, "leave the landmarks alone and train the face score only")
    seed: int = option(1, "seed of the weights and of every random choice", low=0)
    threads: int = option(2, "processor threads", low=1)
    check_every: int = option(200, "steps between checks and saves", unit="steps", low=1)

    def __post_init__(self) -> None:
        """Check the bounds."""
        check_options(self)


# ----------------------------------------------------------------------------
# The training itself.


def running_average(average: Tensor, new: Tensor, count: Tensor | int) -> Tensor:
    """Average weights over the last two hundred steps or so, and over fewer as long as there are fewer."""
    if not average.is_floating_point():
        return new
    if not new.is_floating_point():
        return new
    return torch.lerp(average, new, max(0.005, 1 / (int(count) + 1)))


def learning_rate(step: int, options: TrainOptions) -> float:
    """Warm up over 5 % of the steps, then fall along a cosine to nothing."""
    warm = max(options.steps // 20, 1)
    if step < warm:
        return options.rate * (step + 1) / warm
    return options.rate * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(options.steps - warm, 1)))


def train(options: TrainOptions, out: Path) -> dict[str, Any]:
    """Train one network and write it to `out`; an unfinished run beside it (`out`.state) is taken up again.

    Returns:
        What was measured at the end, as it stands in the file's metadata.
    """
    writable_folder(out.parent)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    sources, unseen = gather(options)
    network, history = begin_with(options)
    average = AveragedModel(network, avg_fn=running_average, use_buffers=True)
    optimiser = torch.optim.AdamW(
        [p for p in network.parameters() if p.requires_grad], lr=options.rate, weight_decay=0.01
    )
    parts: Mapping[str, Any] = {"network": network, "average": average, "optimiser": optimiser}
    state_file = out.with_suffix(".state")
    begin = resume(state_file, parts, options)

    found: dict[str, Any] = {}
    with tqdm(total=options.steps, initial=begin, unit="step", desc=out.name) as bar:
        for step in range(begin, options.steps):
            random = torch.Generator().manual_seed(options.seed * 1_000_003 + step)
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(step, options)
            sample = draw_batch(sources, options.batch, random)
            loss = landmark_loss(network(sample.pictures), sample)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            average.update_parameters(network)
            bar.update()
            if (step + 1) % options.check_every == 0 or step + 1 == options.steps:
                found = {name: check(average.module, source) for name, source in unseen.items()}
                keep(state_file, parts, step + 1, options)
                bar.write(f"{step + 1}: loss {loss.item():.3f} {json.dumps(_rounded(found))}")
    licence = LICENCE if options.faces != "none" else "as the repository: trained on drawn portraits alone"
    # Where files lay on this machine concerns nobody.
    told = dataclasses.replace(options, faces=Path(options.faces).name, start=Path(options.start).name)
    history.append(dataclasses.asdict(told))
    metadata = {
        "licence": licence,
        "measured": json.dumps(_rounded(found)),
        "training": json.dumps(history),
    }
    save_landmark_network(out, average.module, metadata)
    state_file.unlink(missing_ok=True)
    return found


def begin_with(options: TrainOptions) -> tuple[nn.Module, list[Any]]:
    """Make the network, or read the one to start from, and list the trainings that it has behind it."""
    if not options.start:
        return channels_last(NETWORKS[options.network]()), []
    network, metadata = load_landmark_network(Path(options.start))
    if metadata["network"] != options.network:
        raise EditorError(
            f"{options.start}: holds a network of another shape; give --network {metadata['network']}"
        )
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not options.score_only or name.startswith("judge_face."))
    # With its landmarks left alone, its running statistics stay too.
    network.train(not options.score_only)
    done = json.loads(metadata.get("training", "[]"))
    return network, done if isinstance(done, list) else [done]


def draw_batch(sources: list[PictureSet], count: int, random: torch.Generator) -> Sample:
    """Draw equal shares from every source, and an eighth of pictures without a face."""
    empty = count // 8
    share = (count - empty) // len(sources)
    parts = [faces_from(source, share, random) for source in sources]
    parts.append(no_faces(sources[int(torch.randint(len(sources), (), generator=random))], empty, random))
    return Sample(*(torch.cat(column) for column in zip(*parts, strict=True)))


def gather(options: TrainOptions) -> tuple[list[PictureSet], dict[str, PictureSet]]:
    """Read and draw the pictures: those to learn from, and the unseen ones of each kind."""
    sources, unseen = [], {}
    if options.faces != "none":
        sources.append(read_faces(Path(options.faces), "train"))
        unseen["faces"] = read_faces(Path(options.faces), "val")
    if options.portraits:
        sources.append(draw_portraits(options.portraits, seed=options.seed))
        unseen["portraits"] = draw_portraits(200, seed=10**6, size=256)
    if not sources:
        raise EditorError("nothing to learn from: give --faces a folder or --portraits a number above 0")
    return sources, unseen


def keep(path: Path, parts: Mapping[str, Any], step: int, options: TrainOptions) -> None:
    """Write down everything that the run needs to go on from here."""
    states = {name: part.state_dict() for name, part in parts.items()}
    with atomic_write(path) as temporary:
        torch.save({"step": step, "options": _written(options), **states}, temporary)


def resume(path: Path, parts: Mapping[str, Any], options: TrainOptions) -> int:
    """Take up an unfinished run, and return the step it had reached; 0 when there is none."""
    if not path.is_file():
        return 0
    state = torch.load(path, weights_only=True)
    if state["options"] != _written(options):
        raise EditorError(f"{path}: begun with other options ({state['options']}); delete it to start anew")
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return int(state["step"])


def _written(options: TrainOptions) -> str:
    return json.dumps(dataclasses.asdict(options))


def _rounded(found: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {name: {key: round(value, 3) for key, value in row.items()} for name, row in found.items()}


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write (.safetensors).")
@click_options(TrainOptions)
def main(out: Path, **chosen: Any) -> None:
    """Train the landmark network, or with --network dilated its judge. Run it again to go on."""
    try:
        train(from_kwargs(TrainOptions, chosen), out)
    except EditorError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
