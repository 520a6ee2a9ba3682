"""Network pickles read as data: the persistence form of NVIDIA's PyTorch releases, and TensorFlow's.

Nothing that such a file names is imported, called or run (see pickle_machine.py). The source text stored in
it is skipped. What comes back is a class name, arguments, and tensors.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from torch_utils.errors import CheckpointError, UnknownNetworkError
from torch_utils.pickle_machine import PickleMachine
from torch_utils.pickle_records import RECORD_NAMES, Call, NotPlainError, array_of, mapping_of, plain
from torch_utils.pickled_tensors import TENSOR_NAMES, TensorReader

NETWORK_KEYS = ("G_ema", "G", "D")

_PERSISTENT = "torch_utils.persistence._reconstruct_persistent_obj"
_TENSORFLOW = "dnnlib.tflib.network.Network"
_ALLOWED = (
    TENSOR_NAMES
    | RECORD_NAMES
    | {
        _PERSISTENT,
        _TENSORFLOW,
        "builtins.set",
        "__builtin__.set",
        # Arrays among a module's attributes, which are passed over.
        "numpy.core.numeric._frombuffer",
        "numpy._core.numeric._frombuffer",
    }
)
_MOST_MODULES = 5000  # A file can contain one module a million times over.


@dataclass(frozen=True)
class PickledNetwork:
    """A network of the persistence form.

    Attributes:
        class_name: name of its class, without a module.
        init_args: the arguments that it was made with, plain values.
        init_kwargs: its keyword arguments, plain values.
        state: its tensors, under the names of a state_dict.
        attributes: the plain attributes of all its modules, e.g. "synthesis.b4.conv1.conv_clamp".
    """

    class_name: str
    init_args: tuple[Any, ...]
    init_kwargs: dict[str, Any]
    state: dict[str, torch.Tensor]
    attributes: dict[str, bool | int | float | str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class TensorFlowNetwork:
    """A network of the TensorFlow form.

    Attributes:
        name: its name, e.g. "Gs".
        static_kwargs: the arguments of its build function, plain values.
        variables: its arrays; a component's have its name before them, e.g. "synthesis/4x4/Const/const".
    """

    name: str
    static_kwargs: dict[str, Any]
    variables: dict[str, np.ndarray]


def read_pickled_network(path: Path, key: str = "G_ema") -> PickledNetwork | TensorFlowNetwork:
    """Read one network out of a pickle.

    Args:
        path: the file.
        key: "G_ema" (in the TensorFlow form: Gs), "G" or "D".

    Raises:
        CheckpointError: if the file cannot be read, is damaged, or lacks the key.
        HostileFileError: if it asks for anything but the data of networks.
        UnknownNetworkError: if it is a pickle of something else.
    """
    source = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror or error})") from error
    root = PickleMachine(content, source, _ALLOWED).run()
    del content
    record = _choose(root, key, source)
    try:
        if isinstance(record, Call) and str(record.function) == _PERSISTENT:
            return _read_persistent(record, source)
        if isinstance(record, Call) and str(record.function) == _TENSORFLOW:
            return _read_tensorflow(record, source)
    except (NotPlainError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise CheckpointError(f"{source}: {key} is damaged ({error})") from error
    raise UnknownNetworkError(
        f"{source}: {key} is not a network; expected a network pickle of StyleGAN2 or 3"
    )


def _choose(root: Any, key: str, source: str) -> Any:
    """Find the network asked for: in a dict by its key, in the TensorFlow form's tuple by its place."""
    if isinstance(root, tuple) and len(root) == 3:
        root = {"G": root[0], "D": root[1], "G_ema": root[2]}
    try:
        networks = mapping_of(root)
    except NotPlainError:
        if isinstance(root, Call) and str(root.function) in (_PERSISTENT, _TENSORFLOW):
            return root
        raise UnknownNetworkError(f"{source}: a pickle, but not of networks; expected G_ema in it") from None
    if networks.get(key) is None:
        found = ", ".join(str(name) for name in networks if isinstance(networks[name], Call)) or "none"
        raise CheckpointError(f"{source}: has no network {key}; there are: {found}")
    return networks[key]


# ----------------------------------------------------------------------------
# The persistence form.


def _read_persistent(record: Call, source: str) -> PickledNetwork:
    reader = TensorReader(source)
    about = _about(record, source)
    own = mapping_of(about["state"])
    state: dict[str, torch.Tensor] = {}
    attributes: dict[str, bool | int | float | str | None] = {}
    for prefix, module in _modules(record, source):
        hidden = _names(module.get("_non_persistent_buffers_set"))
        for kind in ("_parameters", "_buffers"):
            for name, value in mapping_of(module.get(kind) or {}).items():
                if value is not None and name not in hidden:
                    state[f"{prefix}{name}"] = reader.tensor(value, f"{prefix}{name}")
        for name, value in module.items():
            if value is None or isinstance(value, bool | int | float | str):
                attributes[f"{prefix}{name}"] = value
    return PickledNetwork(
        class_name=str(about["class_name"]),
        init_args=tuple(plain(own.get("_init_args", ()))),
        init_kwargs=plain(own.get("_init_kwargs", {})),
        state=state,
        attributes=attributes,
    )


def _about(record: Call, source: str) -> dict[Any, Any]:
    """Take what a persistent object says about itself, if it is of the known version."""
    about = mapping_of(record.args[0])
    if about.get("type") != "class" or about.get("version") != 6:
        found = f"{about.get('type')!r}, version {about.get('version')!r}"
        raise UnknownNetworkError(f"{source}: holds a persistent {found}; expected 'class', version 6")
    return about


def _modules(record: Call, source: str) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Go through a module and all modules in it: (prefix, its __dict__)."""
    waiting = [("", record)]
    seen = 0
    while waiting:
        prefix, module = waiting.pop()
        seen += 1
        if seen > _MOST_MODULES or len(prefix) > 1000:
            raise CheckpointError(f"{source}: contains modules without end")
        if not (isinstance(module, Call) and str(module.function) == _PERSISTENT):
            raise UnknownNetworkError(f"{source}: {prefix.rstrip('.')} is not one of NVIDIA's modules")
        own = mapping_of(_about(module, source)["state"])
        yield prefix, own
        inner = [(f"{prefix}{name}.", part) for name, part in mapping_of(own.get("_modules") or {}).items()]
        waiting.extend(reversed([(name, part) for name, part in inner if part is not None]))


def _names(value: Any) -> list[Any]:
    """The elements of a set, in whichever form it was written."""
    if isinstance(value, Call):
        return list(value.args[0]) if value.args else list(value.elements)
    return value if isinstance(value, list) else []


# ----------------------------------------------------------------------------
# The TensorFlow form.


def _read_tensorflow(record: Call, source: str) -> TensorFlowNetwork:
    state = mapping_of(record.state)
    if not isinstance(state["version"], int) or state["version"] < 4:
        raise UnknownNetworkError(
            f"{source}: TensorFlow form version {state['version']}; expected 4 or later"
        )
    variables: dict[str, np.ndarray] = {}
    _add_variables(variables, state, "")
    for name, component in mapping_of(state["components"]).items():
        if not (isinstance(component, Call) and str(component.function) == _TENSORFLOW):
            raise TypeError(f"component {name}")
        _add_variables(variables, mapping_of(component.state), f"{name}/")
    return TensorFlowNetwork(str(state["name"]), plain(state["static_kwargs"]), variables)


def _add_variables(variables: dict[str, np.ndarray], state: dict[Any, Any], prefix: str) -> None:
    for name, value in state["variables"]:
        variables[f"{prefix}{name}"] = array_of(value)
