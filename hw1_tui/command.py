"""The commands of the front door: what each is for, what does it, and whether a screen stands behind it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """Something the program can be asked to do.

    Attributes:
        help: one line.
        module: headless module with ``add_arguments(parser)`` and ``run(args, mistakes) -> exit code``.
        verbs: its verbs with a line of help each; a command with a verb only prints, with or without ``--batch``.
        screen: whether the interface can be opened at this place.
        printing: options with which it only prints, with or without ``--batch``.
    """

    help: str
    module: str
    verbs: dict[str, str] | None = None
    screen: bool = True
    printing: tuple[str, ...] = ()


COMMANDS: dict[str, Command] = {
    "train": Command("train one run (the default)", "hw1_tui.batch.train"),
    "check": Command("see whether a run can come to anything, in seconds", "hw1_tui.batch.check", screen=False),
    "rate": Command("find a learning rate: an epoch with a rising one", "hw1_tui.batch.rate", screen=False),
    "predict": Command("ask a kept model about pictures", "hw1_tui.batch.predict", screen=False),
    "inspect": Command("look inside a kept run: where it fails, what it learned", "hw1_tui.batch.inspect"),
    "runs": Command(
        "the history: list, resume, compare, export",
        "hw1_tui.batch.runs",
        {
            "list": "the runs that a filter lets through",
            "show": "everything that is known of a run",
            "follow": "the epochs of runs that train elsewhere, as they come",
            "compare": "runs side by side",
            "export": "figures, tables, metrics or weights in a file",
            "resume": "go on with a run that ended early, or for more epochs",
            "branch": "begin a new run at an epoch of another",
            "rename": "give a run a name",
            "tag": "give runs tags, or take them away",
            "note": "give a run a note",
            "star": "make runs favourites, or no longer",
            "delete": "move runs to the trash",
            "undelete": "bring runs back from the trash",
            "purge": "empty the trash for good",
            "rebuild": "fill the index again from the run folders",
        },
    ),
    "sweep": Command(
        "search hyperparameters: many runs of one definition",
        "hw1_tui.batch.sweep",
        {
            "show": "what a sweep of the history came to",
            "resume": "go on with one that was interrupted",
            "export": "its trials, ranking, figure or definition in a file",
        },
        screen=False,
    ),
    "report": Command(
        "run the report's questions again and set them beside it",
        "hw1_tui.batch.report",
        printing=("new_questions", "check_questions", "check", "grade"),
    ),
    "cluster": Command(
        "train on other machines: keys, scheduler, workers, SLURM",
        "hw1_tui.batch.cluster",
        {
            "keys": "make the keys of who may join",
            "scheduler": "be what hands runs to workers, until Ctrl+C",
            "worker": "train what a scheduler hands on, until Ctrl+C",
            "slurm": "write what a queue of SLURM's is to run",
        },
        screen=False,
    ),
    "guide": Command("read a guide", "hw1_tui.batch.guide", screen=False),
    "serve": Command("show the interface in a browser", "hw1_tui.batch.serve", screen=False),
    "derive": Command("check question 3, the quadratic network", "hw1_tui.batch.derive"),
    "data": Command(
        "look at data sets",
        "hw1_tui.batch.data",
        {
            "check": "tell what is in a data set and what is wrong with it",
            "show": "some of its examples, pictures as thumbnails",
            "import": "write it as a file of this program's layout",
        },
    ),
}
