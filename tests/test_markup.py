"""Text of others commands nothing where it is shown, and takes the cells that it is thought to take."""

import math
import shlex
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from hw1_tui.markup import (
    cell_width,
    csv_cell,
    escape_markdown,
    join_words,
    pad,
    shell_path,
    shorten,
    shorten_apart,
    split_words,
    steady,
    visible,
    wrap,
)

_ANY = st.text(st.characters(exclude_categories=()))


@given(_ANY)
def test_nothing_that_steers_a_terminal_or_cannot_be_encoded_is_left(text):
    shown = visible(text)
    shown.encode()
    assert not {"Cc", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, shown))


@given(st.text(min_size=1))
def test_a_path_is_one_word_of_the_shell_and_no_option(text):
    (word,) = shlex.split(shell_path(text))
    assert not word.startswith("-")
    assert Path(word) == Path(text)


@given(_ANY)
def test_what_was_made_visible_is_not_changed_again(text):
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\x9b2J", r"\x9b2J"),
        ("caf\udce9", r"caf\xe9"),
        ("\u202eevil", r"\u202eevil"),
        ("forêt 森林 👩\u200d👩", "forêt 森林 👩\u200d👩"),
    ],
)
def test_what_is_taken_out_stands_there_as_an_escape(text, shown):
    assert visible(text) == shown


def test_lines_stay_where_they_are_wanted():
    assert visible("a\r\nb\tc\x1b[2J", keep_lines=True) == "a\\r\nb    c\\x1b[2J"


@given(st.text(st.characters(categories=("L", "N", "P", "Zs"), max_codepoint=0xFFFF)))
def test_cells_are_counted_as_the_terminal_library_counts_them_for_cjk_and_latin(text):
    plain = "".join(c for c in text if unicodedata.east_asian_width(c) in ("W", "Na") or c.isascii())
    assert cell_width(plain) == cell_len(plain)


_SIGNS = ["a", "é", "山", "🏔", "❤\ufe0f", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3", "👩🏽\u200d🚀", "👍🏽", "⌚\ufe0e", "👩"]


@given(st.lists(st.sampled_from(_SIGNS)).map("".join), st.integers(0, 9))
@example("🏔\ufe0f הר", 3)
def test_an_emoji_takes_the_same_cells_for_the_program_its_library_and_every_terminal(text, width):
    assert cell_width(text) == cell_len(text)
    assert cell_width(shorten(text, width)) <= width
    shown = steady(text, cell_len)
    assert sum(map(cell_len, shown)) == cell_len(text)  # whatever a terminal makes of neighbours


@given(_ANY, st.integers(0, 30))
def test_what_is_padded_or_shortened_takes_the_cells_asked_for(text, width):
    text = visible(text)
    assert cell_width(pad(text, width)) == max(width, cell_width(text))
    assert pad(text, width, ">").endswith(text)
    assert cell_width(shorten(text, width)) <= width


def test_marks_of_markdown_are_text():
    assert escape_markdown("a*b|<i>\n") == r"a\*b\|\<i\>\\n"


@pytest.mark.parametrize(
    "text", ["1. x", "1) y", "- x", "+ x", "===", "=", "---", "    code", "# h", "> q", "-0.5", "0.7"]
)
def test_the_beginning_of_a_line_of_markdown_is_text(text):
    for before in ("", "before\n"):
        tokens = MarkdownIt().parse(before + escape_markdown(text))
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        shown = "\n".join(part.content for part in tokens[1].children or () if part.type == "text")
        assert shown == before + text.strip()


@given(st.floats(allow_nan=False, allow_infinity=False), _ANY)
def test_no_text_in_a_table_for_spreadsheets_is_a_formula_and_numbers_stay(number, text):
    assert csv_cell(number) is number
    for sign in "=+-@":
        assert str(csv_cell(f"{sign}cmd|' /C calc'!A0")) == f"'{sign}cmd|' /C calc'!A0"
        assert str(csv_cell(f"{sign}{text}x")).startswith("'")
        assert str(csv_cell([sign, "b"])).startswith("'")
    assert csv_cell("Adam, 1e-3") == "Adam, 1e-3"
    assert (csv_cell([10, 12]), csv_cell((7,))) == ("10,12", "7"), "as --hidden-sizes takes them"
    assert {csv_cell(number) for number in (math.nan, math.inf, -math.inf)} == {""}, "as JSON has null"
    for name in ("-1", "+1", "-0.5", "-1e-3"):
        assert csv_cell(name) == name, "the name of a class"
    assert str(csv_cell("-1+cmd|' /C calc'!A0")).startswith("'")
    assert csv_cell("a\tb\nc.png") == "a\tb\nc.png", "the name of a file"


@given(_ANY, st.integers(2, 30), st.integers(0, 8))
@example(" 漢", 2, 0)
@example("00\xa0\u0e5c", 2, 0)  # a space that keeps words together is a character like any other
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text, width, indent):
    text = visible(text)
    lines = wrap(text, width, indent)
    assert all(cell_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_text_is_wrapped_at_words_with_an_indent():
    assert wrap("the weights differ by rounding", 14, 2) == ["the weights", "  differ by", "  rounding"]


def test_names_that_would_be_cut_to_the_same_keep_what_tells_them_apart():
    names = ["mlp, epochs 12, seed 42", "mlp, epochs 12, seed 43", "logistic regression", "mlp"]
    assert shorten_apart(names, 10) == ["…, seed 42", "…, seed 43", "logistic …", "mlp"]


@given(st.lists(_ANY.filter(bool)))
def test_texts_of_one_line_can_be_told_apart(texts):
    """Two tags, one of them of two words, looked like three."""
    texts = [text.strip() or "-" for text in texts]
    assert split_words(join_words(texts)) == texts
    assert csv_cell(["a", "b c"]) == 'a "b c"'
