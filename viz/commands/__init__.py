"""What the window asks of the worker: frozen commands, each with an epoch that grows from command to command.

An answer carries the epoch of its command, so that the window can tell old news from new.
"""

from viz.commands import capture, edits, layers, network, photo, picture, project, stack, window
from viz.commands.capture import ReadLatent, SaveFilm, WriteLatent, WritePicture, WriteWindow
from viz.commands.edits import Adjust, Drag, Pace, Regrip, Retune, Stop
from viz.commands.layers import Watch
from viz.commands.network import CancelFetch, CancelLoad, Fetch, FetchAddress, Load
from viz.commands.photo import Invert, OpenPhoto, PutBack, SavePhoto, TakeUp
from viz.commands.picture import Detect, Draw, Generate, Glance, GoTo
from viz.commands.project import DiscardWork, FindWork, ReadProject, SetAside, TakeWork, WriteProject
from viz.commands.stack import ReadStackFile, WriteDirection, WriteRecipe
from viz.commands.window import ArrangePanels, CloseWindow, FocusPanel, OpenDialog

Command = (
    network.Command
    | photo.Command
    | picture.Command
    | edits.Command
    | capture.Command
    | project.Command
    | window.Command
    | layers.Command
    | stack.Command
)
