"""A projection put aside: one .safetensors file that holds all that going on needs, its settings as JSON."""

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from dnnlib.files import atomic_write
from dnnlib.options import OptionError
from torch_utils.errors import CheckpointError
from torch_utils.network_file import open_network_file
from torch_utils.safe_tensors import is_safetensors, parse_json, read_safetensors
from training.projection_config import ProjectorConfig

_KIND = "paused projection"


@dataclass(frozen=True, eq=False)
class ProjectionState:
    """What a projection was given, and how far it is.

    Attributes:
        config: its options.
        generator_sha256: hash of the generator's file.
        target: uint8 [H, W, 3].
        pivot: [num_ws, w_dim], where its stage began.
        stage: index of the stage that it is in.
        height: of the picture that the stage compares, px.
        remarks: what a person was told on the way.
        tensors: what the stage holds.
    """

    config: ProjectorConfig
    generator_sha256: str
    target: Tensor
    pivot: Tensor
    stage: int
    height: int
    remarks: tuple[str, ...]
    tensors: Mapping[str, Tensor]


def save_state(path: str | os.PathLike[str], state: ProjectionState) -> None:
    """Write a state, whole or not at all.

    Raises:
        FileError: if the file cannot be written.
    """
    tensors = {"target": state.target, "pivot": state.pivot}
    tensors |= {f"stage.{name}": value for name, value in state.tensors.items()}
    figures = {name: getattr(state, name) for name in ("stage", "height")}
    about = {
        "kind": _KIND,
        "generator_sha256": state.generator_sha256,
        "config": json.dumps(dataclasses.asdict(state.config)),
        "figures": json.dumps({**figures, "remarks": list(state.remarks)}),
    }
    content = save(
        {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}, about
    )
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def load_state(path: str | os.PathLike[str]) -> ProjectionState:
    """Read a state.

    Raises:
        CheckpointError: if the file is missing, damaged, or something else.
    """
    with open_network_file(path) as file:
        if not is_safetensors(file):
            raise CheckpointError(f"{file.source}: not a paused projection; start the photograph anew")
        about, stored = read_safetensors(file)
        if about.get("kind") != _KIND:
            raise CheckpointError(f"{file.source}: not a paused projection; start the photograph anew")
        try:
            config = ProjectorConfig(**parse_json(about["config"], f"{file.source}: its config"))
            figures: dict[str, Any] = parse_json(about["figures"], f"{file.source}: its figures")
            tensors = {name: one.load() for name, one in stored.items()}
            remarks = tuple(str(line)[:300] for line in figures.pop("remarks"))
            return ProjectionState(
                config=config,
                generator_sha256=about["generator_sha256"],
                target=tensors["target"],
                pivot=tensors["pivot"],
                remarks=remarks,
                tensors={
                    name.removeprefix("stage."): value
                    for name, value in tensors.items()
                    if name.startswith("stage.")
                },
                **{name: int(value) for name, value in figures.items()},
            )
        except (KeyError, TypeError, ValueError, OptionError) as error:
            raise CheckpointError(f"{file.source}: a damaged projection ({str(error)[:100]})") from error


def as_target(rgb: Tensor) -> Tensor:
    """Turn uint8 [H, W, 3] into a picture [1, 3, H, W] in -1..1."""
    return rgb.permute(2, 0, 1)[None].to(torch.float32) / 127.5 - 1
