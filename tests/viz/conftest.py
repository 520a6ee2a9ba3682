from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.screen import Person, Rect, open_window
from tests.viz.fakes import FakeSession


class EditorPerson(Person):
    """A person at the editor's window."""

    def __init__(self, app: object, session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
        from viz.app import App

        assert isinstance(app, App)
        super().__init__(app.window, app.draw, monkeypatch)
        self.app, self.session = app, session

    @property
    def state(self):
        return self.app.state

    def find(self, label: str) -> None:
        """Bring the panel to the front that has a widget, looking through all of them if need be."""
        from viz.actions import ShowPanel
        from viz.panels.table import PANELS

        for panel in PANELS:
            self.app.do(ShowPanel(panel.name))
            for _ in range(6):  # A tab comes to the front within a few frames.
                if self.sees(label):
                    return
                self.look()

    def place_of(self, label: str, number: int = 0) -> Rect:
        """Find a widget, in whatever panel it is."""
        if not self.sees(label):
            self.find(label)
        return super().place_of(label, number)

    def on_picture(self, x: float, y: float) -> tuple[float, float]:
        """Where a pixel of the picture is on the screen."""
        return self.app.canvas.view.to_screen((x, y))


@pytest.fixture(scope="module")
def window() -> Iterator[Any]:
    """One window for the tests of a module: opening costs more than most of them.

    It is small, so that a machine without a graphics card draws it quickly.
    """
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        open_window(monkeypatch, 600, 800, scale=0.6) as window,
    ):
        yield window


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def editor(
    window: Any, session: FakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[EditorPerson]:
    """The editor with a (fake) network loaded and its first picture shown."""
    from dnnlib.errors import EditorError
    from viz.app import App

    def open_session(path: Path, opening: Any) -> Any:
        if path.suffix not in (".safetensors", ".pkl"):
            raise EditorError(f"{path.name}: this is no checkpoint")
        session.path = path
        return session

    monkeypatch.chdir(tmp_path)
    app = App(window, open_session)
    person = EditorPerson(app, session, monkeypatch)
    app.open(Path("fake.safetensors"))
    person.wait_for(lambda: app.state.frame is not None)
    person.move(1, 1)
    yield person
    for button in (0, 1):
        person.release(button)
    app.close()
