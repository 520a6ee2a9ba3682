"""From what a file holds to a generator: arguments, shapes and numbers are checked before it is used."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from dnnlib.errors import EditorError
from torch_utils.errors import CheckpointError, UnknownNetworkError
from torch_utils.network_file import Region
from torch_utils.stored_tensor import StoredTensor, check_total
from training import networks_stylegan2, networks_stylegan3
from training.arguments import check_arguments
from training.generator import GeneratorBase
from training.layers import Kwargs

Progress = Callable[[str, int, int], None]

# A class of our own files, and the tensor by which one of NVIDIA's files is known to be of the same family.
FAMILIES: dict[str, tuple[type[GeneratorBase], str]] = {
    "training.networks_stylegan2.Generator": (networks_stylegan2.Generator, "synthesis.b4.const"),
    "training.networks_stylegan3.Generator": (networks_stylegan3.Generator, "synthesis.input.freqs"),
}


@dataclass
class Contents:
    """What a file holds, whatever its form."""

    class_name: str
    init_kwargs: Kwargs
    state: dict[str, StoredTensor]
    metadata: dict[str, str] = field(default_factory=dict)


def build(contents: Contents, file: Region, progress: Progress) -> GeneratorBase:
    """Make the network without memory for its weights, see whether the tensors fit, and read them in.

    Args:
        contents: what the file says.
        file: where its tensors lie.
        progress: told what is being done, bytes of it that are done, and bytes in all.

    Raises:
        UnknownNetworkError: if it is of another family.
        CheckpointError: if its arguments, tensors or numbers make no network.
    """
    path = file.source
    if contents.class_name not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise UnknownNetworkError(f"{path}: holds a {contents.class_name}; expected one of {known}")
    network_class = FAMILIES[contents.class_name][0]
    try:
        check_arguments(contents.class_name, contents.init_kwargs)
        # Odd arguments make odd numbers; NumPy's warnings of them would be all that anybody saw.
        with torch.device("meta"), torch.random.fork_rng(devices=[]), np.errstate(all="ignore"):
            generator = network_class(**contents.init_kwargs)
    except (EditorError, TypeError, ValueError, ArithmeticError, RuntimeError) as error:
        raise CheckpointError(f"{path}: its arguments do not make a network ({first_line(error)})") from error
    _check_fit(contents.state, generator, path)
    check_total(contents.state.values(), file)
    state = {}
    total, done = sum(_bytes_of(stored) for stored in contents.state.values()), 0
    for name, stored in contents.state.items():
        progress("Loading weights", done, total)
        state[name] = stored.load().float()
        _check_numbers(state[name], name, path)
        done += _bytes_of(stored)
    generator.load_state_dict(state, assign=True)
    return generator


def _bytes_of(stored: StoredTensor) -> int:
    return math.prod(stored.shape) * stored.dtype.itemsize


def _check_fit(state: dict[str, StoredTensor], generator: GeneratorBase, path: str) -> None:
    expected = {name: tuple(value.shape) for name, value in generator.state_dict().items()}
    for name, shape in expected.items():
        if name not in state:
            raise CheckpointError(f"{path}: lacks the tensor {name} {list(shape)}")
        if state[name].shape != shape:
            found = list(state[name].shape)
            raise CheckpointError(f"{path}: {name} has shape {found}; expected {list(shape)}")
        if not state[name].dtype.is_floating_point:
            raise CheckpointError(f"{path}: {name} holds {state[name].dtype}; expected floats")
    for name in state:
        if name not in expected:
            raise CheckpointError(f"{path}: holds a tensor {name[:100]}, which such a network has not")


def _check_numbers(value: torch.Tensor, name: str, path: str) -> None:
    if not bool(torch.isfinite(value).all()):
        raise CheckpointError(f"{path}: {name} holds NaN or infinity; its training has failed")


def first_line(error: BaseException) -> str:
    """Give the first line of what an error says, or its kind."""
    return str(error).splitlines()[0][:300] if str(error) else type(error).__name__
