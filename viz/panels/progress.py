"""Strip under the picture: what runs, how far it is, and Stop; then what came of it. Always in sight."""

from imgui_bundle import imgui

from gui_utils import theme
from gui_utils.widgets import button, coloured, disabled, elided, hint, main_button, stop_button
from viz.actions import Action, ContinueJob, PauseJob, StopJob
from viz.panels import scrubber
from viz.shortcuts import with_keys
from viz.state import EditorState, Job
from viz.words import outcome_text, progress_text


def height() -> float:
    """How much room the strip takes, in screen units: always the same, so that the picture stays."""
    return imgui.get_text_line_height() + imgui.get_frame_height() + 2 * imgui.get_style().item_spacing.y


def draw(state: EditorState) -> list[Action]:
    """Draw title, figures, bar and Stop of the job."""
    job = state.job
    if job is None:
        if state.face.outcome is not None:
            elided(outcome_text(state.face.outcome), theme.MUTED)
        return scrubber.draw(state)
    found: list[Action] = []
    stop_width = imgui.get_font_size() * 6
    pauses = job.kind.changes_picture
    imgui.begin_group()
    coloured(job.title, theme.TEXT)
    imgui.same_line()
    room = (1 + pauses) * (stop_width + imgui.get_style().item_spacing.x)
    elided(progress_text(job), theme.MUTED, imgui.get_content_region_avail().x - room)
    imgui.push_style_color(imgui.Col_.text, (0.0, 0.0, 0.0, 0.0))
    bar_width = imgui.get_content_region_avail().x - room
    imgui.progress_bar(_share(job), imgui.ImVec2(bar_width, imgui.get_font_size() * 0.55))
    imgui.pop_style_color()
    hint("The way that is done, or the steps that are used up, whichever is more")
    imgui.end_group()
    imgui.same_line()
    if pauses:
        found += _draw_pause(job, stop_width)
        imgui.same_line()
    with disabled(job.stopping):
        tooltip = with_keys("End after this step; what is reached stays", "Stop what runs; let a point go")
        if stop_button("Stopping …" if job.stopping else "Stop", width=stop_width, tooltip=tooltip):
            found.append(StopJob())
    return found


def _draw_pause(job: Job, width: float) -> list[Action]:
    """Draw what holds a job, or lets it go on."""
    with disabled(job.stopping or job.pausing):
        if job.paused:
            words = with_keys("Go on from where it stands", "Pause, or go on")
            return [ContinueJob()] if main_button("Continue##job", width=width, tooltip=words) else []
        words = with_keys("Let it wait after this step", "Pause, or go on")
        return [PauseJob()] if button("Pause##job", width=width, tooltip=words) else []


def _share(job: Job) -> float:
    """Fill the bar by what is farther: the way done, or the steps used up. Negative: it wanders."""
    progress = job.progress
    if progress is None:
        return -float(imgui.get_time())
    steps = progress.done / max(1, progress.total)
    return max(steps, progress.share or 0.0)
