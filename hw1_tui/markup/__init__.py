"""Text of others, made harmless for where it goes: a terminal, a table, TeX, Markdown, a figure.

Names, notes, paths, class names and messages of libraries are data. What shows them asks this package first, so that
nothing in them is a command, a mark or a formula.
"""

from hw1_tui.markup.as_written import as_name, as_written
from hw1_tui.markup.html import escape as escape_html
from hw1_tui.markup.json_text import json_text
from hw1_tui.markup.markdown import escape as escape_markdown
from hw1_tui.markup.shell import option_words, shell_path
from hw1_tui.markup.tex import escape as escape_tex
from hw1_tui.markup.visible import csv_cell, is_visible, visible
from hw1_tui.markup.width import cell_width, pad, shorten, shorten_apart, shorten_words, steady, wrap
from hw1_tui.markup.words import join_words, split_words

__all__ = [
    "as_name",
    "as_written",
    "cell_width",
    "csv_cell",
    "escape_html",
    "escape_markdown",
    "escape_tex",
    "is_visible",
    "join_words",
    "json_text",
    "option_words",
    "pad",
    "shell_path",
    "shorten",
    "shorten_apart",
    "shorten_words",
    "split_words",
    "steady",
    "visible",
    "wrap",
]
