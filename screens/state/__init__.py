"""What the screens share and what outlives them: the queue of runs, the draft, data in memory, preferences."""
