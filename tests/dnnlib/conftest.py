"""A server of this machine to fetch from, and a place to fetch to."""

import pytest

from tests.loopback import running


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server():
    with running() as loopback:
        yield loopback


@pytest.fixture
def path(tmp_path):
    return tmp_path / "in" / "network.pkl"
