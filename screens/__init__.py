"""What the user sees: one screen a file, stylesheet beside it."""
