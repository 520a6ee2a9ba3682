"""Options: one dataclass gives the check, the command line and what a slider needs to know."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dnnlib.errors import EditorError
from dnnlib.options import OptionError, check_options, click_options, from_kwargs, option, option_fields


@dataclass(frozen=True)
class BlurOptions:
    radius: float = option(3.0, "how far a pixel reaches", unit="px", low=0.0, high=64.0)
    passes: int = option(2, "how often", low=1)
    edge: Literal["wrap", "hold"] = option("hold", help="what lies outside")
    stop_at: float | None = option(None, "stop at this change", high=255, panel=False)
    keep_alpha: bool = option(True, "leave the fourth channel alone")
    folder: Path = option(Path("out"), "where it goes")
    made_by: str = "not an option"

    def __post_init__(self) -> None:
        check_options(self)


@click.command()
@click_options(BlurOptions)
@click.option("--verbose", is_flag=True)
def blur(**kwargs):
    click.echo(repr(from_kwargs(BlurOptions, kwargs)))


def run(*arguments):
    return CliRunner().invoke(blur, arguments)


def test_defaults_are_what_the_fields_say():
    options = BlurOptions()
    assert (options.radius, options.passes, options.edge, options.stop_at) == (3.0, 2, "hold", None)


def test_a_panel_learns_name_range_and_kind_of_each_option():
    fields = {field.name: field for field in option_fields(BlurOptions)}
    assert list(fields) == ["radius", "passes", "edge", "stop_at", "keep_alpha", "folder"]
    radius = fields["radius"]
    assert (radius.kind, radius.low, radius.high, radius.unit, radius.default) == (
        float,
        0.0,
        64.0,
        "px",
        3.0,
    )
    assert fields["edge"].choices == ("wrap", "hold")
    assert fields["stop_at"].optional and not fields["stop_at"].panel
    assert fields["radius"].panel and fields["folder"].kind is Path


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("radius", -0.5, "radius: expected 0 to 64 px, found -0.5"),
        ("radius", 65, "radius: expected 0 to 64 px, found 65"),
        ("radius", float("nan"), "radius: expected a finite number, found nan"),
        ("radius", None, "radius: expected a number, found None"),
        ("radius", "3", "radius: expected a number, found '3'"),
        ("passes", 0, "passes: expected at least 1, found 0"),
        ("passes", 1.5, "passes: expected a whole number, found 1.5"),
        ("passes", True, "passes: expected a whole number, found True"),
        ("edge", "mirror", "edge: expected wrap or hold, found 'mirror'"),
        ("stop_at", 256, "stop_at: expected at most 255, found 256"),
        ("keep_alpha", 1, "keep_alpha: expected yes or no, found 1"),
        ("folder", "out", "folder: expected a path, found 'out'"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_bounds(field, value, says):
    with pytest.raises(OptionError) as caught:
        BlurOptions(**{field: value})
    assert str(caught.value) == says
    assert isinstance(caught.value, EditorError)


@given(radius=st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_is_taken_exactly_when_it_lies_within_its_bounds(radius):
    try:
        assert BlurOptions(radius=radius).radius == radius
        taken = True
    except OptionError:
        taken = False
    assert taken == (0.0 <= radius <= 64.0)


def test_numbers_from_numpy_count_as_numbers():
    numbers: dict[str, Any] = {"radius": np.float32(1.5), "passes": np.int64(3)}
    assert BlurOptions(**numbers).passes == 3


def test_the_command_line_takes_every_option_by_its_own_name():
    words = "--radius 1.5 --passes 4 --edge wrap --stop-at 9 --no-keep-alpha --folder x"
    result = run(*words.split())
    assert result.exit_code == 0, result.output
    expected = BlurOptions(radius=1.5, passes=4, edge="wrap", stop_at=9.0, keep_alpha=False, folder=Path("x"))
    assert result.output.strip() == repr(expected)


def test_the_command_line_without_options_gives_the_defaults():
    assert run().output.strip() == repr(BlurOptions())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--radius", "-1"],
        ["--radius", "nan"],
        ["--radius", "wide"],
        ["--passes", "0"],
        ["--edge", "mirror"],
        ["--stop-at", "1e9"],
        ["--rdius", "1"],
    ],
)
def test_a_bad_value_on_the_command_line_ends_in_one_clear_line_and_code_2(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    last = result.output.strip().splitlines()[-1]
    assert last.startswith(("Error: Invalid value for '--", "Error: No such option"))
    assert "Traceback" not in result.output


def test_large_bounds_are_said_in_full():
    @dataclass(frozen=True)
    class Seeds:
        seed: int = option(0, "which picture", low=0, high=2**31 - 1)

    assert option_fields(Seeds)[0].range_text == "0 to 2147483647"


def test_help_says_unit_range_and_default():
    text = " ".join(run("--help").output.split())
    assert "how far a pixel reaches (0 to 64 px) [default: 3.0]" in text
    assert text.index("--radius") < text.index("--passes") < text.index("--folder")


def test_a_kind_that_a_command_line_cannot_take_is_refused_when_the_command_is_made():
    @dataclass(frozen=True)
    class Odd:
        sizes: tuple[int, ...] = option((1, 2), "several")

    with pytest.raises(TypeError, match="sizes"):
        click_options(Odd)(lambda: None)
