"""The measuring of the bundled checkpoint asks for the expressions that its figures are about."""

import pytest

from tools.evaluate_demo import main


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((), ("close_eyes", "big_eyes", "close_mouth", "open_mouth", "slim_face")),
        (("--expression", "smile", "--expression", "frown"), ("smile", "frown")),
    ],
)
def test_five_expressions_are_measured_unless_others_are_named(asked, expected):
    assert main.make_context("evaluate_demo", list(asked)).params["expressions"] == expected
