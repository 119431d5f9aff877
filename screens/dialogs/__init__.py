"""Dialogs: each asks one thing and answers with it, or with ``None`` where it was left."""
