"""The thread that fetches published checkpoints: neither the window nor the worker waits for a network.

It touches no torch: what it brings is a file, which the worker opens.
"""

import logging
import threading
import time
from collections.abc import Callable

from dnnlib.errors import EditorError
from viz import answers, commands
from viz.catalogue import Catalogue

logger = logging.getLogger(__name__)

_SAY_EVERY = 0.1  # s: the bar needs no more.
_CLOSE_SECONDS = 2.0  # A server that is silent is not waited for.


class Fetcher:
    """Fetches one checkpoint at a time, each in a thread of its own.

    Args:
        catalogue: what there is.
        on_answer: called in the thread whenever there is something to poll.
    """

    def __init__(self, catalogue: Catalogue, on_answer: Callable[[], None] = lambda: None) -> None:
        self._catalogue = catalogue
        self._on_answer = on_answer
        self._lock = threading.Lock()
        self._news: list[answers.News] = []
        self._cancelled = threading.Event()
        self._said_at = 0.0
        self._thread = self._start(self._list)

    def send(self, command: commands.Fetch | commands.FetchAddress | commands.CancelFetch) -> None:
        """Begin a fetch, or end the one under way. The window asks for a second one only after the first."""
        if isinstance(command, commands.CancelFetch):
            self._cancelled.set()
        elif self._thread.is_alive() and self._thread.name == "fetch":
            self._say(answers.Failed(command.epoch, "Another download is under way: wait for it to end."))
        else:
            self._cancelled = threading.Event()
            self._thread = self._start(lambda: self._fetch(command), "fetch")

    def poll(self) -> list[answers.News]:
        """Take all news since the last call, in order."""
        with self._lock:
            news, self._news = self._news, []
            return news

    def close(self) -> None:
        """End what is under way; what has come stays on the disk, to go on with."""
        self._cancelled.set()
        self._thread.join(_CLOSE_SECONDS)

    # ------------------------------------------------------------------------
    # In the thread.

    def _start(self, work: Callable[[], None], name: str = "catalogue") -> threading.Thread:
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        return thread

    def _list(self) -> None:
        try:
            self._say(answers.Offered(self._catalogue.offers()))
        except EditorError as error:
            self._say(answers.Remark(str(error)))

    def _fetch(self, command: commands.Fetch | commands.FetchAddress) -> None:
        cancelled, began = self._cancelled, time.monotonic()
        first: list[int] = []

        def tell(got: int, total: int | None) -> None:
            first.append(got) if not first else None
            now = time.monotonic()
            if now - self._said_at < _SAY_EVERY and got != total:
                return
            self._said_at = now
            rate = (got - first[0]) / (now - began) if now > began else 0.0
            self._say(answers.Fetching(command.epoch, got, total, rate))

        try:
            if isinstance(command, commands.Fetch):
                path = self._catalogue.fetch(command.name, tell, cancelled.is_set)
            else:
                path = self._catalogue.fetch_address(command.address, tell, cancelled.is_set)
            self._list()
            self._say(answers.Fetched(command.epoch, path))
        except EditorError as error:
            self._say(answers.Failed(command.epoch, str(error)))
        except Exception as error:
            logger.exception("a download failed")
            words = str(error).strip().splitlines() or [type(error).__name__]
            self._say(answers.Failed(command.epoch, f"The download failed: {words[0]}"))

    def _say(self, news: answers.News) -> None:
        with self._lock:
            self._news.append(news)
        self._on_answer()
