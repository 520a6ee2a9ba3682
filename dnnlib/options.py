"""Options written once: a frozen dataclass whose fields know their unit, bounds and one line of help.

From the same fields come the check when the options are made, the click options of the command line, and the
sliders of the window::

    @dataclass(frozen=True)
    class BlurOptions:
        radius: float = option(3.0, "how far a pixel reaches", unit="px", low=0.0, high=64.0)

        def __post_init__(self) -> None:
            check_options(self)
"""

import dataclasses
import math
import numbers
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from dnnlib.errors import EditorError

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])

_METADATA_KEY = "dnnlib.option"
_WORDS = {bool: "yes or no", int: "a whole number", float: "a number", str: "a text", Path: "a path"}


class OptionError(EditorError):
    """An option's value has the wrong type or lies outside its bounds."""


@dataclasses.dataclass(frozen=True)
class OptionField:
    """One option as its readers see it: the check, the command line and the panels.

    `kind` is the plain type of the value (bool, int, float, str or Path; None where it is something else);
    `optional` says that None is a value too; `low` and `high` are inclusive.
    """

    name: str
    default: Any
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    panel: bool = True
    kind: type | None = None
    optional: bool = False

    @property
    def flag(self) -> str:
        """The option's name on the command line: `--step-size` for `step_size`."""
        return "--" + self.name.replace("_", "-")

    @property
    def range_text(self) -> str:
        """What is allowed, in words: `0 to 64 px`, `at least 1`, `paper or published`; else empty."""
        unit = f" {self.unit}" if self.unit else ""
        if self.choices:
            return " or ".join(self.choices)
        if self.low is not None and self.high is not None:
            return f"{self.low:.12g} to {self.high:.12g}{unit}"
        if self.low is not None:
            return f"at least {self.low:.12g}{unit}"
        if self.high is not None:
            return f"at most {self.high:.12g}{unit}"
        return ""


# ----------------------------------------------------------------------------
# Writing options.


def option(
    default: T,
    help: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: Sequence[str] | None = None,
    panel: bool = True,
) -> T:
    """Give a dataclass field a default, and say what it is.

    Args:
        default: the value when nothing is said.
        help: one line of explanation.
        unit: of the value: px, s, steps.
        low: the least value allowed.
        high: the greatest value allowed.
        choices: the values allowed, for a text; taken from the annotation where that is a Literal.
        panel: whether the window shows it.

    Returns:
        A dataclass field; the annotation says that it is a T, because that is what an instance will hold.
    """
    info = OptionField(
        "", default, help, unit=unit, low=low, high=high, choices=tuple(choices or ()), panel=panel
    )
    return dataclasses.field(default=default, metadata={_METADATA_KEY: info})


def option_fields(cls: type) -> tuple[OptionField, ...]:
    """List the options of a dataclass, in the order in which they are written.

    Fields that were not made with `option` are left out.
    """
    annotations = typing.get_type_hints(cls)
    found = []
    for field in dataclasses.fields(cls):
        info = field.metadata.get(_METADATA_KEY)
        if info is not None:
            kind, optional, choices = _read_annotation(annotations[field.name])
            choices = info.choices or choices
            found.append(
                dataclasses.replace(info, name=field.name, kind=kind, optional=optional, choices=choices)
            )
    return tuple(found)


def _read_annotation(annotation: Any) -> tuple[type | None, bool, tuple[str, ...]]:
    """Read `float | None` as (float, True, ()), and `Literal["a", "b"]` as (str, False, ("a", "b"))."""
    members = [annotation]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        members = list(typing.get_args(annotation))
    optional = types.NoneType in members
    members = [member for member in members if member is not types.NoneType]
    if len(members) == 1 and typing.get_origin(members[0]) is Literal:
        return str, optional, typing.get_args(members[0])
    kind = members[0] if len(members) == 1 and members[0] in _WORDS else None
    return kind, optional, ()


# ----------------------------------------------------------------------------
# Checking them.


def check_options(options: Any) -> None:
    """Check every option of a dataclass instance; to be called in its `__post_init__`.

    Raises:
        OptionError: naming the field, the value and what was expected.
    """
    for field in option_fields(type(options)):
        value = getattr(options, field.name)
        complaint = _complaint(field, value)
        if complaint:
            raise OptionError(f"{field.name}: {complaint}")


def _complaint(field: OptionField, value: Any) -> str:
    """Say what is wrong with a value, or nothing."""
    if value is None and field.optional:
        return ""
    expected = field.range_text or _WORDS.get(field.kind or object, "")
    complaint = f"expected {expected}, found {value!r}"
    if field.kind is not None and not _is_of_kind(value, field.kind):
        return f"expected {_WORDS[field.kind]}, found {value!r}"
    if field.choices:
        return "" if value in field.choices else complaint
    if isinstance(value, numbers.Real):
        if not math.isfinite(value):
            return f"expected a finite number, found {value!r}"
        low = -math.inf if field.low is None else field.low
        high = math.inf if field.high is None else field.high
        return "" if low <= float(value) <= high else complaint
    return ""


def _is_of_kind(value: Any, kind: type) -> bool:
    """Tell whether a value is of a kind; numpy's numbers count, and a bool is not a number."""
    if kind is bool:
        return isinstance(value, bool)
    if kind is int:
        return isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if kind is float:
        return isinstance(value, numbers.Real) and not isinstance(value, bool)
    return isinstance(value, kind)


# ----------------------------------------------------------------------------
# The command line.


def click_options(cls: type) -> Callable[[Command], Command]:
    """Give a click command one `--kebab-case` option for each option of a dataclass.

    A value outside its bounds ends in click's own one-line error and exit code 2. `from_kwargs` turns what
    the command receives back into the dataclass.
    """
    import click  # Here, so that the engine's options need no command line.

    def decorate(command: Command) -> Command:
        # Decorators apply from the last to the first: the help lists the options in the order of the fields.
        for field in reversed(option_fields(cls)):
            names = [f"{field.flag}/--no-{field.flag[2:]}" if field.kind is bool else field.flag, field.name]
            command = click.option(
                *names,
                default=field.default,
                show_default=field.default is not None,
                help=field.help + (f" ({field.range_text or field.unit})" if _has_note(field) else ""),
                callback=_click_check(field),
                type=_click_type(field),
            )(command)
        return command

    return decorate


def from_kwargs(cls: type[T], kwargs: Mapping[str, Any]) -> T:
    """Make options from what a click command received; names that are not theirs are left alone.

    Raises:
        OptionError: where the class checks itself and a value does not pass.
    """
    return cls(**{field.name: kwargs[field.name] for field in option_fields(cls) if field.name in kwargs})


def _has_note(field: OptionField) -> bool:
    """Tell whether the help needs a bracket; click itself lists choices."""
    return not field.choices and bool(field.range_text or field.unit)


def _click_type(field: OptionField) -> Any:
    """Find click's type for a field."""
    import click

    if field.choices:
        return click.Choice(field.choices)
    if field.kind is Path:
        from dnnlib.click_paths import PATH

        return PATH
    if field.kind is None:
        raise TypeError(f"option {field.name}: the command line takes bool, int, float, str and Path only")
    return field.kind


def _click_check(field: OptionField) -> Callable[[Any, Any, Any], Any]:
    """Make the callback with which click checks a value by the same rule as the dataclass."""
    import click

    def check(context: Any, parameter: Any, value: Any) -> Any:
        complaint = _complaint(field, value)
        if complaint:
            raise click.BadParameter(complaint)
        return value

    return check
