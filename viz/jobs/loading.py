"""Job: to read a checkpoint, and to see what lies beside it."""

from pathlib import Path

from dnnlib.errors import CancelledError
from viz import answers, commands
from viz.jobs.desk import Desk
from viz.opening import Opening

_CHECKPOINTS = (".safetensors", ".pkl", ".pt", ".pth")
_HEADER = 1 << 16  # Bytes of a .safetensors in which a network names its class.


def load(desk: Desk, command: commands.Load) -> None:
    """Replace the session only when the new one is there: a failure leaves the old network in use."""

    def tell(stage: str, done: int, total: int) -> None:
        if desk.inbox.ends_load(command.epoch):
            raise CancelledError("cancelled")
        desk.say_now_and_then(answers.Loading(command.epoch, stage, done, total))

    try:
        tell("Reading", 0, 0)
        session = desk.open_session(command.path, Opening(command.device, tell))
        tell("Drawing", 0, 0)
    except CancelledError:
        return desk.say(answers.LoadCancelled(command.epoch))
    session.on_remark = lambda text: desk.say(answers.Remark(text))
    session.on_wait = desk.wait
    desk.loaded = session
    desk.computes_on(command.device)
    height, width = session.image_size
    network = answers.NetworkInfo(
        session.path, session.title, session.sha256, width, height,
        session.num_ws, session.w_dim, session.num_blocks, session.c_dim, session.z_dim,
        session.has_noise,
    )  # fmt: skip
    desk.say(answers.Loaded(command.epoch, network, _checkpoints_beside(session.path)))


def _checkpoints_beside(path: Path) -> tuple[Path, ...]:
    """List the files in a checkpoint's folder that may be checkpoints too: their content decides, later."""
    try:
        return tuple(sorted(file for file in path.parent.iterdir() if _may_be_network(file)))
    except OSError:
        return ()


def _may_be_network(file: Path) -> bool:
    """Tell whether a file is worth offering: a detector's weights are tensors too, but name no class."""
    if file.suffix != ".safetensors":
        return file.suffix in _CHECKPOINTS
    try:
        with file.open("rb") as opened:
            return b'"class_name"' in opened.read(_HEADER)
    except OSError:
        return False
