"""Jobs about one picture: to draw it, and to look for faces in it."""

from viz import answers, commands
from viz.jobs.desk import Desk

_GLANCE_AFTER = 0.4  # s: who runs through seeds is not kept waiting by looks at each.


def generate(desk: Desk, command: commands.Generate) -> None:
    """Draw the picture of a latent."""
    session = desk.session
    session.go_to_latent(command.latent)
    desk.show(answers.Frame(command.epoch, session.frame(), w=session.current_w()))


def go_to(desk: Desk, command: commands.GoTo) -> None:
    """Go to a w, and draw its picture."""
    session = desk.session
    session.go_to(command.w, command.latent)
    desk.show(answers.Frame(command.epoch, session.frame(), w=command.w))


def draw(desk: Desk, command: commands.Draw) -> None:
    """Draw another picture, and stay."""
    desk.say(answers.Drawn(command.epoch, command.w, desk.session.draw(command.w)))


def glance(desk: Desk, command: commands.Glance) -> None:
    """See whether there seems to be a face, if nobody wants anything for a moment."""
    if desk.inbox.rests(_GLANCE_AFTER):
        desk.say(answers.Glimpsed(command.epoch, desk.session.glance()))


def detect(desk: Desk, command: commands.Detect) -> None:
    """Find the faces; a patient one gives way to whatever else is wanted."""
    if command.patient and not desk.inbox.rests(_GLANCE_AFTER):
        return
    desk.say(answers.Detected(command.epoch, tuple(desk.session.detect(command.detector))))
