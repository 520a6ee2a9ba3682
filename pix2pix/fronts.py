"""Flags that the commands share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from pix2pix.data import Sources
from pix2pix.devices import DEVICES

_ROOT = Path(__file__).resolve().parents[1]


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the flags that say where pictures lie on this machine."""
    data = _ROOT / "data"
    for option in (
        click.option("--offline", is_flag=True, help="Never fetch anything."),
        click.option("--memory", type=click.FloatRange(0.0), default=4.0, show_default=True,
                     help="Memory that a decoded split may take, GB."),
        click.option("--cache", type=click.Path(path_type=Path), default=data / "cache",
                     help="Where decoded sets lie that are too large for that.  [default: data/cache]"),
        click.option("--data", type=click.Path(path_type=Path), default=data,
                     help="Where each public set has its folder, or is fetched to.  [default: data]"),
    ):  # fmt: skip
        command = option(command)
    return command


def sources_from(given: Mapping[str, Any]) -> Sources:
    """Make what the flags said."""
    return Sources(given["data"], given["cache"], given["memory"] * 1e9, given["offline"])


def run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the flags that say which checkpoint of a run is used, and how."""
    for option in (
        click.option("--device", type=click.Choice(DEVICES), default="auto", show_default=True,
                     help="What computes."),
        click.option("--dropout", is_flag=True, help="Leave dropout on, as the paper does at test time."),
        click.option("--which", default="latest", show_default=True,
                     help="The checkpoint: latest, best (on validation L1), or an epoch's number."),
    ):  # fmt: skip
        command = option(command)
    return command
