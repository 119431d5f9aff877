"""The steps of the derivation, one a file, and the example that they show in numbers."""
