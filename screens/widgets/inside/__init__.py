"""Views of what is inside a model, one a file; ``view.py`` is what they share."""
