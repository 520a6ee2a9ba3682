"""A dialog for files that Dear ImGui draws, where the system has none of its own."""

from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import button, coloured, elided, hint, main_button

_SIZE = 40.0, 28.0  # Of the text's.
_ROWS_BELOW = 2.6  # Of the buttons': what stands below the list.
_ACCEPT = {"open": "Open", "save": "Save", "folder": "Choose"}


class FileDialog:
    """Asks for a file or a folder, in front of everything else, until it is answered.

    Args:
        title: what it asks for.
        patterns: (words, patterns) of the files that are shown: ("Checkpoints", "*.pkl *.pt").
        kind: "open", "save" or "folder".
        start: the path proposed, or the folder to begin in; empty: the current folder.
    """

    def __init__(
        self, title: str, patterns: Sequence[tuple[str, str]], kind: str = "open", start: str = ""
    ) -> None:
        self._title, self._patterns, self._kind = title, patterns, kind
        proposed = Path(start).expanduser() if start else Path.cwd()
        proposed = proposed.absolute()
        self._folder = proposed if proposed.is_dir() else proposed.parent
        self._name = "" if proposed.is_dir() else proposed.name
        while not self._folder.is_dir():  # It is made when something is saved in it.
            self._name = str(Path(self._folder.name, self._name))
            self._folder = self._folder.parent
        self._shown_patterns = patterns[0][1] if patterns else "*"
        self._says = ""
        self._replaces = False
        self._answer: str | None = None
        self._fresh = True
        self._list()

    def ready(self, timeout: int = 0) -> bool:
        """Tell whether it was answered; it never waits."""
        return self._answer is not None

    def result(self) -> str:
        """Give the path that was chosen; empty if none was."""
        return self._answer or ""

    def kill(self) -> bool:
        """Put it away unanswered."""
        self._answer = ""
        return True

    # ------------------------------------------------------------------------
    # What it does.

    def _list(self) -> None:
        """Read the folder: folders first, then the files that are meant."""
        wanted = self._shown_patterns.split()
        try:
            found = [path for path in self._folder.iterdir() if not path.name.startswith(".")]
            folders = sorted((path for path in found if path.is_dir()), key=_by_name)
            files = sorted((path for path in found if not path.is_dir()), key=_by_name)
        except OSError as error:
            self._says = f"{self._folder}: {error.strerror or error}"
            folders = files = []
        kept = [path for path in files if any(fnmatch(path.name.lower(), one) for one in wanted)]
        self._entries = [*((path, True) for path in folders), *((path, False) for path in kept)]

    def _enter(self, folder: Path) -> None:
        self._folder, self._name, self._says, self._replaces = folder, "", "", False
        self._list()

    def _accept(self) -> None:
        """Answer with what is chosen, or say what is wrong with it."""
        typed = self._name.strip()
        path = self._folder / Path(typed).expanduser()
        try:
            is_folder, is_there = path.is_dir(), path.exists()
        except (OSError, ValueError) as error:
            self._says = f"{typed!r:.60} is no name of a file ({error})."
            return
        if self._kind == "folder":
            self._answer, self._says = (str(path), "") if is_folder else (None, f"{path} is no folder.")
        elif not typed:
            self._says = "Click a file, or type its name."
        elif is_folder:
            self._enter(path)
        elif self._kind == "open" and not is_there:
            self._says = f"{path.name} is not there."
        elif self._kind == "save" and is_there and not self._replaces:
            self._says, self._replaces = f"{path.name} is there already.", True
        else:
            self._answer = str(path)

    # ------------------------------------------------------------------------
    # What is seen of it.

    def draw(self) -> None:
        """Draw it, outside of all windows."""
        name, text = f"{self._title}###file dialog", imgui.get_font_size()
        if self._fresh:
            imgui.open_popup(name)
        viewport = imgui.get_main_viewport()
        size = imgui.ImVec2(
            *(min(side * text, room * 0.9) for side, room in zip(_SIZE, viewport.size, strict=True))
        )
        middle = imgui.ImVec2(viewport.pos.x + viewport.size.x / 2, viewport.pos.y + viewport.size.y / 2)
        imgui.set_next_window_pos(middle, imgui.Cond_.appearing, imgui.ImVec2(0.5, 0.5))
        imgui.set_next_window_size(size, imgui.Cond_.appearing)
        if not imgui.begin_popup_modal(name, None, imgui.WindowFlags_.no_saved_settings)[0]:
            return
        self._draw_folder()
        self._draw_entries()
        self._draw_name()
        self._draw_buttons()
        if imgui.is_key_pressed(imgui.Key.escape):
            self._answer = ""
        if self._answer is not None:
            imgui.close_current_popup()
        imgui.end_popup()
        self._fresh = False

    def _draw_folder(self) -> None:
        for words, folder in (("Up", self._folder.parent), ("Home", Path.home()), ("Here", Path.cwd())):
            if button(words, tooltip=f"Go to {folder}"):
                self._enter(folder)
            imgui.same_line()
        imgui.align_text_to_frame_padding()
        elided(str(self._folder), theme.MUTED)

    def _draw_entries(self) -> None:
        room = imgui.get_content_region_avail().y - _ROWS_BELOW * imgui.get_frame_height_with_spacing()
        imgui.begin_child("entries", imgui.ImVec2(0, max(room, imgui.get_font_size() * 3)))
        for path, is_folder in self._entries:
            words = f"{path.name}/" if is_folder else path.name
            flags = imgui.SelectableFlags_.allow_double_click | imgui.SelectableFlags_.no_auto_close_popups
            if imgui.selectable(words, path.name == self._name, flags)[0]:
                if is_folder:
                    self._enter(path)
                    break
                # The second click of a double one on a folder meets what lies in that: it is not meant.
                if not imgui.is_mouse_double_clicked(imgui.MouseButton_.left):
                    self._name, self._says, self._replaces = path.name, "", False
                elif path.name == self._name:
                    self._accept()
            hint("Click to open the folder" if is_folder else "Click to choose it, double-click to take it")
        imgui.end_child()

    def _draw_name(self) -> None:
        if self._fresh:
            imgui.set_keyboard_focus_here()
        imgui.set_next_item_width(-1 if not self._patterns else imgui.get_content_region_avail().x * 0.62)
        flags = imgui.InputTextFlags_.enter_returns_true
        entered, name = imgui.input_text_with_hint("##name", "name, or a whole path …", self._name, flags)
        hint("The file's name, or a whole path; Enter takes it")
        if name != self._name:
            self._name, self._says, self._replaces = name, "", False
        if entered:
            self._accept()
        if self._patterns:
            imgui.same_line()
            imgui.set_next_item_width(-1)
            shown = next(words for words, patterns in self._patterns if patterns == self._shown_patterns)
            if imgui.begin_combo("##patterns", shown):
                for words, patterns in self._patterns:
                    if imgui.selectable(words, patterns == self._shown_patterns)[0]:
                        self._shown_patterns = patterns
                        self._list()
                imgui.end_combo()
            hint(f"Which files are listed: {self._shown_patterns}")

    def _draw_buttons(self) -> None:
        words = "Replace it" if self._replaces else _ACCEPT[self._kind]
        width = imgui.get_font_size() * 7
        if main_button(words, width=width, tooltip="Take what is chosen"):
            self._accept()
        imgui.same_line()
        if button("Cancel##dialog", width=width, tooltip="Choose nothing (Esc)"):
            self._answer = ""
        if self._says:
            imgui.same_line()
            imgui.align_text_to_frame_padding()
            coloured(self._says, theme.WARNING)


def _by_name(path: Path) -> str:
    return path.name.lower()
