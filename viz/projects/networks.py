"""The network of a project: its content decides, not its name."""

from pathlib import Path

from dnnlib.files import FileError, sha256_of
from viz.answers import NetworkInfo
from viz.projects.form import NetworkForm


def info_of(form: NetworkForm, found: Path | None) -> NetworkInfo:
    """Tell what is known of a network, from where it was found or was once."""
    return NetworkInfo(
        found or Path(form.path), form.title, form.sha256, form.width, form.height,
        form.num_ws, form.w_dim, form.num_blocks, form.c_dim,
    )  # fmt: skip


def find_network(form: NetworkForm, folder: Path) -> tuple[Path | None, str]:
    """Look for a checkpoint where it was, and where it would be if it had moved with the project."""
    name = Path(form.path.replace("\\", "/")).name
    candidates = [Path(form.path), folder / form.beside if form.beside else Path(form.path), folder / name]
    other: Path | None = None
    for candidate in dict.fromkeys(candidates):
        if not _is_file(candidate):
            continue
        try:
            if sha256_of(candidate) == form.sha256:
                return candidate, ""
        except FileError:
            continue
        other = other or candidate
    needed = f"the network {form.title!r:.80} (SHA-256 {form.sha256[:12]}…)"
    if other is not None:
        return None, f"This work needs {needed}; {other} is another file by now. Find the right one."
    return None, f"This work needs {needed}, and {form.path} is not there. Find it, wherever it is now."


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
