"""Small steps from one state of the editor to the next, of which its rules are made."""

import dataclasses
from pathlib import Path

from dnnlib.errors import EditorError
from drag.request import FloatArray
from viz import answers, commands
from viz.state import Banner, Curve, EditorState, Job, JobKind, WindowState
from viz.state.history import Moment

Result = tuple[EditorState, tuple[commands.Command, ...]]


_MOST_BANNERS = 3
_MOST_RECENT = 12


def with_banner(state: EditorState, text: str, *, severe: bool = True) -> EditorState:
    """Show an error, or a remark; one that is shown already is not shown twice."""
    kept = tuple(banner for banner in state.banners if banner.text != text)
    number = 1 + max((banner.number for banner in state.banners), default=0)
    return dataclasses.replace(state, banners=(*kept, Banner(number, text, severe))[-_MOST_BANNERS:])


def next_epoch(state: EditorState) -> EditorState:
    """Count one command more."""
    return dataclasses.replace(state, epoch=state.epoch + 1)


def done_loading(state: EditorState, epoch: int) -> EditorState:
    """Stop waiting for a checkpoint, unless another one was asked for since."""
    return in_network(state, loading=None, told=None) if state.network.loading_epoch == epoch else state


def in_network(state: EditorState, **changes: object) -> EditorState:
    """Change what is known of the network."""
    return dataclasses.replace(state, network=dataclasses.replace(state.network, **changes))  # type: ignore[arg-type]


def with_machine(state: EditorState, news: answers.Computing) -> EditorState:
    """Note what computes, and what else could."""
    machine = dataclasses.replace(
        state.machine, device=news.device, devices=news.devices, device_memory=news.memory
    )
    return dataclasses.replace(state, machine=machine)


def with_recent(state: EditorState, path: Path) -> EditorState:
    """Note a checkpoint as the one used last."""
    path = path.absolute()
    others = tuple(old for old in state.network.recent if old != path)
    return in_network(state, recent=(path, *others)[:_MOST_RECENT])


def in_face(state: EditorState, **changes: object) -> EditorState:
    """Change what is known of faces."""
    return dataclasses.replace(state, face=dataclasses.replace(state.face, **changes))  # type: ignore[arg-type]


def in_picture(state: EditorState, **changes: object) -> EditorState:
    """Change what is known of the picture's w."""
    return dataclasses.replace(state, picture=dataclasses.replace(state.picture, **changes))  # type: ignore[arg-type]


def in_project(state: EditorState, **changes: object) -> EditorState:
    """Change what is known of the project."""
    return dataclasses.replace(state, project=dataclasses.replace(state.project, **changes))  # type: ignore[arg-type]


def project_is(state: EditorState, path: Path | None, kept: Moment | None) -> EditorState:
    """Note where the work is, and what of it is there; without a path, nothing is."""
    if path is None:
        return in_project(state, path=None, kept=None)
    recent = (path.absolute(), *(one for one in state.project.recent if one != path.absolute()))
    return in_project(state, path=path, kept=kept, recent=recent[:_MOST_RECENT], typed=str(path))


def done_with_project(state: EditorState, epoch: int) -> EditorState:
    """Stop waiting for what was asked of the keeper by the command of an epoch."""
    return in_project(state, doing="") if state.project.doing_epoch == epoch else state


def in_job(state: EditorState, epoch: int, **changes: object) -> EditorState:
    """Change the job of an epoch, if it still runs."""
    if state.job is None or state.job.epoch != epoch:
        return state
    return dataclasses.replace(state, job=dataclasses.replace(state.job, **changes))  # type: ignore[arg-type]


def without_job(state: EditorState, epoch: int) -> EditorState:
    """Drop what was waiting for an answer of that epoch."""
    if state.job is not None and state.job.epoch == epoch:
        state = dataclasses.replace(state, job=None)
    return state


def begin(state: EditorState, kind: JobKind, title: str) -> EditorState:
    """Note a job that changes the picture."""
    state = next_epoch(state)
    state = dataclasses.replace(state, picture_epoch=state.epoch, job=Job(state.epoch, kind, title))
    state = dataclasses.replace(state, curve=Curve(), window=dataclasses.replace(state.window, greeted=True))
    return in_face(state, faces=None, glanced=False, outcome=None)


def check_in_sight(state: EditorState) -> None:
    """See to it that an edit is of what is on the stage.

    Raises:
        EditorError: if that is a photograph whose face is not in the network yet.
    """
    if state.photo_waits:
        raise EditorError(
            "The face of this photograph is not in the network yet: press Bring the face in (panel Photo), "
            "or Face there to work on the network's own picture."
        )


def numbers(points: FloatArray) -> list[tuple[float, float]]:
    """Turn points [N, 2] into pairs of (x, y)."""
    return [(float(x), float(y)) for x, y in points]


def with_help(window: WindowState, *, shown: bool) -> WindowState:
    """Show or put away the list of keys."""
    return dataclasses.replace(window, help=shown)
