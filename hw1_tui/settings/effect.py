"""Values that are allowed and change nothing, such as a step schedule whose first drop comes after the last epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hw1_tui.numeral import counted
from hw1_tui.read_options import AUTO
from hw1_tui.settings.run_config import NAMED_DATA, RunConfig, default_values


def without_effect(config: RunConfig, n_train: int | None = None, n_val: int | None = None) -> dict[str, str]:
    """Return why some of a run's hyperparameters change nothing, or come to no end, as a sentence by name.

    Defaults are not looked at.

    Args:
        config: the run.
        n_train: number of examples in the training split; ``None`` where the data is not known.
        n_val: likewise in the validation split.
    """
    values = config.hyperparameters
    defaults = default_values(config.engine, config.model)
    reasons = [
        *_of_schedule(values),
        *_of_average(values),
        *_of_stopping(values, n_val),
        *_of_seeds(values),
        *_of_engine(values),
        *_of_data(config.data),
    ]
    found = [*((name, f": {reason}") for name, reason in reasons), *_of_batch(values, n_train)]
    said = {name: f"{name} has no effect{reason}." for name, reason in found}
    said = {**dict(_of_warmup(values)), **said}
    return {name: text for name, text in said.items() if name in values and values[name] != defaults[name]}


def _of_warmup(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if (whole := values["warmup_epochs"] + 1) > (epochs := values["epochs"]):
        yield "warmup_epochs", f"warmup_epochs goes beyond the last epoch, which has {epochs} / {whole} of the rate."


def _of_schedule(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    names = ("schedule", "schedule_epochs", "schedule_factor")
    if "learning_rate" not in values:
        yield from ((name, "the model has no learning rate") for name in (*names, "warmup_epochs"))
    elif values["schedule"] == "cosine" and values["epochs"] == 1:
        yield from ((name, "the rate is lowered after the first epoch, and there is no other") for name in names)
    elif values["schedule"] != "step":
        yield from ((name, f"the schedule is {values['schedule']}, not step") for name in names[1:])
    elif values["schedule_epochs"] >= values["epochs"]:
        drop = counted(values["schedule_epochs"], "epoch")
        reason = f"the first drop comes after {drop}, and there are {values['epochs']}"
        yield from ((name, reason) for name in names)
    elif values["schedule_factor"] == 1:
        yield from ((name, "schedule_factor is 1") for name in names)


def _of_average(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if values["average_from"] >= values["epochs"]:
        last = "the average would be of the last epoch alone" if values["average_from"] == values["epochs"] else ""
        yield "average_from", last or f"there are {counted(values['epochs'], 'epoch')}"


def _of_stopping(values: Mapping[str, Any], n_val: int | None) -> Iterator[tuple[str, str]]:
    from hw1_tui.statistics.repeat import LAST_EPOCHS  # with numpy: not before the data is there

    if n_val == 0:
        yield "patience", "the data has no validation examples"
    elif values["patience"] + 1 >= values["epochs"]:
        yield "patience", f"so many epochs without a lower loss do not fit into {values['epochs']}"
    if not values["evaluate_train"]:
        yield "evaluate_train_every", "evaluate_train is off"
    elif values["epochs"] <= LAST_EPOCHS:
        reason = f"each of the last {LAST_EPOCHS} epochs is measured, and there are {values['epochs']}"
        yield "evaluate_train_every", reason


def _of_batch(values: Mapping[str, Any], n_train: int | None) -> Iterator[tuple[str, str]]:
    if n_train is not None and values.get("batch_size", 1) > n_train:
        yield "batch_size", f" beyond {n_train:,}: there are no more training examples"


def _of_seeds(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if AUTO not in (values["weights_seed"], values["order_seed"]):
        yield "seed", "weights_seed and order_seed are both set"
    if "init" not in values and "dropout" not in values:
        yield "weights_seed", "the weights begin at zero"


def _of_data(data: str) -> Iterator[tuple[str, str]]:
    if data in NAMED_DATA:
        yield from ((name, f"{data} has splits of its own") for name in ("val_share", "test_share"))


def _of_engine(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not values.get("momentum"):
        yield "nesterov", "there is no momentum"
    if not values.get("dropout"):
        yield "dropout_place", "there is no dropout"
    elif len(values.get("hidden_sizes", ())) == 1:
        yield "dropout_place", "there is one hidden layer"
    if values.get("device", "cpu") not in ("auto", "cpu"):
        yield "threads", f"the model is trained on {values['device']}"
