"""The program's own theme, dark and light; every theme of Textual can take its place.

Three accents have a meaning each, wherever they stand: *primary* is what is chosen or has the focus, *success* what is
good or holds, *error* what is wrong. *accent* is for keys. Everything else is foreground on one of three surfaces.
"""

from __future__ import annotations

import os

from textual.app import App
from textual.theme import Theme

DARK = Theme(
    name="hw1-dark",
    primary="#58a6e8",
    secondary="#8fa3c7",
    accent="#e3b25f",
    warning="#e3b25f",
    error="#f07a80",
    success="#67c48f",
    foreground="#d8dee8",
    background="#11151b",
    surface="#171c24",
    panel="#1f2630",
    variables={
        "block-cursor-background": "#27486a",
        "block-cursor-foreground": "#f2f6fb",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#232d3a",
        "block-cursor-blurred-foreground": "#d8dee8",
        "block-cursor-blurred-text-style": "none",
        "border": "#58a6e8",
        "border-blurred": "#39434f",
        "footer-key-foreground": "#e3b25f",
        "footer-description-foreground": "#aab4c3",
        "input-selection-background": "#58a6e8 35%",
        "scrollbar": "#39434f",
        "scrollbar-hover": "#4d5a69",
        "scrollbar-active": "#58a6e8",
        "scrollbar-background": "#11151b",
        "scrollbar-background-hover": "#11151b",
        "scrollbar-background-active": "#11151b",
        "scrollbar-corner-color": "#11151b",
        "button-color-foreground": "#0d1116",
    },
)
LIGHT = Theme(
    name="hw1-light",
    primary="#0b62a8",
    secondary="#4a5c7a",
    accent="#8a5200",
    warning="#8a5200",
    error="#b3261e",
    success="#1b7145",
    foreground="#1d2530",
    background="#fbfcfd",
    surface="#f3f5f8",
    panel="#e6eaf0",
    dark=False,
    variables={
        "block-cursor-background": "#cfe2f5",
        "block-cursor-foreground": "#0c1a29",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#e3e9f0",
        "block-cursor-blurred-foreground": "#1d2530",
        "block-cursor-blurred-text-style": "none",
        "border": "#0b62a8",
        "border-blurred": "#b6c0cc",
        "footer-key-foreground": "#8a5200",
        "footer-description-foreground": "#44505f",
        "input-selection-background": "#0b62a8 25%",
        "scrollbar": "#b6c0cc",
        "scrollbar-hover": "#98a5b4",
        "scrollbar-active": "#0b62a8",
        "scrollbar-background": "#fbfcfd",
        "scrollbar-background-hover": "#fbfcfd",
        "scrollbar-background-active": "#fbfcfd",
        "scrollbar-corner-color": "#fbfcfd",
        "button-color-foreground": "#ffffff",
    },
)


REMARK = "$foreground 65%"
"""Of a remark within a text, as ``.remark`` is of a widget: there ``$text-muted`` has no ground to fade into."""


def take_own(app: App[object]) -> None:
    """Let an app know both themes, and have the dark one unless ``TEXTUAL_THEME`` names another."""
    for theme in (DARK, LIGHT):
        app.register_theme(theme)
    if not os.environ.get("TEXTUAL_THEME"):
        app.theme = DARK.name
