"""A run: the session that trains it, its events, its control."""
