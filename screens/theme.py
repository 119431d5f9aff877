"""The program's own theme, dark and light; every theme of Textual can take its place.

Three accents have a meaning each, wherever they stand: *primary* is what is chosen or has the focus, *success* what is
good or holds, *error* what is wrong. *accent* is for keys. Everything else is foreground on one of three surfaces.
"""

from __future__ import annotations

import os

from textual.app import App
from textual.theme import Theme

_SCROLLBAR_GROUNDS = (
    "scrollbar-background",
    "scrollbar-background-hover",
    "scrollbar-background-active",
    "scrollbar-corner-color",
)


def _theme(
    name: str,
    *,
    dark: bool,
    cursor: tuple[str, str],
    blurred_cursor: str,
    line: str,
    hovered_line: str,
    hint: str,
    selection: str,
    on_button: str,
    **colours: str,
) -> Theme:
    """Return a theme, in which each part has the colour of what it means.

    Args:
        name: as the settings have it.
        dark: whether it is for a dark ground.
        cursor: ground and text of the row that one is at.
        blurred_cursor: ground of that row where another widget has the focus.
        line: frames without the focus, and scrollbars.
        hovered_line: scrollbars under the mouse.
        hint: what the keys in the footer do.
        selection: how strong the ground of selected text is, in per cent.
        on_button: text of a filled button.
        colours: those of ``Theme``, but for ``warning``, which is ``accent``.
    """
    ground, chosen, key = colours["background"], colours["primary"], colours["accent"]
    variables = {
        **_cursor_variables(cursor, (blurred_cursor, colours["foreground"])),
        "border": chosen,
        "border-blurred": line,
        "footer-key-foreground": key,
        "footer-description-foreground": hint,
        "input-selection-background": f"{chosen} {selection}",
        "scrollbar": line,
        "scrollbar-hover": hovered_line,
        "scrollbar-active": chosen,
        **dict.fromkeys(_SCROLLBAR_GROUNDS, ground),
        "button-color-foreground": on_button,
    }
    return Theme(name=name, dark=dark, warning=key, variables=variables, **colours)  # type: ignore[arg-type]


def _cursor_variables(focused: tuple[str, str], blurred: tuple[str, str]) -> dict[str, str]:
    """Return what a list's cursor looks like, each as ground and text, with the focus and without."""
    return {
        "block-cursor-background": focused[0],
        "block-cursor-foreground": focused[1],
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": blurred[0],
        "block-cursor-blurred-foreground": blurred[1],
        "block-cursor-blurred-text-style": "none",
    }


DARK = _theme(
    "hw1-dark",
    dark=True,
    primary="#58a6e8",
    secondary="#8fa3c7",
    accent="#e3b25f",
    error="#f07a80",
    success="#67c48f",
    foreground="#d8dee8",
    background="#11151b",
    surface="#171c24",
    panel="#1f2630",
    cursor=("#27486a", "#f2f6fb"),
    blurred_cursor="#232d3a",
    line="#39434f",
    hovered_line="#4d5a69",
    hint="#aab4c3",
    selection="35%",
    on_button="#0d1116",
)
LIGHT = _theme(
    "hw1-light",
    dark=False,
    primary="#0b62a8",
    secondary="#4a5c7a",
    accent="#8a5200",
    error="#b3261e",
    success="#1b7145",
    foreground="#1d2530",
    background="#fbfcfd",
    surface="#f3f5f8",
    panel="#e6eaf0",
    cursor=("#cfe2f5", "#0c1a29"),
    blurred_cursor="#e3e9f0",
    line="#b6c0cc",
    hovered_line="#98a5b4",
    hint="#44505f",
    selection="25%",
    on_button="#ffffff",
)

THEME_VARIABLE = "TEXTUAL_THEME"

REMARK = "$foreground 65%"
"""Of a remark within a text, as ``.remark`` is of a widget: there ``$text-muted`` has no ground to fade into."""

KEY = "bold $text-accent"
"""Of a key within a text."""


def take_own(app: App[object]) -> None:
    """Let an app know both themes, and have the dark one unless ``THEME_VARIABLE`` names another that there is."""
    for theme in (DARK, LIGHT):
        app.register_theme(theme)
    if os.environ.get(THEME_VARIABLE, "") not in app.available_themes:
        app.theme = DARK.name
