"""Says what is wrong with a run while it trains and afterwards, on what evidence, and what would help."""

from hw1_tui.analysis.coach.coach import RULES, Advice, Coach
from hw1_tui.analysis.coach.course import Course
from hw1_tui.analysis.coach.kept import coach_kept, fixed_job
from hw1_tui.analysis.coach.rule import Fix, Rule, Symptom

__all__ = ["RULES", "Advice", "Coach", "Course", "Fix", "Rule", "Symptom", "coach_kept", "fixed_job"]
