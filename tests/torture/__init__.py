"""A long campaign against the history: runs killed at random, checkpoints damaged, nothing lost."""
