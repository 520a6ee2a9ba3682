"""A server on loopback that misbehaves in every way that a download has to live with."""

import http.server
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

CONTENT = bytes(range(256)) * 400


@dataclass
class Page:
    """How the server answers for one path.

    Attributes:
        cuts: the answers that end early: after so many bytes each, in turn; later answers are whole.
        stall: say nothing more after so many bytes, until the server is stopped.
        claim: the length that is claimed; None claims the true one, 0 claims none.
        ranges: whether a Range is heeded; "wrong" sends the file's beginning as if it were the rest.
        tag: the ETag, or empty for none.
    """

    content: bytes = CONTENT
    status: int = 200
    kind: str = "application/octet-stream"
    cuts: tuple[int, ...] = ()
    stall: int | None = None
    claim: int | None = None
    ranges: bool | str = True
    tag: str = '"one"'
    to: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    changes_to: "Page | None" = None


class Loopback:
    """A running server. `asked` lists (path, Range header) of what was asked, in order."""

    def __init__(self, server: http.server.ThreadingHTTPServer) -> None:
        self.address = f"http://127.0.0.1:{server.server_port}"
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str]] = []
        self.ended = threading.Event()

    def page(self, path: str, page: Page | None = None, **how: object) -> str:
        """Set a page; returns its address."""
        self.pages[path] = page or Page(**how)  # type: ignore[arg-type]
        return self.address + path


def _handler(find: Callable[[], Loopback]) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            loopback = find()
            loopback.asked.append((self.path, self.headers.get("Range", "")))
            page = loopback.pages.get(self.path)
            if page is None:
                return self.send_error(404)
            if page.changes_to is not None:
                loopback.pages[self.path] = page.changes_to
            if page.to:
                self.send_response(302)
                self.send_header("Location", page.to)
                return self.end_headers()
            start = self._start(page)
            if start is not None and start >= len(page.content):
                return self.send_error(416)
            self._head(page, start)
            self._body(loopback, page, start or 0)

        def _start(self, page):
            """Read the Range, if it is to be heeded."""
            asked = self.headers.get("Range", "")
            same = self.headers.get("If-Range", page.tag) == page.tag
            return int(asked[6:-1]) if asked and page.ranges and same else None

        def _head(self, page, start):
            self.send_response(page.status if start is None else 206)
            self.send_header("Content-Type", page.kind)
            if page.tag:
                self.send_header("ETag", page.tag)
            for name, value in page.headers.items():
                self.send_header(name, value)
            whole = len(page.content) if page.claim is None else page.claim
            if whole:
                self.send_header("Content-Length", str(whole - (start or 0)))
            if start is not None:
                first = 0 if page.ranges == "wrong" else start
                self.send_header("Content-Range", f"bytes {first}-{whole - 1}/{whole}")
            self.end_headers()

        def _body(self, loopback, page, start):
            end = len(page.content)
            if page.cuts:
                end = start + page.cuts[0]
                page.cuts = page.cuts[1:]
            if page.stall is not None:
                end = page.stall
            self.wfile.write(page.content[start:end])
            self.wfile.flush()
            if page.stall is not None:
                loopback.ended.wait(20)

        def log_message(self, *arguments):
            pass

    return Handler


class running:  # noqa: N801
    """Context manager: a server for the time of a block."""

    def __enter__(self) -> Loopback:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(lambda: self.loopback))
        self._server.daemon_threads = True
        self.loopback = Loopback(self._server)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self.loopback

    def __exit__(self, *how: object) -> None:
        self.loopback.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
