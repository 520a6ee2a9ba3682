"""What the window does itself: files that are quick to write, dialogs of the system, panels in front."""

import shutil
import sys
from collections.abc import Callable
from typing import Any

from imgui_bundle import portable_file_dialogs as dialogs

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from dnnlib.latent_files import load_latent, save_latent
from dnnlib.pictures import save_png
from gui_utils.file_dialog import FileDialog
from gui_utils.window import Window
from viz import answers, commands, stack_files
from viz.actions import Action, AskForFile
from viz.docks import Docks

_OWN = (
    commands.WritePicture,
    commands.WriteWindow,
    commands.WriteLatent,
    commands.ReadLatent,
    commands.WriteRecipe,
    commands.WriteDirection,
    commands.ReadStackFile,
    commands.FocusPanel,
    commands.ArrangePanels,
    commands.OpenDialog,
    commands.CloseWindow,
)
# What draws dialogs on Linux; where none of them is installed, we draw our own.
_DIALOG_PROGRAMS = ("zenity", "kdialog", "matedialog", "qarma")


class Errands:
    """Does commands on the window's own thread. None of them waits.

    Args:
        window: to be closed.
        docks: where the panels are.
    """

    def __init__(self, window: Window, docks: Docks) -> None:
        self._window, self._docks = window, docks
        self._dialog: tuple[AskForFile, Any] | None = None
        self._told: list[answers.News] = []

    def takes(self, command: commands.Command) -> bool:
        """Tell whether a command is done here."""
        return isinstance(command, _OWN)

    def do(self, command: commands.Command) -> list[answers.News]:
        """Do it; give what there is to tell."""
        match command:
            case commands.WritePicture():
                return [_write_picture(command)]
            case commands.WriteWindow(epoch, path):
                self._window.picture_next(
                    lambda seen: self._told.append(_write_picture(commands.WritePicture(epoch, path, seen)))
                )
            case commands.WriteLatent():
                return [_write_latent(command)]
            case commands.ReadLatent():
                return [_read_latent(command)]
            case commands.WriteRecipe() | commands.WriteDirection() | commands.ReadStackFile():
                return [stack_files.do(command)]
            case commands.FocusPanel(_, name):
                self._docks.bring_to_front(name)
            case commands.ArrangePanels():
                self._docks.arrange()
            case commands.CloseWindow():
                self._window.ask_to_close()
            case commands.OpenDialog(_, asked):
                self._open_dialog(asked)
        return []

    def poll(self) -> list[answers.News]:
        """Take what has come of errands that took a while."""
        told, self._told = self._told, []
        return told

    # ------------------------------------------------------------------------
    # Dialogs of the system: another process, which is asked now and then. Our own is drawn with the window.

    @property
    def dialog_in_front(self) -> bool:
        """Whether a dialog of our own is in front of everything: the window's keys wait for it."""
        return self._dialog is not None and isinstance(self._dialog[1], FileDialog)

    def _open_dialog(self, asked: AskForFile) -> None:
        if self._dialog is not None:
            return
        try:
            self._dialog = asked, _MAKERS[asked.kind](asked) if _has_dialogs() else _own(asked)
        except RuntimeError:
            self._dialog = asked, _own(asked)

    def chosen(self) -> list[Action]:
        """Give the action of what was chosen in a dialog since the last call; draw it, if it is our own."""
        if self._dialog is None:
            return []
        asked, dialog = self._dialog
        self._window.stay_awake(0.1)
        if isinstance(dialog, FileDialog):
            dialog.draw()
        if not dialog.ready(0):
            return []
        self._dialog = None
        result = dialog.result()
        path = result if isinstance(result, str) else next(iter(result), "")
        return [asked.then(path)] if path else []

    def close(self) -> None:
        """Put a dialog away that is still open."""
        if self._dialog is not None:
            self._dialog[1].kill()
            self._dialog = None


def _has_dialogs() -> bool:
    """Tell whether this system can ask for a file."""
    return not sys.platform.startswith("linux") or any(map(shutil.which, _DIALOG_PROGRAMS))


def _own(asked: AskForFile) -> FileDialog:
    return FileDialog(asked.title, asked.patterns, asked.kind, asked.start)


def _filters(asked: AskForFile) -> list[str]:
    return [word for pair in asked.patterns for word in pair]


_MAKERS: dict[str, Callable[[AskForFile], Any]] = {
    "open": lambda asked: dialogs.open_file(asked.title, asked.start, _filters(asked)),
    "save": lambda asked: dialogs.save_file(asked.title, asked.start, _filters(asked)),
    "folder": lambda asked: dialogs.select_folder(asked.title, asked.start),
}


def _write_picture(command: commands.WritePicture) -> answers.News:
    try:
        writable_folder(command.path.parent)
        save_png(command.path, command.picture)
    except EditorError as error:
        return answers.Failed(command.epoch, str(error))
    return answers.Saved(command.epoch, command.path)


def _write_latent(command: commands.WriteLatent) -> answers.News:
    try:
        writable_folder(command.path.parent)
        save_latent(command.path, command.w, command.z, command.seed)
    except EditorError as error:
        return answers.Failed(command.epoch, str(error))
    return answers.Saved(command.epoch, command.path)


def _read_latent(command: commands.ReadLatent) -> answers.News:
    try:
        return answers.LatentRead(command.epoch, load_latent(command.path))
    except EditorError as error:
        return answers.Failed(command.epoch, str(error))
