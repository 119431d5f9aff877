"""The history of runs: folders, index, export."""
