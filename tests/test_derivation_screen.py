"""The derivation in the interface: walking, editing, choosing K, descending, and how it looks at three sizes."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from textual.events import Paste
from textual.widgets import ContentSwitcher, Input, Static

from hw1_tui.app import SCREENS, Hw1App
from hw1_tui.derivation import least_squares_check
from hw1_tui.derivation.catalogue import CHECKS
from hw1_tui.derivation.coefficients import Quadratic, coefficients_of
from hw1_tui.derivation.feature_map import matrix_of
from hw1_tui.derivation.least_squares import solve_normal
from screens.derivation import STEPS, DerivationScreen
from screens.widgets.derivation import conditioning_step, number
from screens.widgets.derivation.check_list import CheckList
from screens.widgets.derivation.example import TARGET_KINDS, Example
from screens.widgets.formula import Formula
from screens.widgets.key_bar import KeyBar
from screens.widgets.matrix_text import written
from screens.widgets.matrix_view import MatrixView
from screens.widgets.picture import Picture
from tests.support.derivation_screen import NAMES, opened, settled, text_of
from tests.support.look import ALL, LARGE
from tests.support.scripted_engine import until
from tests.support.told import notes


@pytest.fixture
def steady(monkeypatch):
    """Hide the other main screens, and what differs from one machine's linear algebra to the other's."""
    monkeypatch.setattr(Hw1App, "MAIN_SCREENS", [entry for entry in SCREENS if entry.name == "derivation"])
    monkeypatch.setattr(number, "rounding", lambda _error: "r.re-rr")
    errors = {"normal equations": [10.0 ** (place / 2 - 15) for place in range(25)], "QR": [1e-15] * 25}
    monkeypatch.setattr(conditioning_step, "measure_errors", lambda _inputs, _seed: errors)

    def solve(X, y):
        return replace(solve_normal(X, y), failure="errs by r.re-rr")

    monkeypatch.setattr(least_squares_check, "solve_normal", solve)
    monkeypatch.setattr(conditioning_step, "digits_row", lambda method, *_rest: [method, "r.re-rr", "12", "█" * 12])


async def test_looks(look, steady):
    """Each step looks as in the kept pictures, at every size, and its checks stand beside the numbers where there is
    room.

    At 200 columns they stood below them, and three quarters of the screen were empty.
    """
    app = Hw1App("derivation")

    def checks_stand_beside(size):
        if size == LARGE:
            assert isinstance(app.screen, DerivationScreen)
            numbers, checks = app.screen.step.query_one(".columns"), app.screen.step.query_one(".checked")
            assert checks.region.y == numbers.region.y
            assert numbers.region.right + 2 <= checks.region.x

    async def walk(pilot, name):
        (await opened(pilot, name)).query_one("#steps").focus()

    # From large to small: where the list of the steps is hidden, it loses the focus.
    await look.along(app, [(name, ALL[::-1], partial(walk, name=name)) for name in NAMES], checks_stand_beside)


def test_formulas_fit_the_smallest_terminal():
    for step in STEPS:
        lines = (step.formula + "\n" + step.report.replace("⟦", "").replace("⟧", "✗")).splitlines()
        assert max(map(len, lines)) <= 73, step.title


def test_every_check_stands_at_some_step():
    shown = {name for step in STEPS for name in step.checks}
    assert shown == {check.name for check in CHECKS}


async def test_walking_by_keys_buttons_and_list():
    """Keys, buttons and the list lead through the same steps in the same order, and stop at its ends."""
    app = Hw1App("derivation")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "MatrixStep")
        assert type(screen.step).__name__ == "MatrixStep"
        await pilot.press("p")
        assert type(screen.step).__name__ == "FeatureStep"
        await pilot.click("#on")
        await until(pilot, lambda: not screen.query_one("#on").has_class("-active"))  # it takes no click so long
        await pilot.click("#on")
        assert type(screen.step).__name__ == "CoefficientStep"
        assert "4/14" in str(screen.query_one("#where", Static).content)
        await opened(pilot, NAMES[-2])
        await pilot.press("n", "n")
        await until(pilot, lambda: notes(app) == ["This is the last step."])
        app.clear_notifications()
        await pilot.click("#on")
        assert type(screen.step).__name__ == NAMES[-1]
        await until(pilot, lambda: notes(app) == ["This is the last step."])
        screen.query_one("#steps").focus()
        await pilot.press("home", "j", "j", "k")
        assert type(screen.step).__name__ == "FeatureStep"


async def test_keys_are_shown_while_the_first_step_opens_whichever_it_is(monkeypatch):
    """The palette leads to any of them, before the first one was opened."""
    may_descend, add = [], ContentSwitcher.add_content

    async def add_and_show_keys(switcher, step):
        await add(switcher, step)
        may_descend.append(switcher.screen.check_action("descend", ()))

    app = Hw1App("derivation")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, NAMES[0])
        await screen.step.remove()
        monkeypatch.setattr(ContentSwitcher, "add_content", add_and_show_keys)
        await opened(pilot, NAMES[2])
        assert may_descend == [False]
        assert type(screen.step).__name__ == NAMES[2]


async def test_an_entry_is_typed_and_everything_follows():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "MatrixStep")
        screen.step.matrix("matrix-W").focus()
        await pilot.press("right", "3", ".", "5", "enter")
        await pilot.pause()
        assert screen.example.theta.W[0, 1] == 3.5
        assert np.array_equal(screen.step.matrix("matrix-A").values, matrix_of(screen.example.theta))
        await pilot.press("n")
        await settled(pilot)
        assert screen.step.matrix("coefficient-W").values[0, 1] == 3.5
        assert np.array_equal(screen.step.matrix("coefficient-c").values[0], coefficients_of(screen.example.theta))


async def test_while_an_entry_is_typed_the_footer_offers_no_letter_that_the_entry_takes():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "MatrixStep")

        def offered():
            return {key.binding.key for key in screen.query_one(KeyBar).labels}

        screen.step.matrix("matrix-W").focus()
        await until(pilot, lambda: {"n", "p", "r"} <= offered())
        await pilot.press("3")
        await until(pilot, lambda: not {"n", "p", "r"} & offered())
        await pilot.press("escape")
        await until(pilot, lambda: {"n", "p", "r"} <= offered())


async def test_an_entry_that_is_no_number_changes_nothing_and_escape_leaves_it():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "HiddenStep")
        before = screen.example.theta.W.copy()
        view = screen.step.matrix("hidden-W")
        view.focus()
        await pilot.press("1", "-", "enter", "7", "escape", "down", "1", "e", "9")
        lengths = [len(line) for line in view.render().plain.splitlines()[1:]]
        for end in ("e9▏", "999999▏"):  # it covers its neighbours, where another row was pushed out of sight
            shown = view.render().plain.splitlines()
            assert any(end in line for line in shown)
            assert [len(line) for line in shown[1:]] == lengths
            await pilot.press(*"9999999999999999")
        await pilot.press("enter")
        await pilot.pause()
        assert np.array_equal(screen.example.theta.W, before)
        assert app.current_mode == "derivation"
        assert len(notes(app)) == 2
        assert all("allowed: a number from -1,000,000 to 1,000,000" in note for note in notes(app))


async def test_an_entry_in_another_form_is_told_with_the_nearest_and_stays_to_be_mended():
    """A sign that was passed over left another number: 1,5 became 15 and 1/2 became 12 without a word."""
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "HiddenStep")
        before, view = screen.example.theta.W.copy(), screen.step.matrix("hidden-W")
        view.focus()
        for typed, nearest in (("1,5", "1.5"), ("1/2", "")):
            await pilot.press(*typed, "enter", "down")
            assert f"'{typed}' is not a number" in notes(app)[-1]
            assert (f"did you mean {nearest}?" in notes(app)[-1]) is bool(nearest)
            await pilot.press("backspace", "backspace", "backspace")
        for pasted, nearest in (("\N{MINUS SIGN}2", "-2"), ("1\uff12", "12"), ("1 2\n3", "")):
            view.post_message(Paste(pasted))
            await pilot.press("enter")
            assert "is not a number" in notes(app)[-1]
            assert (f"did you mean {nearest}?" in notes(app)[-1]) is bool(nearest)
            await pilot.press("escape")
        assert np.array_equal(screen.example.theta.W, before)
        view.post_message(Paste(" 0.25\n"))
        await pilot.press("enter")
        await pilot.pause()
        assert screen.example.theta.W[0, 0] == 0.25


async def test_the_mouse_chooses_the_entry():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "HiddenStep")
        view = screen.step.matrix("hidden-W")
        width = max(len(cell) for row in written(view.values) for cell in row)
        await pilot.click(view, offset=(2 + (width + 2) + 1, 2))
        await pilot.press("9", "enter")
        await pilot.pause()
        assert screen.example.theta.W[1, 1] == 9


async def test_sizes_change_the_example_and_wrong_ones_say_so():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "MatrixStep")
        first = screen.example.theta.W[0].copy()
        screen.query_one("#size-units", Input).value = "5"
        await settled(pilot)
        assert screen.step.matrix("matrix-A").values.shape == (5, 6)
        assert np.array_equal(screen.example.theta.W[0], first), "units that were there stay"
        screen.query_one("#size-inputs", Input).value = "3"
        await settled(pilot)
        assert screen.step.matrix("matrix-A").values.shape == (5, 10)
        screen.query_one("#size-inputs", Input).value = "21"
        await pilot.pause()
        assert screen.example.inputs == 3
        assert "1 to 20" in str(screen.query_one("#problem", Static).content)
        assert screen.query_one("#problem").has_class("-shown")
        screen.query_one("#size-inputs", Input).value = "20"
        screen.query_one("#size-units", Input).value = "200"
        await pilot.pause()
        assert screen.step.matrix("matrix-A").values.shape == (200, 231)


async def test_wrong_entries_of_the_report_are_marked_with_more_than_colour():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "MatrixStep")
        view = screen.step.matrix("matrix-report")
        assert view.marks.any()
        assert view.render().plain.count("✗") == view.marks.sum()
        assert "⟦" not in "".join(formula.render().plain for formula in screen.step.query(Formula))


async def test_checks_tell_right_from_wrong():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "HiddenStep")
        found = text_of(screen.step)
        assert "fails, as it must" in found
        assert "W = 0, b = 1, x = 0: 0, but the report says 4" in found
        assert "UNEXPECTED" not in found


async def test_a_typed_target_is_built():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "ConstructionStep")
        screen.step.matrix(f"{screen.step.id}-S").focus()
        await pilot.press("right", "4", "enter")
        await pilot.pause()
        assert screen.example.target.S[0, 1] == screen.example.target.S[1, 0] == 4
        shown = {name: screen.step.matrix(f"construction-{name}").values for name in ("W", "b", "v", "v0")}
        S = -(shown["W"].T * shown["v"]) @ shown["W"]
        np.testing.assert_allclose(S, screen.example.target.S, atol=1e-12)
        assert "K = 2: exact" in text_of(screen.step)


async def test_fewer_units_than_inputs_show_how_near_one_comes():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "BoundsStep")
        screen.query_one("#size-inputs", Input).value = "4"
        screen.query_one("#size-units", Input).value = "2"
        await settled(pilot)
        rows = [line.split() for line in text_of(screen.step).splitlines() if line.strip("▸ ")[:1] in "123"][:3]
        for row in rows:
            lower, found, upper = map(float, row[-3:])
            assert lower <= found + 1e-4
            assert found <= upper + 1e-4
        assert "▸ 2" in text_of(screen.step)


async def test_eps_can_be_slid_until_float64_gives_in():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "EpsStep")
        screen.step.query_one("#eps-slider").focus()
        before = text_of(screen.step)
        await pilot.press("right", "right", "right")
        await pilot.pause()
        assert text_of(screen.step) != before
        lines = [line for line in text_of(screen.step).splitlines() if line.endswith(("yes", "NO"))]
        assert lines[0].endswith("yes")
        assert lines[-1].endswith("NO")


async def test_rank_fails_on_a_circle_and_on_binary_inputs():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "RankStep")
        assert "rank X = 5 of P = 6" in text_of(screen.step)
        await pilot.click(f"#{screen.step.id}-source-binary")
        await settled(pilot)
        assert "rank X = 4 of P = 6" in text_of(screen.step)
        await pilot.click(f"#{screen.step.id}-source-drawn")
        await settled(pilot)
        assert "unique" in text_of(screen.step)


async def test_worse_conditioning_costs_digits():
    """The bar of the normal equations grows shorter as the slider is moved."""
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "ConditioningStep")
        screen.step.query_one("#conditioning-slider").focus()

        def bars():
            lines = text_of(screen.step).splitlines()
            return {line.split()[0]: line.count("█") for line in lines if "·" in line}

        before = bars()
        await pilot.press("right", "right", "right", "right")
        await pilot.pause()
        assert bars()["normal"] < before["normal"]
        assert bars()["normal"] < bars()["SVD"]


@pytest.mark.parametrize("size", [(1, 1, 0), (1, 5, 1), (3, 1, 2), (20, 2, 3), (6, 200, 4)])
async def test_every_step_opens_at_every_size(size):
    """The one of the command line, with which the screen begins."""
    app = Hw1App("derive", derivation=size)
    async with app.run_test(size=(80, 24)) as pilot:
        for step in NAMES:
            screen = await opened(pilot, step)
            assert "UNEXPECTED" not in text_of(screen.step)
            assert type(screen.step).__name__ == step
        inputs, units, seed = size
        asked = {name: screen.query_one(f"#size-{name}", Input).value for name in ("inputs", "units", "seed")}
        assert asked == {"inputs": str(inputs), "units": str(units), "seed": str(seed)}
        matrix = screen.query_one("#matrix-A", MatrixView)
        assert matrix.values.shape == (units, (inputs + 1) * (inputs + 2) // 2)


async def test_the_command_of_what_is_checked_is_copied():
    app = Hw1App("derivation")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, "HiddenStep")
        screen.query_one("#size-units", Input).value = "7"
        await settled(pilot)
        await pilot.press("ctrl+y")
        await pilot.pause()
        assert app.clipboard == "hw1-tui --batch derive --inputs 2 --units 7 --seed 42"


@pytest.mark.parametrize("kind", TARGET_KINDS)
@pytest.mark.parametrize("inputs", [1, 2, 5])
def test_drawn_targets_are_of_their_kind(kind, inputs):
    example = Example(inputs, 2, 7)
    example.draw_target(kind)
    rank = np.linalg.matrix_rank(example.target.S)
    inside = np.linalg.matrix_rank(np.column_stack([example.target.S, example.target.q])) == rank
    expected = {"regular": inputs, "inside": inputs - 1, "outside": inputs - 1, "repeated": inputs, "linear": 0}
    assert rank == expected[kind]
    assert inside == (kind not in ("outside", "linear"))


def test_targets_stay_symmetric():
    """An entry that is edited in S is edited on both sides of the diagonal."""
    example = Example(3, 2, 1)
    example.set_target("S", 0, 2, 9.0)
    assert np.array_equal(example.target.S, example.target.S.T)
    assert Quadratic.read(example.target.vector()).S[2, 0] == 9


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[1.0, -2.0]], [["1", "-2"]]),
        ([[0.5, -0.0]], [["0.5", "0.0"]]),
        ([[1 / 3, 100.0]], [["0.333", "100.000"]]),
        ([[1e-9, 0.0]], [["1.0e-09", "0.0e+00"]]),
        ([[2e6, 1.0]], [["2.0e+06", "1"]]),
    ],
)
def test_entries_align(values, expected):
    """Entries of a column have equally many decimals, however large or small they are."""
    assert written(np.array(values)) == expected


async def test_what_is_cut_of_a_matrix_that_is_not_edited_can_be_reached():
    app = Hw1App("derive", derivation=(5, 30, 1))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "MatrixStep")
        view = screen.step.matrix("matrix-A")
        assert view.can_focus
        assert not screen.step.matrix("matrix-h").can_focus or "⋯" in screen.step.matrix("matrix-h").render().plain
        view.focus()
        await pilot.press(*["right"] * 20, *["down"] * 29, "enter")
        await pilot.pause()
        assert "x₅²" in view.render().plain
        assert "rows 25 to 30 of 30" in view.render().plain
        assert np.array_equal(view.values, matrix_of(screen.example.theta))
        assert app.current_mode == "derivation"


async def test_a_wide_matrix_is_cut_and_the_cursor_brings_the_rest():
    app = Hw1App("derivation")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "HiddenStep")
        screen.query_one("#size-inputs", Input).value = "20"
        await settled(pilot)
        view = screen.step.matrix("hidden-x")
        assert isinstance(view, MatrixView)
        assert "⋯" in view.render().plain
        view.focus()
        await pilot.press(*["right"] * 19)
        assert view.render().plain.splitlines()[1].startswith("[⋯")
        await pilot.press("6", "enter")
        await pilot.pause()
        assert screen.example.x[19] == 6


async def test_a_text_that_is_set_for_a_new_width_is_as_high_as_it_is_there():
    """It kept the height that the text before would have had at that width: a line was cut off, or an empty one
    followed.
    """
    app = Hw1App("derivation")
    async with app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot, "PairStep")
        checks = screen.step.query_one(CheckList)
        for size in ((120, 40), (200, 60), (100, 30)):
            await pilot.resize_terminal(*size)
            await settled(pilot)
            assert checks.size.height == checks.visual.get_height(checks.styles.get_rules(), checks.size.width), size


def stand_left_of(pictures, column):
    return all(picture.region.right < column for picture in pictures)


async def test_pictures_of_functions_stand_only_where_no_matrix_is_cut_for_them():
    """Right of the numbers half the room was empty; what fills it must not take theirs."""
    app = Hw1App("derivation")
    async with app.run_test(size=(200, 60)) as pilot:
        for size in ((200, 60), (160, 50), (132, 43), (114, 40)):
            await pilot.resize_terminal(*size)
            for step in ("HiddenStep", "MatrixStep", "CoefficientStep", "ConstructionStep", "RankStep"):
                screen = await opened(pilot, step)
                for view in screen.step.query(MatrixView):
                    assert "⋯" not in view.render().plain, (step, size, view.title)
                pictures = [picture for picture in screen.step.query(Picture) if picture.size]
                assert pictures or size[0] < 132 or step == "RankStep", (step, size)
                await until(pilot, partial(stand_left_of, pictures, size[0]))


async def test_pictures_follow_what_is_typed():
    app = Hw1App("derivation")
    async with app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot, "HiddenStep")
        first = screen.step.query(Picture).first()
        before = first.picture
        assert before is not None
        screen.query_one("#hidden-W").focus()
        await pilot.press("9", "enter")
        await until(pilot, lambda: first.picture is not None and (first.picture != before).any())
