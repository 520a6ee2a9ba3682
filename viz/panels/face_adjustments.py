"""Panel: the expressions, one click each, and what the last one came to."""

import dataclasses

from imgui_bundle import imgui

from faces.expression import Expression
from faces.expressions import own_folder
from gui_utils import theme
from gui_utils.widgets import button, choice, coloured, disabled, fact, hint, muted, row
from viz.actions import Action, ChangeFace, ClickExpression, LookForFaces, ReadExpressions, ResetFace
from viz.state import AUTOMATIC, DETECTORS, EditorState, FaceState, JobKind, Outcome
from viz.words import achieved_text, asked_text, eyes_shut, reason_text, went_well

GREATEST_STRENGTH = 1.5
_BUTTON_SHARE = 0.40
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
    face = _draw_groups(face)
    for expression in _chosen(face):
        clicked, strength = _draw_expression(state, expression)
        if strength != face.strength(expression.key):
            face = dataclasses.replace(face, strengths={**face.strengths, expression.key: strength})
        if clicked:
            found.append(ClickExpression(expression.key))
    imgui.spacing()
    _draw_faces_found(state)
    if face.outcome is not None and face.outcome.kind is JobKind.ADJUST:
        _draw_outcome(face.outcome)
        imgui.separator()
    face = _draw_settings(face)
    with disabled(state.network.loaded is None):
        if button("Reset", width=-1, tooltip="Back to the picture without edits, all strengths to 1"):
            found.append(ResetFace())
    found += _draw_own()
    if face is not state.face:
        found.insert(0, ChangeFace(face))
    return found


def _draw_groups(face: FaceState) -> FaceState:
    """Draw the switch between groups, and the box that finds an expression in any of them."""
    imgui.set_next_item_width(-1)
    changed, search = imgui.input_text_with_hint("##search", "Find an expression …", face.search)
    hint("Shows the expressions of all groups whose names have these letters. Default: empty, one group")
    if changed:
        face = dataclasses.replace(face, search=search)
    if face.search.strip():
        return face
    names = [(name, name) for name in face.library.groups]
    group = choice("group", face.group, names, "Which part of the face. Default: Eyes")
    return face if group == face.group else dataclasses.replace(face, group=group)


def _chosen(face: FaceState) -> list[Expression]:
    """Give the expressions that are searched for, or those of the group in front."""
    letters = face.search.strip().lower()
    if not letters:
        return face.library.groups.get(face.group, [])
    return [row for row in face.library.expressions.values() if letters in row.title.lower()]


def _draw_expression(state: EditorState, expression: Expression) -> tuple[bool, float]:
    """Draw one row: the button does it, the slider says how much."""
    start, width = imgui.get_cursor_pos_x(), imgui.get_content_region_avail().x
    imgui.push_id(expression.key)
    with disabled(not state.ready or not state.face.there):
        clicked = button(expression.title, width=width * _BUTTON_SHARE, tooltip=_help_of(expression))
    imgui.same_line(start + width * _BUTTON_SHARE + imgui.get_style().item_spacing.x)
    imgui.set_next_item_width(-1)
    strength = state.face.strength(expression.key)
    changed, new = imgui.slider_float("##strength", strength, 0.0, GREATEST_STRENGTH, "%.2f")
    hint(
        "How far to go: 1 is all the way, more than 1 exaggerates. Acts at the next click; what has run is "
        "weighed in the Stack. Default: 1."
    )
    imgui.pop_id()
    return clicked, min(max(float(new), 0.0), 2.0) if changed else strength


def _help_of(expression: Expression) -> str:
    """Say what a click does, and how it is measured."""
    return f"{expression.help} Measured by: {expression.measure_name}.".strip()


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


def _draw_own() -> list[Action]:
    """Say where the user's own expressions belong, and read them again."""
    opened = imgui.tree_node_ex("Own expressions")
    hint("Expressions that you write yourself, in TOML files. Default: none")
    if not opened:
        return []
    muted(f"TOML files in {own_folder()}; docs/expressions.md tells how they are written.")
    pressed = button(
        "Read again", width=-1, tooltip="Read the files again; what is wrong is named with its line"
    )
    imgui.tree_pop()
    return [ReadExpressions()] if pressed else []


def _draw_faces_found(state: EditorState) -> None:
    faces = state.face.faces
    if state.job is not None and state.job.kind.changes_picture:
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
    colour = theme.GOOD if went_well(outcome) else theme.WARNING
    coloured(f"{outcome.title}: {reason_text(outcome.reason)}", colour)
    hint(outcome.message)
    fact("Steps", f"{outcome.steps} in {outcome.seconds:.1f} s")
    report = outcome.report
    if report is None:
        return
    for one in report.members or (report,):
        fact(f"{one.measure[:1].upper()}{one.measure[1:]}", asked_text(one))
        fact("Achieved", achieved_text(one))
        if report.tracked is not None and one is report:
            hint(f"{report.tracked:.1f} {report.unit} by the drag's own points")
    if report.closed:
        fact("Eyes", report.closed, theme.GOOD if eyes_shut(report) else theme.WARNING)
        hint("Detectors are unsure about closed eyes, so the lids that the drag tracked are asked as well")
    fact("Outside the mask", f"changed by {report.drift:.1f} of 255")
    hint("The mean change of the part of the picture that the expression is not about; 0 is none")
