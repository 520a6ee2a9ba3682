"""What the worker says: frames, of which only the newest counts, and news, of which nothing is lost."""

from viz.answers import capture, edits, layers, machine, network, photo, picture, project, stack, words
from viz.answers.capture import Saved
from viz.answers.edits import Ended, MemberReport, Paused, Planned, Progress, Report
from viz.answers.layers import Layer
from viz.answers.machine import Computing
from viz.answers.network import Fetched, Fetching, LoadCancelled, Loaded, Loading, NetworkInfo, Offered
from viz.answers.photo import Inverted, PhotoOpened, PutBack, TakenUp
from viz.answers.picture import Detected, Drawn, Frame, Glimpsed, LatentRead
from viz.answers.project import ProjectRead, ProjectWritten, WorkFound
from viz.answers.stack import StackRead
from viz.answers.words import Failed, Remark, Waiting

News = (
    network.News
    | photo.News
    | picture.News
    | edits.News
    | capture.News
    | machine.News
    | project.News
    | stack.News
    | words.News
    | layers.News
)
