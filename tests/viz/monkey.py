"""A monkey at the editor's window: seeded mouse and key events over everything that is there.

It knows no panel and no key by name: it reads the tables of panels and of shortcuts, and clicks on what it
sees.
"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import glfw
from imgui_bundle import imgui

from dnnlib.errors import EditorError
from gui_utils.keys import chord
from tests.viz.conftest import EditorPerson
from tests.viz.fakes import FakeSession, face_at
from viz.actions import HidePanel, ResetLayout, ShowPanel
from viz.menus import all_rows
from viz.panels.table import PANELS

_LETTERS = "0123456789 abcxyz-_?"  # No way out of the folder that it works in.
_PLAIN_KEYS = (
    glfw.KEY_LEFT, glfw.KEY_RIGHT, glfw.KEY_UP, glfw.KEY_DOWN, glfw.KEY_DELETE, glfw.KEY_BACKSPACE,
    glfw.KEY_TAB, glfw.KEY_ENTER, glfw.KEY_ESCAPE, glfw.KEY_SPACE, glfw.KEY_HOME, glfw.KEY_END,
)  # fmt: skip
_NEVER = ("Quit",)  # It is to stay at work.


class Monkey:
    """Does one thing after the other, at random but the same for the same seed.

    Args:
        person: whose mouse and keys it takes.
        session: of the editor, to be made slow, blind or to fail.
        seed: of its moods.
        files: what it drops on the window.
    """

    def __init__(self, person: EditorPerson, session: "MonkeySession", seed: int, files: list[Path]) -> None:
        self.person, self._session, self._files = person, session, files
        self._random = random.Random(seed)
        self._count = 0
        self._held: set[int] = set()
        self._keys = _glfw_keys(person.window.events._renderer.key_map)
        self._deeds: list[tuple[float, Callable[[], None]]] = [
            (30, self._click), (12, self._pull), (12, self._move), (8, self._wheel), (14, self._shortcut),
            (6, self._plain_key), (5, self._type), (6, self._panel), (2, self._drop), (1, self._leave),
            (1, self._resize), (1, self._rest), (1, self._scramble),
        ]  # fmt: skip

    def do_something(self) -> int:
        """Do one thing; give how many events that took."""
        self._count = 0
        weights = [weight for weight, _ in self._deeds]
        self._random.choices([deed for _, deed in self._deeds], weights)[0]()
        return self._count

    # ------------------------------------------------------------------------
    # What it does.

    def _event(self, function: Callable[..., None], *given: Any) -> None:
        function(*given)
        self._count += 1
        if self._random.random() < 0.6:
            self.person.look()

    def _somewhere(self) -> tuple[float, float]:
        """Choose a place: a widget that is there, the picture, or anywhere."""
        mood = self._random.random()
        if mood < 0.5 and self.person.places:
            left, top, right, bottom = self._random.choice(self.person.places)
            return self._random.uniform(left, max(left, right)), self._random.uniform(top, max(top, bottom))
        if mood < 0.8:
            height, width = self.person.state.image_size or (64, 64)
            x, y = self._random.uniform(-4, width + 4), self._random.uniform(-4, height + 4)
            return self.person.on_picture(x, y)
        width, height = self.person.window.size
        return self._random.uniform(-5, width + 5), self._random.uniform(-5, height + 5)

    def _go(self, place: tuple[float, float]) -> None:
        self._event(self.person.window.events.on_mouse, *place)

    def _move(self) -> None:
        self._go(self._somewhere())

    def _click(self) -> None:
        self._go(self._somewhere())
        button = self._random.choices((0, 1, 2), (10, 3, 1))[0]
        for _ in range(self._random.choice((1, 1, 1, 2))):
            self._event(self.person.window.events.on_button, button, 1)
            self.person.look()
            self._event(self.person.window.events.on_button, button, 0)

    def _pull(self) -> None:
        self._go(self._somewhere())
        button = self._random.choices((0, 1, 2), (8, 2, 2))[0]
        self._event(self.person.window.events.on_button, button, 1)
        for _ in range(self._random.randint(1, 4)):
            self._go(self._somewhere())
        self._event(self.person.window.events.on_button, button, 0)

    def _wheel(self) -> None:
        self._event(self.person.window.events.on_scroll, 0.0, self._random.choice((-3, -1, 1, 3)))

    def _shortcut(self) -> None:
        rows = [row for row in all_rows() if row.keys and row.words not in _NEVER]
        keys = self._random.choice(rows).keys
        if keys == "?":
            return self._event(self.person.window.events.on_char, ord("?"))
        whole = chord(keys)
        held = ((imgui.Key.mod_ctrl, glfw.MOD_CONTROL), (imgui.Key.mod_shift, glfw.MOD_SHIFT),
                (imgui.Key.mod_alt, glfw.MOD_ALT))  # fmt: skip
        mods = sum(mod for key, mod in held if whole & key)
        self._key(self._keys[imgui.Key(whole & ~int(imgui.Key.mod_mask_))], mods)

    def _plain_key(self) -> None:
        mods = self._random.choice((0, 0, 0, glfw.MOD_SHIFT, glfw.MOD_CONTROL))
        self._key(self._random.choice(_PLAIN_KEYS), mods)

    def _key(self, key: int, mods: int = 0) -> None:
        self._event(self.person.window.events.on_key, key, 1, mods)
        if self._random.random() < 0.1:
            self._held.add(key)  # Let go some time.
        else:
            self._event(self.person.window.events.on_key, key, 0, 0)
        if self._held and self._random.random() < 0.3:
            self._event(self.person.window.events.on_key, self._held.pop(), 0, 0)

    def _type(self) -> None:
        for _ in range(self._random.randint(1, 5)):
            self._event(self.person.window.events.on_char, ord(self._random.choice(_LETTERS)))

    def _panel(self) -> None:
        """Bring a panel to the front, close one, or put all back."""
        name = self._random.choice(PANELS).name
        act = self._random.choices((ShowPanel(name), HidePanel(name), ResetLayout()), (8, 1, 1))[0]
        self._event(self.person.app.do, act)

    def _drop(self) -> None:
        several = self._random.sample(self._files, self._random.randint(0, min(2, len(self._files))))
        self._event(self.person.window.events.on_drop, [str(path) for path in several])

    def _leave(self) -> None:
        self._event(self.person.window.events.on_enter, False)
        self._event(self.person.window.events.on_focus, False)
        self.person.look()
        self._event(self.person.window.events.on_focus, True)

    def _resize(self) -> None:
        width, height = self._random.randint(300, 800), self._random.randint(240, 640)
        self._event(glfw.set_window_size, self.person.window._handle, width, height)
        glfw.poll_events()

    def _rest(self) -> None:
        self.person.look(self._random.randint(1, 20))
        self._count += 1

    def _scramble(self) -> None:
        """Let the network be slow or quick, see faces or none, fail or not."""
        session = self._session
        session.step_seconds = self._random.choice((0.0, 0.0, 0.002, 0.01))
        session.steps = self._random.choice((1, 5, 20, 200))
        session.faces = session.faces[:0] if self._random.random() < 0.2 else [_face(self._random)]
        session.fails = self._random.random() < 0.05
        self._count += 1

    def calm_down(self) -> None:
        """Let everything go, and everything come to its end."""
        events = self.person.window.events
        for button in (0, 1, 2):
            events.on_button(button, 0)
        for key in self._held:
            events.on_key(key, 0, 0)
        self._held.clear()
        self._session.fails = False
        for _ in range(3):
            self.person.key(glfw.KEY_ESCAPE)
        glfw.set_window_size(self.person.window._handle, 700, 560)
        glfw.poll_events()
        self.person.app.do(ResetLayout())
        self.person.look(5)
        self.person.click_at(690, 555)  # On the status line: whatever is pulled down goes up.
        self._session.step_seconds = 0.0


def _face(chance: random.Random) -> Any:
    return face_at(chance.uniform(20, 44), chance.uniform(20, 44), chance.uniform(8, 18))


def _glfw_keys(key_map: dict[int, Any]) -> dict[Any, int]:
    return {key: code for code, key in key_map.items()}


class MonkeySession(FakeSession):
    """A session that can be made to fail, and that forgets what it was asked."""

    fails = False

    def _note(self) -> None:
        if self.fails:
            raise EditorError("the session was made to fail")
        super()._note()
        for told in (self.seeds, self.labels, self.latents, self.glances, self.configs, self.planned):
            told.clear()
        self.went_to.clear()
        self.requests.clear()
