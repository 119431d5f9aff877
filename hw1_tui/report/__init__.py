"""The report: its questions, run again and set beside what was printed."""

from hw1_tui.report.questions.preset import Preset, presets

__all__ = ["Preset", "presets"]
