"""What the worker says: frames, of which only the newest counts, and news, of which nothing is lost."""

from viz.answers import capture, edits, network, picture, words
from viz.answers.capture import Saved
from viz.answers.edits import Ended, Paused, Planned, Progress, Report
from viz.answers.network import Fetched, Fetching, Loaded, NetworkInfo, Offered
from viz.answers.picture import Detected, Drawn, Frame, Glimpsed
from viz.answers.words import Failed, Remark, Waiting

News = network.News | picture.News | edits.News | capture.News | words.News
