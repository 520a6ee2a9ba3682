import hashlib
import http.server
import socket
import threading

import pytest
from click.testing import CliRunner

from faces import weights
from faces.weights import PRECISE_FILES, WeightFile, WeightsError, fetch, missing, weights_folder
from tests import loopback

CONTENT = bytes(range(256)) * 40
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/gone":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT) * (2 if self.path == "/cut" else 1)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    return tmp_path


def test_weights_live_where_torch_keeps_them(monkeypatch, tmp_path):
    import torch

    assert weights_folder() == tmp_path / "hub" / "checkpoints"
    monkeypatch.delenv("TORCH_HOME")
    for cache in (str(tmp_path / "cache"), None):
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        if cache:
            monkeypatch.setenv("XDG_CACHE_HOME", cache)
        assert str(weights_folder().parent) == torch.hub.get_dir()


def test_a_fetch_brings_the_file_and_tells_how_it_goes(server):
    file = WeightFile("net.pth", server + "/net.pth", 1, DIGEST[:10])
    told = []
    fetch((file,), progress=lambda *step: told.append(step))
    assert file.path.read_bytes() == CONTENT and missing((file,)) == []
    assert told[-1] == ("net.pth", len(CONTENT), len(CONTENT))


def test_a_bar_on_the_terminal_says_what_and_how_large(server, capsys):
    fetch((WeightFile("net.pth", server + "/net.pth", 1),))
    said = capsys.readouterr().err
    assert "net.pth" in said and "10 kB" in said and "127.0.0.1" in said


def test_what_is_there_is_not_fetched_again():
    file = WeightFile("net.pth", "http://127.0.0.1:9/never-asked", 1)
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(b"here")
    fetch((file,))
    assert file.path.read_bytes() == b"here"


@pytest.mark.parametrize(("path", "digest"), [("/gone", ""), ("/cut", ""), ("/net.pth", "0123456789")])
def test_a_fetch_that_fails_says_how_to_place_the_file_by_hand_and_leaves_nothing(server, path, digest, home):
    file = WeightFile("net.pth", server + path, 95_600_000, digest)
    with pytest.raises(WeightsError) as error:
        fetch((file,), progress=lambda *step: None)
    said = str(error.value)
    assert "net.pth (96 MB)" in said and server in said and str(weights_folder()) in said and "\n" not in said
    assert list(weights_folder().iterdir()) == []


def test_a_fetch_that_was_cut_goes_on_where_it_stopped():
    with loopback.running() as server:
        file = WeightFile("net.pth", server.page("/net.pth", cuts=(3000, 0)), 1, "")
        with pytest.raises(WeightsError, match="ended after 3 kB"):
            fetch((file,), progress=lambda *step: None)
        fetch((file,), progress=lambda *step: None)
        assert file.path.read_bytes() == loopback.CONTENT
        assert server.asked[-1] == ("/net.pth", "bytes=3000-")


def test_offline_nothing_is_asked(server):
    with pytest.raises(WeightsError, match="offline nothing is fetched.*by hand"):
        fetch((WeightFile("net.pth", server + "/net.pth", 1),), offline=True)


def test_a_server_that_does_not_answer_is_given_up():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/net.pth"
        with pytest.raises(WeightsError, match="timed out"):
            fetch((WeightFile("net.pth", url, 1),), progress=lambda *step: None, timeout=0.2)


def test_a_folder_that_cannot_be_made_is_said(monkeypatch, home):
    (home / "hub").write_text("a file where a folder should be")
    with pytest.raises(WeightsError, match="could not be fetched"):
        fetch((WeightFile("net.pth", "http://127.0.0.1:9/", 1),))


def test_the_precise_detector_needs_three_files_and_names_them():
    said = weights.place_by_hand(missing())
    assert len(PRECISE_FILES) == 3
    for name in ("2DFAN4-11f355bf06.pth.tar", "blazeface.pth", "anchors.npy"):
        assert name in said


def test_the_command_says_in_one_line_what_is_missing(home):
    result = CliRunner().invoke(weights.main, ["--offline"])
    assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1
    assert "2DFAN4-11f355bf06.pth.tar" in result.stderr
    weights_folder().mkdir(parents=True)
    for file in PRECISE_FILES:
        file.path.touch()
    assert CliRunner().invoke(weights.main, ["--offline"]).stdout.split() == [
        str(f.path) for f in PRECISE_FILES
    ]
