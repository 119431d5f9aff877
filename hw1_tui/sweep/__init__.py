"""Many configurations of one model: which are tried, how they are trained, what they say of its hyperparameters."""
