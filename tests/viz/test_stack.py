"""The stack of edits: its rules as plain functions, and the panel in the real window."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from drag.path import EditPath
from faces.expressions import EXPRESSIONS, Library
from faces.recipe import load_recipe
from faces.stack import Layer, Part
from tests.faces.test_expression_files import GOOD
from tests.viz.conftest import EditorPerson
from tests.viz.fakes import face_at
from viz import actions, answers, commands
from viz.editor import act, hear
from viz.state import EditorState, PointPair
from viz.words import measured_now, outcome_text, went_well

INFO = answers.NetworkInfo(Path("a.safetensors"), "A", "00", 64, 64, 8, 16, 4)
SHAPE = (8, 16)


def w(seed):
    array = np.random.RandomState(seed).randn(*SHAPE).astype(np.float32)
    array.flags.writeable = False
    return array


def path(start, end):
    points = np.zeros((1, 2), np.float32)
    return EditPath.of([0, 3], [start, end], [points, points], points)


class Bench:
    """The rules with a worker whose answers are written here."""

    def __init__(self):
        self.state = EditorState()
        self.asked: tuple[commands.Command, ...] = ()
        self.do(actions.OpenNetwork("a.safetensors"))
        self.hear(answers.Loaded(self.state.epoch, INFO))
        self.show(w(0))

    def do(self, action):
        self.state, self.asked = act(self.state, action)

    def hear(self, news):
        self.state, self.asked = hear(self.state, news)

    def show(self, shown=None):
        picture = np.zeros((64, 64, 3), np.uint8)
        self.hear(answers.Frame(self.state.picture_epoch, picture, w=shown))

    def end(self, end, reason="reached"):
        assert self.state.job is not None
        start, epoch = self.state.picture.w, self.state.job.epoch
        self.hear(answers.Ended(epoch, reason, "", 3, 0.1, faces=(face_at(),), path=path(start, end)))

    def click(self, key, end):
        self.do(actions.ClickExpression(key))
        self.end(end)

    @property
    def stack(self):
        return self.state.picture.stack

    def amount(self, index, amount):
        layer = dataclasses.replace(self.stack[index], amount=amount)
        self.do(actions.ChangeLayer(index, layer))

    def of_kind(self, kind):
        return [command for command in self.asked if isinstance(command, kind)]


@pytest.fixture
def bench():
    return Bench()


def test_an_edit_lies_on_the_stack_with_what_was_asked(bench):
    bench.do(actions.ChangeFace(dataclasses.replace(bench.state.face, strengths={"smile": 0.6})))
    bench.click("smile", w(1))
    (layer,) = bench.stack
    assert layer.parts == (Part("smile", 0.6),) and layer.title == "Smile" and layer.amount == 1 and layer.on
    assert np.array_equal(bench.state.picture.w, w(1))


def test_the_amount_moves_the_picture_at_once_and_exactly(bench):
    bench.click("smile", w(1))
    for amount, expected in ((0.0, w(0)), (0.5, w(0) + 0.5 * (w(1) - w(0))), (1.0, w(1))):
        bench.amount(0, amount)
        (went,) = bench.of_kind(commands.GoTo)
        assert np.allclose(went.w, expected, atol=1e-6) and not bench.of_kind(commands.Adjust)
        assert amount == 0.5 or np.array_equal(went.w, expected)
        assert bench.state.picture.w is went.w
    bench.amount(0, 9.0)
    assert bench.stack[0].amount == 1.5, "within bounds"


def test_an_edit_can_be_switched_off_moved_and_taken_out(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    first = bench.stack[0]
    bench.do(actions.ChangeLayer(0, dataclasses.replace(first, on=False)))
    assert np.allclose(bench.state.picture.w, w(0) + w(2) - w(1), atol=1e-5)
    bench.do(actions.MoveLayer(0, 1))
    assert [layer.title for layer in bench.stack] == ["Close eyes", "Smile"]
    bench.do(actions.RemoveLayer(0))
    assert [layer.title for layer in bench.stack] == ["Smile"]
    bench.do(actions.ClearStack())
    assert bench.stack == () and np.array_equal(bench.state.picture.w, w(0))


def test_all_of_it_can_be_undone_in_words(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    for amount in (0.8, 0.6):
        bench.amount(0, amount)
    bench.do(actions.LetGo())
    bench.do(actions.ChangeLayer(1, dataclasses.replace(bench.stack[1], on=False)))
    bench.do(actions.LetGo())
    bench.do(actions.MoveLayer(0, 1))
    bench.do(actions.LetGo())
    bench.do(actions.ClearStack())
    said = [entry.words for entry in bench.state.history.entries][-4:]
    assert said == [
        "Smile: amount 0.60", "Close eyes: switched off", "Edits put in another order", "Stack cleared",
    ]  # fmt: skip
    for _ in range(4):
        bench.do(actions.Undo())
    assert np.array_equal(bench.state.picture.w, w(2)) and [one.amount for one in bench.stack] == [1, 1]


def test_on_another_picture_the_stack_waits_and_is_replayed_in_its_order(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.amount(0, 0.5)
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    bench.show(w(5))
    assert [(layer.title, layer.done, layer.amount) for layer in bench.stack] == [
        ("Smile", False, 0.5), ("Close eyes", False, 1.0),
    ]  # fmt: skip
    bench.do(actions.ReplayStack())
    (asked,) = bench.of_kind(commands.Adjust)
    assert asked.expression.key == "smile" and bench.state.job.title == "Smile"
    bench.end(w(6))
    # Half of the smile is used before the eyes are closed.
    (went,), (asked,) = bench.of_kind(commands.GoTo), bench.of_kind(commands.Adjust)
    assert np.allclose(went.w, w(5) + 0.5 * (w(6) - w(5)), atol=1e-6)
    assert asked.expression.key == "close_eyes" and asked.epoch > went.epoch
    bench.end(w(7))
    assert [layer.done for layer in bench.stack] == [True, True] and not bench.state.busy
    assert np.array_equal(bench.state.picture.w, w(7))


def test_a_replay_need_not_wait_for_the_first_frame_of_a_picture(bench):
    bench.click("smile", w(1))
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    bench.do(actions.ReplayStack())
    assert [one.expression.key for one in bench.of_kind(commands.Adjust)] == ["smile"]
    epoch = bench.state.job.epoch
    bench.hear(answers.Ended(epoch, "reached", "", 3, 0.1, faces=(face_at(),), path=path(w(5), w(6))))
    assert bench.stack[0].done and np.array_equal(bench.state.picture.own_w, w(5))


def test_one_that_is_off_is_not_replayed(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.do(actions.ChangeLayer(0, dataclasses.replace(bench.stack[0], on=False)))
    bench.do(actions.ReplayStack())
    assert [one.expression.key for one in bench.of_kind(commands.Adjust)] == ["close_eyes"]
    bench.end(w(3))
    assert [layer.done for layer in bench.stack] == [False, True]


@pytest.mark.parametrize("ending", ["stopped", "failed"])
def test_a_replay_that_is_stopped_or_fails_does_no_more(bench, ending):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.do(actions.ReplayStack())
    if ending == "stopped":
        bench.end(w(3), "stopped")
    else:
        bench.hear(answers.Failed(bench.state.job.epoch, "no face"))
    assert not bench.of_kind(commands.Adjust) and not bench.state.busy and bench.state.replay is None
    assert [layer.done for layer in bench.stack] == [ending == "stopped", False]


def test_the_first_edit_of_another_picture_begins_a_new_stack(bench):
    bench.click("smile", w(1))
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    bench.show(w(5))
    bench.click("close_eyes", w(6))
    assert [layer.title for layer in bench.stack] == ["Close eyes"]


def test_joined_edits_are_asked_for_at_once(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.do(actions.JoinLayers())
    (layer,) = bench.stack
    assert layer.title == "Smile + Close eyes" and np.array_equal(bench.state.picture.w, w(0))
    bench.do(actions.ReplayStack())
    (asked,) = bench.of_kind(commands.Adjust)
    assert [row.key for row, _ in asked.expression.members] == ["smile", "close_eyes"]


def test_a_drag_by_hand_is_replayed_as_a_direction(bench):
    bench.do(actions.ChangeDrag(dataclasses.replace(bench.state.drag, pairs=(PointPair((1, 1), (5, 5)),))))
    bench.do(actions.StartDrag())
    bench.end(w(1))
    assert bench.stack[0].parts == () and bench.stack[0].title == "Drag"
    bench.do(actions.ChangeLatent(dataclasses.replace(bench.state.latent, seed=5)))
    bench.show(w(5))
    bench.do(actions.ReplayStack())
    (went,) = bench.of_kind(commands.GoTo)
    assert np.allclose(went.w, w(5) + w(1) - w(0), atol=1e-5) and not bench.of_kind(commands.Adjust)


def test_where_an_edit_ends_may_be_chosen_later(bench):
    bench.click("smile", w(1))
    bench.amount(0, 0.3)
    bench.do(actions.ScrubEdit(0.5))
    assert bench.stack[0].amount == 1 and np.allclose(bench.stack[0].end, (w(0) + w(1)) / 2, atol=1e-6)
    assert np.array_equal(bench.state.picture.w, bench.stack[0].end)


def test_reset_takes_all_edits_out(bench):
    bench.click("smile", w(1))
    bench.do(actions.ResetFace())
    assert bench.stack == ()


def test_while_an_edit_runs_the_stack_stays(bench):
    bench.click("smile", w(1))
    bench.do(actions.ClickExpression("close_eyes"))
    before = bench.stack
    for action in (actions.RemoveLayer(0), actions.ClearStack(), actions.ReplayStack()):
        bench.do(action)
        assert bench.stack is before and bench.asked == ()


def test_nothing_to_replay_or_to_save_is_said(bench):
    for action, says in (
        (actions.ReplayStack(), "Nothing to replay"),
        (actions.SaveRecipe(), "Nothing to save"),
        (actions.OpenStackFile("  "), "No path"),
    ):
        bench.do(action)
        assert says in bench.state.banners[-1].text


def test_what_an_edit_measures_now_is_told_from_the_face_that_is_seen(bench):
    bench.click("smile", w(1))
    bench.hear(answers.Detected(bench.state.epoch + 1, (face_at(),)))
    (text,) = measured_now(bench.state, bench.stack[0])
    assert text.startswith("mouth corners, height now ") and text.endswith(" px")
    bench.amount(0, 0.4)
    assert measured_now(bench.state, bench.stack[0]) == [], "nobody has looked at this picture yet"
    bench.show()
    (look,) = bench.asked
    assert isinstance(look, commands.Detect) and look.patient


def test_the_result_is_told_in_plain_words(bench):
    bench.click("smile", w(1))
    outcome = dataclasses.replace(
        bench.state.face.outcome,
        reason="stalled",
        report=answers.Report("tilt, clockwise", 0.2, -4.8, -3.0, 0.6, None, 1.2, unit="°"),
    )
    assert outcome_text(outcome) == (
        "Smile: as far as this model goes, 0.1 s  ·  tilt, clockwise 0.2, asked -4.8, "
        "got -3.0 ° (60%)  ·  elsewhere 1.2 of 255"
    )


@pytest.mark.parametrize(
    ("reason", "share", "closed", "good"),
    [
        ("stalled", 0.89, "", True),
        ("stalled", 0.60, "", False),
        ("oscillating", 0.60, "closed, by the detector and by the tracked lids", True),
        ("stalled", 0.60, "closed by the tracked lids, not by the detector: look", False),
        ("stalled", None, "", False),
        ("reached", 0.60, "", True),
    ],
)
def test_what_is_as_good_as_done_is_told_from_what_is_not(bench, reason, share, closed, good):
    bench.click("smile", w(1))
    report = answers.Report("lid aperture", 9.0, 0.0, 1.0, share, None, 1.2, closed=closed)
    outcome = dataclasses.replace(bench.state.face.outcome, reason=reason, report=report)
    assert went_well(outcome) is good


# ----------------------------------------------------------------------------
# Films.


def filmed(bench):
    bench.do(actions.SaveEditFilm())
    (film,) = bench.of_kind(commands.SaveFilm)
    bench.hear(answers.Saved(film.epoch, film.path))
    return film.edit


def test_a_film_goes_the_way_of_the_edit_until_the_picture_leaves_it(bench):
    bench.click("smile", w(1))
    assert filmed(bench).points.shape == (2, 1, 2), "handles are known on an edit's own way"
    bench.amount(0, 0.5)
    way = filmed(bench)
    assert np.array_equal(way.w_at(0), w(0)) and np.array_equal(way.w_at(1), bench.state.picture.w)
    bench.amount(0, 0.0)
    assert np.array_equal(filmed(bench).w_at(1), w(1)), "where nothing is left, the edit as it ran"
    bench.do(actions.Undo())
    assert filmed(bench).points.shape == (2, 1, 2), "undone, it is on the edit's way again"
    bench.do(actions.Undo())
    bench.do(actions.SaveEditFilm())
    assert "No edit to save" in bench.state.banners[-1].text


def test_a_film_goes_through_the_stack_from_edit_to_edit(bench):
    bench.click("smile", w(1))
    bench.click("close_eyes", w(2))
    bench.amount(0, 0.5)
    way = filmed(bench)
    half = w(0) + np.float32(0.5) * (w(1) - w(0))
    for place, expected in enumerate((w(0), half, half + (w(2) - w(1)))):
        assert way.w_at(place) == pytest.approx(expected)
    assert np.array_equal(way.w_at(2), bench.state.picture.w)


def test_a_direction_from_a_file_can_be_filmed(bench):
    layer = Layer("older", pending=w(3))
    bench.hear(answers.StackRead(bench.state.epoch, Path("older.npz"), (layer,), whole=False))
    assert bench.state.picture.edit is None and bench.state.picture.edited
    assert filmed(bench).w_at(1) == pytest.approx(w(0) + w(3))


def test_an_expression_of_ones_own_is_offered_and_asked_for(bench):
    own = dataclasses.replace(EXPRESSIONS["smile"], key="grin", title="Grin", group="own")
    face = dataclasses.replace(bench.state.face, library=Library({**EXPRESSIONS, "grin": own}))
    bench.do(actions.ChangeFace(face))
    bench.do(actions.ClickExpression("grin"))
    assert bench.of_kind(commands.Adjust)[0].expression == own


# ----------------------------------------------------------------------------
# In the window.


def edited(editor: EditorPerson, *titles: str) -> None:
    for title in titles:
        edits = editor.state.edits
        editor.click(title)
        editor.wait_for(lambda: editor.state.edits > edits and not editor.state.busy)  # noqa: B023
    editor.look(3)


def test_the_slider_weighs_an_edit_with_no_further_steps(editor: EditorPerson) -> None:
    edited(editor, "Close eyes")
    steps = len(editor.session.configs)
    left, top, right, bottom = editor.place_of("##amount")
    width, middle = right - left, (top + bottom) / 2
    editor.pull((left + 0.8 * width, middle), (left + 0.6 * width, middle))
    editor.wait_for(lambda: bool(abs(int(editor.state.frame.picture[0, 0, 2]) - 100) < 30))
    assert editor.state.picture.stack[0].amount == pytest.approx(0.5, abs=0.15)
    assert len(editor.session.configs) == steps


def test_the_box_switches_an_edit_off_and_the_cross_takes_it_out(editor: EditorPerson) -> None:
    edited(editor, "Close eyes")
    editor.click("##on")
    editor.wait_for(lambda: editor.state.frame.picture[0, 0, 2] == 0)
    editor.click("##on")
    editor.wait_for(lambda: editor.state.frame.picture[0, 0, 2] == 200)
    editor.click("×##remove")
    editor.wait_for(lambda: editor.state.frame.picture[0, 0, 2] == 0)
    assert editor.state.picture.stack == ()


def test_a_title_is_pulled_to_another_place(editor: EditorPerson) -> None:
    edited(editor, "Close eyes", "Big eyes")
    left, top, right, bottom = editor.place_of("Close eyes##title")
    below = editor.place_of("Big eyes##title")
    editor.pull((left + 9, (top + bottom) / 2), (left + 9, below[3] + 9), stops=6)
    assert [layer.title for layer in editor.state.picture.stack] == ["Big eyes", "Close eyes"]


def test_a_stack_is_saved_opened_and_replayed_on_another_seed(editor: EditorPerson, tmp_path: Path) -> None:
    edited(editor, "Close eyes", "Big eyes")
    editor.click("Save recipe")
    saved = tmp_path / "out" / "recipe-seed18-01.json"
    assert [layer.title for layer in load_recipe(saved)] == ["Close eyes", "Big eyes"]
    first = json.loads(saved.read_text())["entries"][0]
    assert first["expressions"] == [{"key": "close_eyes", "strength": 1.0}]
    editor.click("Clear##stack")
    editor.click("+##seed")
    editor.wait_for(lambda: editor.state.picture.w is not None)
    editor.app.do(actions.OpenStackFile(str(saved)))
    editor.look(3)
    assert [layer.done for layer in editor.state.picture.stack] == [False, False]
    editor.click("Replay on this picture")
    editor.wait_for(lambda: all(layer.done for layer in editor.state.picture.stack))
    editor.wait_for(lambda: not editor.state.busy)
    assert [one["expression"] for one in editor.session.planned] == ["close_eyes", "big_eyes"] * 2


def test_an_edit_becomes_a_direction_that_another_seed_takes(editor: EditorPerson, tmp_path: Path) -> None:
    edited(editor, "Close eyes")
    editor.click("Save##direction")
    saved = tmp_path / "out" / "direction-seed18-01.npz"
    assert np.load(saved)["offset"].shape == (8, 16)
    editor.click("+##seed")
    editor.wait_for(lambda: editor.state.picture.w is not None and editor.state.frame.picture[0, 0, 0] == 19)
    editor.app.do(actions.OpenStackFile(str(saved)))
    editor.wait_for(lambda: editor.state.frame.picture[0, 0].tolist() == [19, 70, 200])
    assert len(editor.session.planned) == 1, "nothing was run again"


@pytest.mark.parametrize(("name", "text"), [("r.json", "{"), ("d.npz", "x"), ("none.json", None)])
def test_a_file_that_is_no_recipe_is_a_banner(
    editor: EditorPerson, tmp_path: Path, name: str, text: str | None
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    edited(editor, "Close eyes")
    editor.app.do(actions.OpenStackFile(str(tmp_path / name)))
    assert name in editor.state.banners[-1].text
    assert len(editor.state.picture.stack) == 1


def test_an_expression_in_a_toml_file_has_its_button_and_a_bad_file_is_named_with_its_line(
    editor: EditorPerson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRAG_AUTO_EXPRESSIONS", str(tmp_path))
    own = GOOD.replace('group = "brows"', 'group = "mine"')
    (tmp_path / "own.toml").write_text(own)
    (tmp_path / "wrong.toml").write_text(own.replace("down = -0.06", 'down = "up"'))
    editor.click("Own expressions")
    editor.look(2)
    editor.click("Read again")
    assert (
        "wrong.toml, line 11: raise_left_brow.move.down: expected a number" in editor.state.banners[-1].text
    )
    editor.look(3)
    editor.click("Mine")
    editor.look(2)
    edited(editor, "Raise one brow")
    assert editor.session.planned[0]["expression"] == "raise_left_brow"
    assert editor.state.picture.stack[0].title == "Raise one brow"


def test_an_expression_is_found_by_letters_in_any_group(editor: EditorPerson) -> None:
    editor.click("##search")
    editor.type("nose")
    editor.look(2)
    assert editor.sees("Narrow nose") and editor.sees("Wide nose") and not editor.sees("Close eyes")
    edited(editor, "Wide nose")
    assert editor.session.planned[0]["expression"] == "wide_nose"
