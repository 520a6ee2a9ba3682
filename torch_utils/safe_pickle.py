"""Network files read as data: the persistence form of NVIDIA's PyTorch releases, and TensorFlow's.

They are pickles, or files of `torch.save` (whole networks, as tuning tools write them). Nothing that such a
file names is imported, called or run (see pickle_machine.py). The source text stored in it is skipped. What
comes back is a class name, arguments, and tensors that still lie in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from torch_utils.errors import CheckpointError, UnknownNetworkError
from torch_utils.network_file import Region
from torch_utils.pickle_machine import PickleMachine
from torch_utils.pickle_records import RECORD_NAMES, Call, NotPlainError, array_of, mapping_of, plain
from torch_utils.pickled_tensors import TENSOR_NAMES, Storage, TensorReader, is_stream, read_stream
from torch_utils.stored_tensor import StoredTensor
from torch_utils.torch_zip import is_zip, read_torch_zip

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
# A file can contain one module, or one list of names, a million times over.
_MOST_MODULES = 5000
_MOST_ENTRIES = 20_000  # A full-size network has 2000.
_MOST_TENSORS = 2000


@dataclass(frozen=True)
class PickledNetwork:
    """A network of the persistence form.

    Attributes:
        class_name: name of its class, without a module.
        init_args: the arguments that it was made with, plain values.
        init_kwargs: its keyword arguments, plain values.
        state: its tensors, under the names of a state_dict.
        attributes: the plain attributes of all its modules, e.g. "synthesis.b4.conv1.conv_clamp".
        metadata: what the file says besides, texts (only files that this editor wrote do).
    """

    class_name: str
    init_args: tuple[Any, ...]
    init_kwargs: dict[str, Any]
    state: dict[str, StoredTensor]
    attributes: dict[str, bool | int | float | str | None] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)


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
    variables: dict[str, StoredTensor]


def read_pickled_network(file: Region, key: str = "G_ema") -> PickledNetwork | TensorFlowNetwork:
    """Read one network out of a pickle, or out of a file of `torch.save`.

    Args:
        file: the file; it has to stay open for as long as tensors are to be loaded.
        key: "G_ema" (in the TensorFlow form: Gs), "G" or "D". A file of a single network needs none.

    Raises:
        CheckpointError: if the file cannot be read, is damaged, or lacks the key.
        HostileFileError: if it asks for anything but the data of networks, or claims more than it holds.
        UnknownNetworkError: if it is a pickle of something else.
    """
    source = file.source
    storages: dict[str, Storage] = {}
    if is_zip(file):
        root, storages = read_torch_zip(file, _ALLOWED)
    elif is_stream(file):
        root, storages = read_stream(file, _ALLOWED)
    else:
        root = PickleMachine(file, _ALLOWED).run()
    try:
        record, metadata = _choose(root, key, source)
        if isinstance(record, Call) and str(record.function) == _PERSISTENT:
            return _read_persistent(record, TensorReader(file, storages), source, metadata)
        if isinstance(record, Call) and str(record.function) == _TENSORFLOW:
            return _read_tensorflow(record, source)
    except (NotPlainError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise CheckpointError(f"{source}: {key} is damaged ({str(error)[:100]})") from error
    raise UnknownNetworkError(
        f"{source}: {key} is not a network; expected a whole StyleGAN2 or StyleGAN3, with its arguments"
    )


def _choose(root: Any, key: str, source: str) -> tuple[Any, dict[str, str]]:
    """Find the network asked for: in a dict by its key, in the TensorFlow form's tuple by its place.

    Besides, what the file says of it.
    """
    if isinstance(root, tuple) and len(root) == 3:
        root = {"G": root[0], "D": root[1], "G_ema": root[2]}
    if isinstance(root, Call) and str(root.function) in (_PERSISTENT, _TENSORFLOW):
        return root, {}
    try:
        networks = mapping_of(root)
    except NotPlainError:
        raise UnknownNetworkError(f"{source}: a pickle, but not of networks; expected G_ema in it") from None
    if networks and all(isinstance(name, str) and "." in name for name in networks):
        raise UnknownNetworkError(
            f"{source}: holds tensors alone, not what network they belong to; expected a whole network, "
            "with its class and arguments"
        )
    if networks.get(key) is None:
        names = [str(name)[:40] for name in networks if isinstance(networks[name], Call)]
        raise CheckpointError(f"{source}: has no network {key}; there are: {', '.join(names[:20]) or 'none'}")
    about = networks.get("metadata")
    metadata = plain(about) if isinstance(about, dict) else {}
    return networks[key], {name: text for name, text in metadata.items() if isinstance(text, str)}


# ----------------------------------------------------------------------------
# The persistence form.


def _read_persistent(
    record: Call, reader: TensorReader, source: str, metadata: dict[str, str]
) -> PickledNetwork:
    about = _about(record, source)
    if not isinstance(about.get("class_name"), str):
        raise TypeError("class_name is no text")
    own = mapping_of(about["state"])
    state: dict[str, StoredTensor] = {}
    attributes: dict[str, bool | int | float | str | None] = {}
    entries = 0
    for prefix, module in _modules(record, source):
        named = _elements(module.get("_non_persistent_buffers_set"))
        tensors = [mapping_of(module.get(kind) or {}) for kind in ("_parameters", "_buffers")]
        entries += len(module) + sum(map(len, tensors)) + len(named)
        if entries > _MOST_ENTRIES:
            raise CheckpointError(f"{source}: contains modules without end")
        hidden = {name for name in named if isinstance(name, str)}
        for name, value in [pair for part in tensors for pair in part.items()]:
            if value is not None and name not in hidden:
                state[f"{prefix}{name}"] = reader.tensor(value, f"{prefix}{name}")
                if len(state) > _MOST_TENSORS:
                    raise CheckpointError(f"{source}: holds tensors without end")
        for name, value in module.items():
            if value is None or isinstance(value, bool | int | float | str):
                attributes[f"{prefix}{name}"] = value
    return PickledNetwork(
        class_name=about["class_name"][:100],
        init_args=tuple(plain(own.get("_init_args", ()))),
        init_kwargs=plain(mapping_of(own.get("_init_kwargs", {}))),
        state=state,
        attributes=attributes,
        metadata=metadata,
    )


def _about(record: Call, source: str) -> dict[Any, Any]:
    """Take what a persistent object says about itself, if it is of the known version."""
    about = mapping_of(record.args[0])
    kind, version = about.get("type"), about.get("version")
    if kind != "class" or type(version) is not int or version != 6:
        # Only what is plain is shown: a nested value could be a page, or without end.
        found = ", version ".join(repr(x)[:40] if isinstance(x, str | int) else "?" for x in (kind, version))
        raise UnknownNetworkError(f"{source}: holds a persistent {found}; expected 'class', version 6")
    return about


def _modules(record: Call, source: str) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Go through a module and all modules in it: (prefix, its __dict__)."""
    waiting = [("", record)]
    seen = 0
    while waiting:
        prefix, module = waiting.pop()
        if not (isinstance(module, Call) and str(module.function) == _PERSISTENT):
            raise UnknownNetworkError(f"{source}: {prefix.rstrip('.')} is not one of NVIDIA's modules")
        own = mapping_of(_about(module, source)["state"])
        yield prefix, own
        parts = mapping_of(own.get("_modules") or {})
        seen += len(parts)
        if seen > _MOST_MODULES or any(len(prefix) + len(str(name)) > 1000 for name in parts):
            raise CheckpointError(f"{source}: contains modules without end")
        inner = [(f"{prefix}{name}.", part) for name, part in parts.items()]
        waiting.extend(reversed([(name, part) for name, part in inner if part is not None]))


def _elements(value: Any) -> list[Any] | tuple[Any, ...]:
    """The elements of a set, in whichever form it was written."""
    if isinstance(value, Call):
        value = value.args[0] if value.args else value.elements
    return value if isinstance(value, list | tuple) else []


# ----------------------------------------------------------------------------
# The TensorFlow form.


def _read_tensorflow(record: Call, source: str) -> TensorFlowNetwork:
    state = mapping_of(record.state)
    version, name = state["version"], state["name"]
    if not isinstance(version, int) or not isinstance(name, str):
        raise TypeError("its version or name")
    if version < 4:
        raise UnknownNetworkError(f"{source}: TensorFlow form version {version}; expected 4 or later")
    variables: dict[str, StoredTensor] = {}
    for number, (path, value) in enumerate(_variables(state)):
        if number >= _MOST_TENSORS:
            raise ValueError("variables without end")
        variables[path] = array_of(value)
    return TensorFlowNetwork(name[:100], plain(mapping_of(state["static_kwargs"])), variables)


def _variables(state: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Go through a network's own variables, then those of its components."""
    yield from _named(state, "")
    for name, component in mapping_of(state["components"]).items():
        if not (isinstance(component, Call) and str(component.function) == _TENSORFLOW):
            raise TypeError(f"component {str(name)[:40]}")
        yield from _named(mapping_of(component.state), f"{str(name)[:100]}/")


def _named(state: dict[Any, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in state["variables"]:
        if not isinstance(name, str) or len(name) > 1000:
            raise TypeError("a variable's name")
        yield f"{prefix}{name}", value
