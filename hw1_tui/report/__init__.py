"""The report: its questions, run again and set beside what was printed."""
