"""The one table of hyperparameters: option, TOML key, form field and help of each come from here.

Which model of which engine takes one, and with what default, is said by the engine (``ModelSpec.defaults``);
what the session applies to every model stands in ``SESSION_DEFAULTS``.
"""

from __future__ import annotations

from engines.contract import Value
from hw1_tui.read_options import AUTO, TASKS
from hw1_tui.settings.hyperparameter import Hyperparameter

_ENTRIES = (
    Hyperparameter("epochs", "integer", "passes over the training examples", minimum=0, maximum=1e6, unit="epochs"),
    Hyperparameter(
        "learning_rate",
        "number",
        "length of a step along the negative gradient",
        minimum=0,
        maximum=1e3,
        above=True,
        short="lr",
    ),
    Hyperparameter(
        "batch_size",
        "integer",
        "examples averaged in one update",
        minimum=1,
        maximum=1e6,
        unit="examples",
        short="batch",
    ),
    Hyperparameter(
        "hidden_sizes", "sizes", "units of each hidden layer: 100, 200,100 or 2x200", unit="units", short="hidden"
    ),
    Hyperparameter(
        "activation",
        "choice",
        "function after each hidden layer; quadratic is z(1-z)",
        choices=("relu", "tanh", "quadratic"),
    ),
    Hyperparameter(
        "init",
        "choice",
        "initial weights: course is N(0.1, 0.1), he and xavier scale with the layer, torch is PyTorch's",
        choices=("course", "he", "xavier", "torch", "zero"),
    ),
    Hyperparameter(
        "dropout", "number", "share of hidden units left out at each step", minimum=0, maximum=1, below=True
    ),
    Hyperparameter(
        "dropout_place", "choice", "after every hidden layer or after the last only", choices=("every", "last")
    ),
    Hyperparameter(
        "l2", "number", "weight decay: pulls every weight towards zero at each step", minimum=0, maximum=1e3
    ),
    Hyperparameter(
        "l1", "number", "soft threshold (proximal step): sets small weights to exactly zero", minimum=0, maximum=1e3
    ),
    Hyperparameter("optimizer", "choice", "rule that turns gradients into steps", choices=("sgd", "adam", "adamw")),
    Hyperparameter(
        "momentum", "number", "share of the last step carried into the next", minimum=0, maximum=1, below=True
    ),
    Hyperparameter("nesterov", "switch", "look ahead along the momentum before taking the gradient"),
    Hyperparameter(
        "average_from",
        "integer",
        "from this epoch on the model is the mean of the weights at the ends of epochs; 0 never averages",
        minimum=0,
        maximum=1e6,
        short="average",
    ),
    Hyperparameter(
        "schedule", "choice", "how the learning rate changes over the epochs", choices=("constant", "step", "cosine")
    ),
    Hyperparameter(
        "schedule_epochs", "integer", "step schedule: epochs between two drops", minimum=1, maximum=1e6, unit="epochs"
    ),
    Hyperparameter(
        "schedule_factor",
        "number",
        "step schedule: the learning rate is multiplied by it at each drop",
        minimum=0,
        maximum=1,
        above=True,
    ),
    Hyperparameter(
        "warmup_epochs",
        "integer",
        "epochs over which the learning rate rises to its full value; 0 begins with it",
        minimum=0,
        maximum=1e6,
        unit="epochs",
    ),
    Hyperparameter(
        "patience",
        "integer",
        "stop early after so many epochs without a lower validation loss; 0 never does",
        minimum=0,
        maximum=1e6,
        unit="epochs",
    ),
    Hyperparameter("evaluate_train", "switch", "measure the training split too after each epoch, in evaluation mode"),
    Hyperparameter(
        "evaluate_train_every",
        "integer",
        "measure the training split after every so many epochs, and after each of the last ten",
        minimum=1,
        maximum=1e6,
        unit="epochs",
    ),
    Hyperparameter(
        "diagnostics",
        "switch",
        "measure gradients, activations and updates of each layer after each epoch; 1% of the time",
    ),
    Hyperparameter("seed", "integer", "source of all randomness: same seed, same run", minimum=0, maximum=2**63 - 1),
    Hyperparameter(
        "weights_seed",
        "integer",
        "draws the initial weights, and which units dropout leaves out; auto: as the seed says",
        minimum=0,
        maximum=2**63 - 1,
        choices=(AUTO,),
    ),
    Hyperparameter(
        "order_seed",
        "integer",
        "draws the order of the examples in each epoch; auto: as the seed says",
        minimum=0,
        maximum=2**63 - 1,
        choices=(AUTO,),
    ),
    Hyperparameter("dtype", "choice", "floating-point numbers of the weights", choices=("float32", "float64")),
    Hyperparameter(
        "precision", "choice", "full, or bfloat16 autocast for the matrix products", choices=("full", "bfloat16")
    ),
    Hyperparameter("device", "choice", "where the model is trained", choices=("auto", "cpu", "cuda", "mps")),
    Hyperparameter(
        "threads",
        "integer",
        "processor threads for matrix products; 0 times a few steps and chooses",
        minimum=0,
        maximum=1024,
        unit="threads",
    ),
    Hyperparameter(
        "val_share",
        "number",
        "share of the examples for validation, where the data has no such split; auto: 0.15, or 0.1 of what folders "
        "and published files have for training",
        minimum=0,
        maximum=1,
        below=True,
        choices=(AUTO,),
    ),
    Hyperparameter(
        "test_share",
        "number",
        "share of the examples for the test, likewise; auto: 0.15, or none of folders with examples for training",
        minimum=0,
        maximum=1,
        below=True,
        choices=(AUTO,),
    ),
    Hyperparameter("target", "text", "what is to be predicted: the name of a column of a table, or of an array"),
    Hyperparameter("task", "choice", "whether the target is a class or a number; auto goes by it", choices=TASKS),
    Hyperparameter(
        "standardize",
        "switch",
        "train on each feature minus its mean, by its standard deviation, both of the training split",
    ),
)

TABLE: dict[str, Hyperparameter] = {entry.name: entry for entry in _ENTRIES}

_TITLES = {
    "epochs": "how long, and in what steps",
    "hidden_sizes": "network",
    "l2": "how the weights move",
    "patience": "when it ends, and what is measured",
    "seed": "random numbers, precision, processor",
    "val_share": "how the data is read",
}
"""What belongs together stands together in the table: the title of a group by its first entry."""

GROUPS: dict[str, list[str]] = {}
"""The names of the entries that belong together, by what they are about."""
for _name in TABLE:
    _title = _TITLES.get(_name) or next(reversed(GROUPS))
    GROUPS.setdefault(_title, []).append(_name)

SEEDS = Hyperparameter(
    "seeds", "integer", "train a run for each of so many seeds, this one and those after it", 1, 100, unit="runs"
)
"""How often a configuration is repeated: stands in forms and options like a hyperparameter, and is none of one run."""

SESSION_DEFAULTS: dict[str, Value] = {
    "epochs": 100,
    "schedule": "constant",
    "schedule_epochs": 30,
    "schedule_factor": 0.1,
    "warmup_epochs": 0,
    "average_from": 0,
    "patience": 0,
    "evaluate_train": True,
    "evaluate_train_every": 1,
    "diagnostics": True,
    "seed": 42,
    "weights_seed": AUTO,
    "order_seed": AUTO,
    "threads": 0,
    "val_share": AUTO,
    "test_share": AUTO,
    "target": "",
    "task": AUTO,
    "standardize": False,
}
"""What the session applies itself, whatever the model; a model's own defaults come first."""

UNSAID = frozenset({"weights_seed", "order_seed"})
"""What is not written where it is not set: records and files say no more than before there was such a setting."""

SESSION_ADJUSTABLE = frozenset(
    {"epochs", "schedule", "schedule_epochs", "schedule_factor", "warmup_epochs", "average_from", "patience"}
)
"""What the session can change while a run trains, beside the model's own ``adjustable``."""

SESSION_CHANGEABLE = SESSION_ADJUSTABLE | {"evaluate_train", "evaluate_train_every", "diagnostics", "threads"}
"""What may change between two sessions of a run, whatever its model."""
