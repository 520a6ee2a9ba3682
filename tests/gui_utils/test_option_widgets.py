"""Sliders made from options: each kind of value can be set, within its bounds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from dnnlib.options import check_options, option
from tests.screen import Person, open_window


@dataclass(frozen=True)
class Options:
    count: int = option(3, "how many", unit="steps", low=0, high=10)
    size: float = option(0.002, "how large", low=0.0, high=1.0)
    kind: Literal["plain", "fancy"] = option("plain", "which")
    loud: bool = option(False, "whether")
    limit: float | None = option(None, "how far; by rule if empty", unit="px", low=0.0, high=8.0)
    hidden: int = option(1, "not shown", low=0, high=1, panel=False)

    def __post_init__(self) -> None:
        check_options(self)


class Panel:
    """Draws the options and keeps what comes back."""

    def __init__(self) -> None:
        self.options = Options()

    def draw(self) -> None:
        from imgui_bundle import imgui

        from gui_utils.option_widgets import draw_options, panel_names

        imgui.set_next_window_pos(imgui.ImVec2(0, 0))
        imgui.set_next_window_size(imgui.ImVec2(400, 300))
        imgui.begin("part", None, imgui.WindowFlags_.no_decoration)
        self.options = draw_options(self.options, panel_names(Options), {"count": "Steps"})
        imgui.end()


@pytest.fixture(scope="module")
def window() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as monkeypatch, open_window(monkeypatch, 400, 300) as window:
        yield window


@pytest.fixture
def person(window: Any, monkeypatch: pytest.MonkeyPatch) -> Person:
    panel = Panel()
    person = Person(window, panel.draw, monkeypatch)
    person.panel = panel  # type: ignore[attr-defined]
    person.move(1, 1)
    return person


def at(person: Person, label: str, share: float) -> None:
    left, top, right, bottom = person.place_of(label)
    person.click_at(left + share * (right - left), (top + bottom) / 2)


def test_untouched_options_come_back_as_they_are(person: Any) -> None:
    before = person.panel.options
    person.look(3)
    assert person.panel.options is before


def test_each_kind_of_value_can_be_set(person: Any) -> None:
    at(person, "##count", 0.99)
    at(person, "##size", 0.99)
    person.click("fancy")
    person.click("##loud")
    assert person.panel.options == Options(count=10, size=1.0, kind="fancy", loud=True)


def test_an_optional_value_is_switched_on_and_off(person: Any) -> None:
    assert not person.sees("##limit")
    person.click("##set_limit")
    person.look()
    at(person, "##limit", 0.99)
    assert person.panel.options.limit == pytest.approx(8.0, abs=0.2)
    person.click("##set_limit")
    assert person.panel.options.limit is None


def test_sliders_keep_to_the_bounds(person: Any) -> None:
    at(person, "##count", 0.01)
    assert person.panel.options.count == 0


def test_what_is_not_for_panels_is_not_shown(person: Person) -> None:
    assert not person.sees("##hidden")


def test_tooltips_tell_meaning_bounds_and_default() -> None:
    from dnnlib.options import option_fields
    from gui_utils.option_widgets import tooltip_of

    texts = [tooltip_of(field) for field in option_fields(Options)]
    assert texts[0] == "How many.\n0 to 10 steps\nDefault: 3"
    assert texts[4].endswith("Default: by rule")
