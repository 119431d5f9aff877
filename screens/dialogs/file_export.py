"""Taking something away as a file: the dialog that asks where to, and the thread that writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App

from engines.contract import EngineError
from hw1_tui.mistake import Mistake, MistakeError
from screens.dialogs.target_dialog import Target, TargetDialog, taken_file


def ask_for_file(
    app: App[Any],
    title: str,
    suffixes: Sequence[str],
    mistake: Callable[[Path], Mistake | None],
    write: Callable[..., object],
    suggested: str = "",
) -> None:
    """Ask for a file and write it in a thread of the app, which goes on when what asked is closed meanwhile.

    Args:
        app: is told how it ends.
        title: of the dialog.
        suffixes: what can be written.
        mistake: what is wrong with a path, if anything is.
        write: writes it; takes the path, and ``overwrite`` by name.
        suggested: a name that stands there at first, and gives way to what is typed.
    """

    def begin(target: Target | None) -> None:
        if target:
            work = partial(_write, app, write, target)
            app.run_worker(work, thread=True, group="export", exit_on_error=False)

    note = f"The file; its suffix says what: {' '.join(suffixes)}"
    app.push_screen(TargetDialog(title, suggested, note, mistake, taken_file, is_suggested=bool(suggested)), begin)


def _write(app: App[Any], write: Callable[..., object], target: Target) -> None:
    try:
        write(target.path, overwrite=target.overwrite)
    except (MistakeError, EngineError) as error:
        app.notify(str(error), severity="error")
    except OSError as error:
        app.notify(f"{error.filename}: {error.strerror}", severity="error")
    else:
        app.notify(f"{target.path.absolute()} is written.")
