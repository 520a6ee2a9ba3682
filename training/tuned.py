"""Tuned generators on disk: only what differs from the original, bound to that one's file by its hash.

The file is a .safetensors of differences, in 16 bits wherever that is exact enough. The original is never
written to, and a difference is laid upon no other network than the one that it was taken from.
"""

import copy
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from dnnlib.files import atomic_write
from torch_utils.errors import CheckpointError
from torch_utils.network_file import open_network_file
from torch_utils.safe_tensors import is_safetensors, read_safetensors
from training.generator import GeneratorBase

_KIND = "tuned generator"
# A difference in 16 bits may be off by this share of the weights' own size.
_EXACT = 1e-5


def with_weights(original: GeneratorBase, weights: Mapping[str, Tensor]) -> GeneratorBase:
    """Make a copy of a generator in which some weights are others; the original stays as it is."""
    tuned = copy.deepcopy(original)
    with torch.no_grad():
        for name, value in weights.items():
            tuned.get_parameter(name).copy_(value)
    return tuned.eval().requires_grad_(False)


def save_tuned(
    path: str | os.PathLike[str],
    original: GeneratorBase,
    tuned: GeneratorBase,
    pivot: Tensor | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write what a tuned generator differs in from its original.

    Args:
        path: the file to write; an older file of this kind is replaced, any other is let be.
        original: as it was loaded; it must have come from a file.
        tuned: the copy that was tuned.
        pivot: [num_ws, w_dim], the w that it was tuned for.
        metadata: further texts, e.g. {"photo": "me.jpg"}.

    Raises:
        CheckpointError: if the original has no file, the two do not fit together, a weight is not a number,
            or `path` holds something else.
        FileError: if the file cannot be written.
    """
    if not original.source_sha256:
        raise CheckpointError(f"{path}: the generator that was tuned came from no file; save that one first")
    if Path(path).exists():
        _read(path)  # Whatever is not a tuned generator, the original above all, is not written over.
    differences = {}
    before = original.state_dict()
    for name, value in tuned.state_dict().items():
        if name not in before or before[name].shape != value.shape:
            raise CheckpointError(f"{path}: {name} is not a weight of the original; nothing was written")
        if not bool(torch.isfinite(value).all()):
            raise CheckpointError(f"{path}: {name} holds NaN or infinity; the tuning has failed")
        if not torch.equal(value, before[name]):
            differences[name] = _shortest(value.cpu() - before[name].cpu(), before[name].cpu())
    if pivot is not None:
        differences["pivot"] = pivot.detach().cpu().contiguous().clone()
    about = {**(metadata or {}), "kind": _KIND, "original_sha256": original.source_sha256}
    about.setdefault("original_title", original.metadata.get("title", ""))
    content = save(differences, about)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def load_tuned(
    path: str | os.PathLike[str], original: GeneratorBase
) -> tuple[GeneratorBase, Tensor | None, dict[str, str]]:
    """Lay a tuned generator's differences upon a copy of its original.

    Returns:
        the tuned generator, the w [num_ws, w_dim] that it was tuned for (None if the file does not say), and
        what the file says besides.

    Raises:
        CheckpointError: if the file is missing, damaged, something else, or belongs to another generator.
    """
    about, differences = _read(path)
    wanted = about.pop("original_sha256")
    about.pop("kind")
    if wanted != original.source_sha256:
        title = about.get("original_title") or "another file"
        raise CheckpointError(
            f"{path}: was tuned from another checkpoint ({title}, sha256 {wanted[:12]}...); "
            f"open that one first (this is {original.source_sha256[:12] or 'from no file'}...)"
        )
    pivot = differences.pop("pivot", None)
    if pivot is not None and pivot.shape != (original.num_ws, original.w_dim):
        raise CheckpointError(f"{path}: its w has shape {list(pivot.shape)}; the file is damaged")
    state = original.state_dict()
    for name, value in differences.items():
        if name not in state or state[name].shape != value.shape:
            raise CheckpointError(f"{path}: {name[:100]} is no weight of its original; the file is damaged")
        if not bool(torch.isfinite(value).all()):
            raise CheckpointError(f"{path}: {name[:100]} holds NaN or infinity; the file is damaged")
    device = next(original.parameters()).device
    tuned = with_weights(
        original, {name: state[name] + value.float().to(device) for name, value in differences.items()}
    )
    return tuned, None if pivot is None else pivot.float().to(device), about


def _shortest(difference: Tensor, before: Tensor) -> Tensor:
    """Take 16 bits where they are exact enough, else 32."""
    short = difference.half()
    error = float((short.float() - difference).abs().max()) if difference.numel() else 0.0
    size = float(before.square().mean().sqrt()) if before.numel() else 0.0
    return short.contiguous() if error <= _EXACT * size else difference.contiguous().clone()


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, str], dict[str, Tensor]]:
    with open_network_file(path) as file:
        about: dict[str, str] = {}
        if is_safetensors(file):
            about, stored = read_safetensors(file)
        if about.get("kind") != _KIND or "original_sha256" not in about:
            raise CheckpointError(f"{file.source}: is no tuned generator; it was let be, choose another file")
        return about, {name: one.load() for name, one in stored.items()}
