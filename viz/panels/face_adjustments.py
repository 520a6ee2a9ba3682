"""Panel: the expressions, one click each, and what the last one came to."""

import dataclasses

from imgui_bundle import imgui

from faces.expressions import EXPRESSIONS
from gui_utils import theme
from gui_utils.widgets import button, choice, coloured, disabled, fact, hint, muted, row
from viz.actions import Action, ChangeFace, ClickExpression, LookForFaces, ResetFace
from viz.state import AUTOMATIC, DETECTORS, EditorState, FaceState, JobKind, Outcome
from viz.words import achieved_text

GREATEST_STRENGTH = 1.5
_BUTTON_SHARE = 0.40
_GOOD_SHARE = 0.9  # Of the way: an expression that came so far is done, whatever ended it.
_DETECTOR_TEXTS = {AUTOMATIC: "Auto", "bundled": "Bundled", "face-alignment": "Precise"}
_DETECTOR_HELP = (
    "Auto: what fits the network. Bundled: small and quick. "
    "Precise: face-alignment, if its weights can be had."
)


def draw(state: EditorState) -> list[Action]:
    """Draw a button and a strength for each expression, the settings, and the outcome."""
    found: list[Action] = []
    face = state.face
    found += _draw_no_face(state)
    for name in EXPRESSIONS:
        clicked, strength = _draw_expression(state, name)
        if strength != face.strengths[name]:
            face = dataclasses.replace(face, strengths={**face.strengths, name: strength})
        if clicked:
            found.append(ClickExpression(name))
    imgui.spacing()
    face = _draw_settings(face)
    with disabled(state.network.loaded is None):
        if button("Reset", width=-1, tooltip="Back to the seed's own picture, all strengths to 1"):
            found.append(ResetFace())
    _draw_faces_found(state)
    if face.outcome is not None and face.outcome.kind is JobKind.ADJUST:
        _draw_outcome(face.outcome)
    if face is not state.face:
        found.insert(0, ChangeFace(face))
    return found


def _draw_expression(state: EditorState, name: str) -> tuple[bool, float]:
    """Draw one row: the button does it, the slider says how much."""
    expression = EXPRESSIONS[name]
    start, width = imgui.get_cursor_pos_x(), imgui.get_content_region_avail().x
    imgui.push_id(name)
    with disabled(not state.ready or not state.face.there):
        clicked = button(
            expression.title, width=width * _BUTTON_SHARE, tooltip="Find the face and do it, now"
        )
    imgui.same_line(start + width * _BUTTON_SHARE + imgui.get_style().item_spacing.x)
    imgui.set_next_item_width(-1)
    strength = state.face.strengths[name]
    changed, new = imgui.slider_float("##strength", strength, 0.0, GREATEST_STRENGTH, "%.2f")
    hint("How far to go: 1 is all the way, more than 1 exaggerates. Acts at the next click.")
    imgui.pop_id()
    return clicked, min(max(float(new), 0.0), 2.0) if changed else strength


def _draw_settings(face: FaceState) -> FaceState:
    row("Detector", _DETECTOR_HELP)
    texts = [(name, _DETECTOR_TEXTS[name]) for name in DETECTORS]
    detector = choice("detector", face.detector, texts, _DETECTOR_HELP)
    if detector != face.detector:
        face = dataclasses.replace(face, detector=detector)
    automatic = imgui.checkbox("Automatic mask", face.automatic_mask)[1]
    hint("Only the part of the face that the expression is about may move; off, the painted mask counts")
    imgui.same_line(imgui.get_content_region_avail().x * 0.5 + imgui.get_style().window_padding.x)
    landmarks = imgui.checkbox("Show landmarks", face.show_landmarks)[1]
    hint("Draw the 68 landmarks over the picture")
    if (automatic, landmarks) != (face.automatic_mask, face.show_landmarks):
        face = dataclasses.replace(face, automatic_mask=automatic, show_landmarks=landmarks)
    return face


def _draw_faces_found(state: EditorState) -> None:
    faces = state.face.faces
    if state.job is not None and state.job.kind is not JobKind.FILM:
        return
    if faces is not None and len(faces) > 1:
        muted(f"{len(faces)} faces. The largest is meant; show landmarks and click a number for another.")


def _draw_no_face(state: EditorState) -> list[Action]:
    """Say why the buttons are grey: a close look found no face, or a glance did, which may be wrong."""
    if state.face.there:
        muted("A click does it; the slider says how far.")
        return []
    if state.face.faces is not None:
        coloured("No face found in this picture. Try another seed or detector.", theme.WARNING)
        return []
    coloured("No face in this picture, at a glance. Points can be dragged all the same.", theme.WARNING)
    with disabled(not state.ready):
        pressed = button("Look closely", width=-1, tooltip="Ask the detector chosen below")
    return [LookForFaces()] if pressed else []


def _draw_outcome(outcome: Outcome) -> None:
    """Tell what was asked, what came of it, and why it ended."""
    imgui.separator()
    share = outcome.report.share if outcome.report is not None else None
    good = outcome.reason in ("reached", "nothing to do") or (share is not None and share >= _GOOD_SHARE)
    coloured(f"{outcome.title}: {outcome.reason}", theme.GOOD if good else theme.WARNING)
    hint(outcome.message)
    fact("Steps", f"{outcome.steps} in {outcome.seconds:.1f} s")
    report = outcome.report
    if report is None:
        return
    measure = f"{report.measure[:1].upper()}{report.measure[1:]}"
    fact(measure, f"{report.before:.1f} px before, {report.asked:.1f} asked")
    fact("Achieved", achieved_text(report))
    if report.tracked is not None:
        hint(f"{report.tracked:.1f} px by the drag's own points: detectors are unsure about closed eyes")
    fact("Outside the mask", f"changed by {report.drift:.1f} of 255")
