"""Everything that leaves the program: runs as tables, figures, weights, event files and entries of MLflow."""
