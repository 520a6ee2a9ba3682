"""Job: to write the last edit as a film."""

from dnnlib.errors import EditorError
from dnnlib.files import writable_folder
from dnnlib.pictures import save_gif
from viz import answers, commands
from viz.jobs.desk import Desk

FILM_FPS = 15
_FILM_HOLD = 10  # Times that the last frame of a film is repeated.


def save_film(desk: Desk, command: commands.SaveFilm) -> None:
    """Draw the frames of the last edit again, and write them; a film that is stopped is not written."""
    epoch, path = command.epoch, command.path
    draws = desk.session.film()
    if not draws:
        raise EditorError("No edit to save yet: click an expression, or drag a point, first.")
    writable_folder(path.parent)
    frames = []
    for index, draw in enumerate(draws):
        if desk.inbox.interrupts(epoch, by_newer=False):
            message = f"Stopped: {path.name} was not written."
            return desk.say(answers.Ended(epoch, "stopped", message, index, 0.0))
        frames.append(draw())
        desk.say(answers.Progress(epoch, index + 1, len(draws), share=(index + 1) / len(draws)))
    save_gif(path, frames + frames[-1:] * _FILM_HOLD, FILM_FPS)
    desk.say(answers.Saved(epoch, path))
