"""The state in words: what is happening, or what to do next."""

from dnnlib.words import duration_text, size_text
from faces.stack import Layer
from viz.answers import MemberReport, Report
from viz.state import EditorState, Fetch, Job, NetworkState, Outcome, Tool

_SAID_IN_SECONDS = 90
_SHARE_TO_JUDGE_BY = 0.05  # Of the way: before that, nobody can tell how long the rest will take.

_GOOD_SHARE = 0.85  # Of the way: an expression that came so far is done, whatever ended it.


def status_text(state: EditorState) -> str:
    """Say in one line what is happening or what to do next."""
    if state.waiting:
        return state.waiting
    if state.job is not None:
        held = "; points and mask can be changed, Enter goes on" if state.editable else ""
        return f"{state.job.title}: {progress_text(state.job)}{held}"
    if state.network.loading is not None:
        return loading_text(state.network)
    if state.downloads.fetch is not None:
        return f"Fetching {state.downloads.fetch.name}: {download_text(state.downloads.fetch)}"
    if state.network.loaded is None:
        return "Drop a checkpoint on the window, or type its path and press Load."
    if state.walk.playing:
        return f"Walking from seed to seed, at {state.latent.seed}. W stops."
    if state.frame is None or state.frame.epoch != state.picture_epoch:
        return f"Drawing seed {state.latent.seed} …"
    if state.notice:
        return state.notice
    if state.drag.pairs and state.drag.pairs[-1].target is None:
        return f"Click a target for the red point ({len(state.drag.pairs)})."
    if state.photo_waits:
        return _way_in(state)
    if state.drag.tool is Tool.BRUSH:
        return "Paint on the picture with the left button; the right button does the opposite."
    outcome = state.face.outcome
    if outcome is not None and not _points_are_newer(state):
        return _ended_text(outcome)
    if state.complete_pairs:
        return "Press Start to drag the points to their targets. The arrow keys move the selected one."
    return "Click an expression, or click on the picture to set a point."


def _way_in(state: EditorState) -> str:
    """Say what the photograph on the stage waits for."""
    if state.photo.face is None:
        return "There is no face in this photograph: open another one, or press Face to leave it."
    choose = "Click the face that is meant, then press" if len(state.photo.faces) > 1 else "Press"
    return f"{choose} Bring the face in; expressions work on it after that."


def _points_are_newer(state: EditorState) -> bool:
    """Tell whether the last thing that was done is a point set or moved by hand."""
    here = state.history.here
    return here is not None and "points" in here.topics and not here.topics & {"edit", "place"}


def _ended_text(outcome: Outcome) -> str:
    """Say how the last edit ended, and what can be done with it."""
    if outcome.report is None:
        return f"{outcome.title}: {outcome.message[:1].lower()}{outcome.message[1:]}"
    # What was achieved stands beside; the share of the handles' way, which is another measure, does not.
    ended = f"{outcome.title}: {reason_text(outcome.reason)}."
    return f"{ended} Weigh it in the Stack, see the picture before with C, or click the next expression."


def loading_text(network: NetworkState) -> str:
    """Say how the loading goes: what is done, and how many bytes of it."""
    name = network.loading.name if network.loading is not None else ""
    told = network.told
    if told is None:
        return f"Loading {name} …"
    if not told.total:
        return f"{told.stage} {name} …"
    return f"{told.stage}, {name}: {size_text(told.done)} of {size_text(told.total)}"


def outcome_text(outcome: Outcome) -> str:
    """Tell in one line what the last edit came to."""
    ended = reason_text(outcome.reason)
    parts = [f"{outcome.title}: {ended}, {outcome.seconds:.1f} s"]
    report = outcome.report
    if report is not None:
        way = "no face found" if report.achieved is None else f"got {achieved_text(report)}"
        parts.append(f"{report.measure} {report.before:.1f}, asked {report.asked:.1f}, {way}")
        parts.append(f"elsewhere {report.drift:.1f} of 255")
    return "  ·  ".join(parts)


_REASONS = {
    "reached": "done",
    "nothing to do": "nothing to do, it is so already",
    "stalled": "as far as this model goes",
    "oscillating": "as far as this model goes",
    "step limit": "the step limit was met",
    "stopped": "stopped by you",
}


def reason_text(reason: str) -> str:
    """Say in plain words why an edit ended."""
    return _REASONS.get(reason, reason)


def went_well(outcome: Outcome) -> bool:
    """Tell whether an edit is as good as done: reached, or nearly so, or the eyes confirmed shut."""
    if outcome.reason in ("reached", "nothing to do"):
        return True
    report = outcome.report
    return report is not None and ((report.share or 0.0) >= _GOOD_SHARE or eyes_shut(report))


def eyes_shut(report: Report) -> bool:
    """Tell whether eyes that were to be shut are, by all that was asked."""
    return report.closed.startswith("closed, by")


def asked_text(report: Report | MemberReport) -> str:
    """Write where an expression started, and what was asked."""
    return f"{report.before:.1f} {report.unit} before, {report.asked:.1f} asked"


def achieved_text(report: Report | MemberReport) -> str:
    """Write how far an expression came, and what share of the way that is."""
    if report.achieved is None:
        return "no face found"
    share = "" if report.share is None else f" ({report.share:.0%})"
    return f"{report.achieved:.1f} {report.unit}{share}"


def measured_now(state: EditorState, layer: Layer) -> list[str]:
    """Tell what an edit's expressions measure in the picture as it is, if a face was found in it."""
    face, known = state.face.chosen, state.face.library.expressions
    rows = [known[part.expression] for part in layer.parts if part.expression in known]
    if face is None:
        return []
    return [f"{row.measure_name} now {row.measure(face.landmarks):.1f} {row.measured.unit}" for row in rows]


def progress_text(job: Job) -> str:
    """Say how far a job is: step, distance left, steps a second."""
    progress = job.progress
    if job.stopping:
        return "stopping …"
    if progress is None:
        return "looking for the face …" if job.plan is None and job.kind.value == "adjust" else "starting …"
    if job.kind.value == "photo":
        return f"{progress.words} …"
    parts = [f"{progress.done} of {progress.total}"]
    if progress.distance is not None:
        parts.append(f"{progress.distance:.1f} px left")
    elif progress.share is not None and job.kind.value != "film":
        parts.append(f"{1 - progress.share:.0%} of the way left")
    if progress.rate > 0:
        parts.append(f"{progress.rate:.1f} steps a second")
    if progress.words:
        parts.append(progress.words)
    if job.paused:
        parts.append("paused")
    if left := seconds_left_text(job):
        parts.append(f"{left} left")
    return ("step " if job.kind.value != "film" else "frame ") + ", ".join(parts)


def seconds_left(job: Job) -> float | None:
    """Estimate how long a job still takes, s: by the way that is done, and at most all of its steps."""
    progress = job.progress
    if progress is None or progress.rate <= 0 or job.stopping:
        return None
    steps = float(progress.total - progress.done)
    if progress.share is not None and progress.share > _SHARE_TO_JUDGE_BY and progress.done:
        steps = min(steps, progress.done * (1 - progress.share) / progress.share)
    return max(0.0, steps / progress.rate)


def seconds_left_text(job: Job) -> str:
    """Say how long a job still takes; empty where nobody knows yet."""
    seconds = seconds_left(job)
    if seconds is None:
        return ""
    return f"about {seconds:.0f} s" if seconds < _SAID_IN_SECONDS else f"about {duration_text(seconds)}"


def memory_text(memory: tuple[int, int]) -> str:
    """Write bytes in use, and bytes in all if they are known."""
    used, total = memory
    return f"{size_text(used)} of {size_text(total)}" if total else size_text(used)


def download_text(fetch: Fetch) -> str:
    """Say how far a download is: bytes, speed, time left."""
    told = fetch.progress
    if fetch.cancelling:
        return "cancelling …"
    if told is None:
        return "asking the server …"
    if told.total is None:
        return size_text(told.got)
    parts = [f"{size_text(told.got)} of {size_text(told.total)}"]
    if told.rate > 0:
        parts.append(f"{size_text(round(told.rate))} a second")
        parts.append(f"{duration_text((told.total - told.got) / told.rate)} left")
    return ", ".join(parts)
