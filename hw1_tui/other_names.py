"""What other libraries and tools call a hyperparameter, so that who comes from them is told our name for it."""

from __future__ import annotations

ALSO_CALLED = {
    "learning_rate": ("step_size", "eta"),
    "batch_size": ("minibatch", "minibatch_size"),
    "epochs": ("max_iter", "iterations"),
    "hidden_sizes": ("layers", "units", "hidden", "hidden_layers", "hidden_layer_sizes", "hidden_units", "width"),
    "activation": ("nonlinearity",),
    "init": ("weight_init", "initializer", "kernel_initializer"),
    "l2": ("wd", "weight_decay", "ridge", "regularization"),
    "l1": ("lasso",),
    "optimizer": ("opt", "optim", "solver"),
    "schedule": ("scheduler", "lr_schedule", "lr_scheduler", "lr_decay"),
    "schedule_epochs": ("step_epochs", "lr_step"),
    "schedule_factor": ("gamma", "decay_factor"),
    "warmup_epochs": ("warmup",),
    "patience": ("early_stopping", "early_stop"),
    "seed": ("random_state", "random_seed"),
    "precision": ("amp", "bf16", "bfloat16", "mixed_precision"),
    "device": ("gpu", "cuda", "mps", "cpu"),
    "threads": ("n_threads", "num_threads", "n_jobs"),
    "val_share": ("val_fraction", "val_split", "val_size", "validation_split", "validation_fraction", "valid_fraction"),
    "test_share": ("test_fraction", "test_split", "test_size"),
    "standardize": ("normalize", "scale", "zscore"),
}
"""What other libraries call what this program has, so that nothing of ours looks like it."""
OURS = {other: name for name, others in ALSO_CALLED.items() for other in others}
"""The name here of what is called otherwise elsewhere."""
