"""Tables in text fit the line they are given, and what a narrow one has no room for is cut or left out with a word."""

import csv
import io
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.batch.page import RowPrinter
from hw1_tui.cli import main
from hw1_tui.export.table import GivenName, Table, cell
from hw1_tui.markup import cell_width
from hw1_tui.runs import Store
from tests.support.history import train, write_blobs
from tests.support.terminal import Terminal

RUN = "261123-023243-k7fp"
SEVERAL = """
import fcntl, struct, termios
from hw1_tui.batch import report
from hw1_tui.cli import main
report.write_report = lambda *_, **__: []  # its files are no tables of a terminal
for columns, command in {commands}:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    assert main(command) == 0, command
    print("END")
"""
WORDS = "a name of many words that says what the run was for"

_CELLS = {
    "run": st.just(RUN),
    "name": st.text(st.characters(categories=("L", "N")), max_size=60),
    "val_accuracy": st.none() | st.floats(0, 1),
    "hidden_sizes": st.lists(st.integers(1, 999), max_size=12),
    "best_val_loss": st.floats(0, 1e6),
    "data": st.text("abc/ 森", min_size=1, max_size=80),
}


@st.composite
def tables(draw):
    columns = ("run", *draw(st.permutations(tuple(_CELLS)[1:])))
    rows = draw(st.lists(st.tuples(*(_CELLS[name] for name in columns)), min_size=1, max_size=4))
    return Table(columns, tuple(rows), less=("data", "best_val_loss"))


@given(tables(), st.integers(20, 200))
def test_lines_fit_and_numbers_and_identifiers_are_whole(table, width):
    whole, lines = table.cells(), table.text(width).splitlines()
    assert all(cell_width(line) <= width for line in lines)
    shown = [i for i, name in enumerate(table.columns) if name.replace("_", " ") not in table.left_out(width)]
    for line, row in zip(lines[-len(whole) :], whole, strict=True):
        assert line.startswith(RUN)
        for i in shown:
            if table.columns[i] in ("val_accuracy", "best_val_loss"):
                assert row[i] in line.split()


@pytest.mark.parametrize("name", ["val_loss", "val_loss_std", "seeds_std", "test_loss_difference", "seconds"])
def test_a_number_of_many_digits_is_told_by_its_power_of_ten_in_every_column(name):
    """As of runs that have left all bounds: one column took ninety cells."""
    assert cell(name, 1.2345e90).removeprefix("+") == "1.2345e+90"
    assert len(cell(name, 123.45678)) < 10


@pytest.mark.parametrize("name", ["train_loss", "difference", "mcnemar_p", "share", "anything", GivenName("sea")])
def test_a_number_that_is_not_finite_is_a_dash_in_every_column_and_an_empty_cell_in_csv(name):
    """They stood there as nan and inf, where JSON has null."""
    table = Table((name,), ((float("nan"),), (float("inf"),), (None,)))
    assert table.cells() == [["-"], ["-"], ["-"]]
    assert list(csv.reader(io.StringIO(table.csv())))[1:] == [[""], [""], [""]]


@given(tables())
def test_a_file_gets_everything(table):
    """Where no width is given no column is left out and no cell cut."""
    assert not table.left_out(None)
    lines = table.text().splitlines()
    assert len(lines) == 1 + len(table.rows)
    for line, row in zip(lines[1:], table.cells(), strict=True):
        assert all(text.strip() in line for text in row)


@given(tables(), st.integers(20, 60))
def test_parts_and_wrapped_cells_leave_nothing_out(table, width):
    parts = [part.text(width, wraps=True) for part in table.parts(width)]
    told = re.sub(r"\s", "", "".join(parts))
    titles = [name.replace("_", " ") for part in table.parts(width) for name in part.columns[1:]]
    assert titles == [name.replace("_", " ") for name in table.columns[1:]]
    assert all(text in told for row in table.cells() for text in row if cell_width(text) < 9 and " " not in text)


def test_what_is_least_important_goes_first_then_from_the_right():
    table = Table(("run", "a", "b", "c"), ((RUN, 1, 2, 3),), less=("b",))
    assert [table.left_out(width) for width in (27, 26, 23, 20)] == [(), ("b",), ("b", "c"), ("a", "b", "c")]


def test_headings_are_broken_before_a_text_is_cut():
    lines = Table(("run", "best_validation"), ((RUN, "abcdefghijk"),)).text(31).splitlines()
    assert lines == [" " * 20 + "best", "run" + " " * 17 + "validation", f"{RUN}  abcdefghijk"]


def test_a_list_of_numbers_is_cut_between_two_numbers():
    assert Table(("run", "seeds"), ((RUN, [42, 43, 44, 45]),)).text(29).endswith("  42,43,…")


def test_rows_that_come_one_by_one_are_whole_in_a_file(capsys):
    rows = RowPrinter([("epoch", 6), ("loss", 90), ("name", -5)])
    rows.print_head()
    rows.print_row(["1", "0.5", "x"])
    assert not rows.left_out
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["epoch", "loss", "name"],
        ["1", "0.5", "x"],
    ]


@pytest.fixture
def history(tmp_path):
    data = str(write_blobs(tmp_path / "a_data_set_with_a_long_name.npz"))
    for i in range(4):
        Store().rename(train(Store(), data, epochs=1, seed=i, learning_rate=0.01 * (i + 1)), f"{i} {WORDS}")
    return data


def printed(*commands):
    """Return the lines that a terminal of so many columns gets of each command, what is drawn over taken out."""
    program = Terminal(sys.executable, "-c", SEVERAL.format(commands=commands))
    try:
        assert program.end(120) == 0, program.text
        lines = [re.split(r"\r|\x1b\[K", line)[-1] for line in program.raw.decode().split("\r\n")]
    finally:
        program.close()
    return [part.splitlines() for part in "\n".join(lines).split("END\n")[:-1]]


def test_every_table_fits_the_terminal(history, tmp_path):
    Store().delete(Store().runs()[0].run)
    commands = [
        ["runs", "list"],
        ["runs", "list", "--deleted", "--columns", "run,name,data,fingerprint,note,created"],
        ["runs", "show"],
        ["runs", "compare", "model=mlp"],
        ["runs", "compare", "model=mlp", "--seeds"],
        ["data", "check", history],
        ["--batch", "predict", "last", history, "--quiet"],  # else it names the path, which stands whole
        ["--batch", "derive", "--quiet", "--inputs", "1", "--units", "1"],
        ["--batch", "train", "--data", history, "--epochs", "1", "--quiet"],
        ["--batch", "train", "--compare", "numpy,torch", "--hidden-sizes", "4,4,4,4", "--data", history,
         "--epochs", "1", "--quiet"],
        ["--batch", "report", "2.2a", "--kept", "--out", str(tmp_path / "report"), "--force", "--quiet"],
    ]  # fmt: skip
    asked = [(columns, words) for columns in (80, 40) for words in commands]
    for (columns, words), lines in zip(asked, printed(*asked), strict=True):
        assert max(map(cell_width, lines)) <= columns, (words, lines)


def test_what_a_terminal_has_no_room_for_is_named_with_the_way_to_it(history, capsys):
    said = " ".join(printed((80, ["runs", "list"]))[0])
    assert "No room for" in said
    assert "--columns" in said
    assert "…" in said
    assert main(["runs", "list"]) == 0
    told = capsys.readouterr().out
    assert f"0 {WORDS}" in told
    assert "No room" not in told


def test_a_comparison_shows_every_run_whole_below_each_other_where_a_line_has_no_room(history):
    lines = printed((80, ["runs", "compare", "model=mlp"]))[0]
    said = "\n".join(lines)
    for record in Store().runs():
        assert record.run in said
    assert sum(line.startswith("test accuracy") for line in lines) == 2


@pytest.mark.parametrize(
    "name", ["sea_view", "100%_$x$", "seconds", "share", "p", "mcnemar_p", "val_loss", "difference", "=cmd()"]
)
def test_a_heading_of_the_data_stands_as_it_is_and_says_nothing_of_its_numbers(name):
    """Guarantee: a name is data; features called `share` or `p` were printed as per cent and with two digits."""
    table = Table((GivenName(name),), ((1234.25,),))
    assert [line.strip() for line in table.text().splitlines()] == [name, "1234.25"]
    (head, row) = csv.reader(io.StringIO(table.csv()))
    assert head == [f"'{name}" if name.startswith("=") else name]
    assert float(row[0]) == 1234.25


def test_nothing_in_a_heading_steers_a_terminal():
    assert "\x1b" not in Table((GivenName("\x1b[2Jsea"), "b"), ((1, 2),)).text()
