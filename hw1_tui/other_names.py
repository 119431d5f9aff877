"""What other libraries and tools call a hyperparameter or a verb, so that who comes from them is told our name."""

from __future__ import annotations

from collections.abc import Collection

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

VERBS_ALSO_CALLED = {
    "list": ("ls", "all"),
    "check": ("validate", "verify", "info", "describe", "stats", "summary"),
    "show": ("list", "ls", "get", "info", "describe", "stats", "summary", "status", "view", "cat", "head", "preview"),
    "follow": ("watch", "tail", "log", "logs"),
    "compare": ("diff", "cmp"),
    "export": ("plot", "draw", "save", "write", "download"),
    "import": ("convert", "load", "add", "export", "save", "write", "create"),
    "resume": ("continue", "restart"),
    "branch": ("fork", "copy", "clone"),
    "rename": ("mv", "move", "name"),
    "tag": ("label",),
    "star": ("fav", "favourite", "favorite", "pin"),
    "delete": ("rm", "remove", "del", "drop", "trash"),
    "undelete": ("restore", "recover"),
    "purge": ("clean", "gc", "empty"),
    "rebuild": ("reindex", "repair", "fix"),
    "keys": ("init", "keygen", "certs"),
    "scheduler": ("master", "server"),
    "worker": ("join", "client", "node"),
    "slurm": ("submit", "sbatch", "queue"),
}
"""What is said elsewhere for a verb; of several that a word may stand for the first that its command has is meant."""


def our_verb(word: str, verbs: Collection[str]) -> str | None:
    """Return the one of a command's verbs that a word stands for elsewhere.

    An empty text for a word whose verb this command has not, which is meant by none of its own, however alike they
    look; ``None`` for a word that is said nowhere.
    """
    meant = [verb for verb, others in VERBS_ALSO_CALLED.items() if word in others]
    return next((verb for verb in meant if verb in verbs), "") if meant else None
