"""The keys of a chart that has the focus."""

from __future__ import annotations

from textual.binding import Binding, BindingType


def _key(key: str, action: str, description: str, name: str, tooltip: str, show: bool = False) -> Binding:
    return Binding(key, action, description, id=f"chart.{name}", tooltip=tooltip, show=show)


CHART_KEYS: list[BindingType] = [
    _key("l", "turn('log_y')", "Log", "log", "Logarithmic or linear y axis."),
    _key("plus,equals_sign", "zoom(1)", "Zoom in", "zoom-in", "Show a shorter stretch."),
    _key("minus", "zoom(-1)", "Zoom out", "zoom-out", "Show a longer stretch."),
    _key("left", "move(-1)", "Left", "left", "Move the crosshair left, or the window."),
    _key("right", "move(1)", "Right", "right", "Move the crosshair right, or the window."),
    _key("shift+left", "pan(-1)", "Pan left", "pan-left", "Move the window left."),
    _key("shift+right", "pan(1)", "Pan right", "pan-right", "Move the window right."),
    _key("r", "crosshair", "Read", "crosshair", "Put up or take away the crosshair.", show=True),
    _key("escape", "put_away", "Put away", "put-away", "Take the crosshair away."),
    _key("0,home", "live", "Live", "live", "Show everything, also what comes; once more: also what is off the scale."),
    _key("y", "limit", "Limits", "limits", "Type where the axes begin and end."),
    _key("left_square_bracket", "smooth(-1)", "Rougher", "rougher", "Smooth less."),
    _key("right_square_bracket", "smooth(1)", "Smoother", "smoother", "Smooth more."),
    _key("a", "turn('ascii')", "ASCII", "ascii", "Draw with plain characters."),
    _key("t", "turn('text')", "In words", "text", "Say the chart in words."),
    _key("m", "maximise", "Maximise", "maximise", "Give the chart the whole screen."),
]
