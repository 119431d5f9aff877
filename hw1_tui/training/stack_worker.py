"""Several sessions whose trainers take their steps together.

Each session runs in a thread of its own and is the same as one that trains alone: it is recorded, paused, steered and
stopped by itself. What it asks its stepper for, a part of an epoch or a measurement, waits until all the others have
asked; then one thread does it for all, by the engine's stack.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from engines.capability import Stack, Stackable
from engines.contract import EngineError, Evaluation, Progress, SplitName
from hw1_tui.training.control import Control
from hw1_tui.training.numbers import quietly
from hw1_tui.training.stepper import Stepper

_Wish = Literal["step", "train", "val", "test"]


@dataclass(frozen=True)
class _Answer:
    """What a member gets.

    Attributes:
        result: of its wish; ``None`` where it has to do it by itself.
        seconds: its share of the time that it took.
        error: what came between.
        is_moved: whether it is to ask again: it has another worker by now.
    """

    result: Progress | Evaluation | None = None
    seconds: float = 0.0
    error: BaseException | None = None
    is_moved: bool = False


class StackMember(Stepper):
    """Takes the steps of one session together with those of others.

    Attributes:
        worker: who takes them; ``None`` once it trains alone.
    """

    def __init__(self) -> None:
        self.worker: StackWorker | None = None
        self._waits_for: Control | None = None
        self._elsewhere = 0.0

    @property
    def is_away(self) -> bool:
        """Whether the session is paused. One that was paused with all others is back at once, and is waited for."""
        return self._waits_for is not None and self._waits_for.must_wait()

    def epoch(self) -> Iterator[Progress]:
        """Train an epoch, or what is left of one, with the others while it goes with them."""
        while isinstance(progress := self._ask("step"), Progress):
            yield progress
        yield from super().epoch()

    def evaluate(self, split: SplitName) -> Evaluation:
        """Measure the model, at once with the others that ask for the same."""
        measured = self._ask(split)
        return measured if isinstance(measured, Evaluation) else super().evaluate(split)

    def changed(self) -> None:
        """Let the stack take the settings of the trainer anew."""
        if self.worker:
            self.worker.renew()

    @contextmanager
    def away(self, control: Control) -> Generator[None, None, None]:
        """Keep nobody waiting for a session that is paused."""
        self._waits_for = control
        if self.worker:
            self.worker.look()
        try:
            yield
        finally:
            self._waits_for = None

    def clock(self) -> float:
        """Return a time that leaves out what the others' share of the common steps takes, and waiting for them."""
        return time.perf_counter() - self._elsewhere

    def leave(self) -> None:
        """Keep nobody waiting any more; see ``Stepper``."""
        if self.worker:
            self.worker.leave(self)

    def _ask(self, wish: _Wish) -> Progress | Evaluation | None:
        while self.worker:
            start = time.perf_counter()
            answer = self.worker.ask(self, wish)
            self._elsewhere += time.perf_counter() - start - answer.seconds
            if answer.error:
                raise answer.error
            if not answer.is_moved:
                return answer.result
        return None


class StackWorker:
    """The thread that takes the steps of several sessions.

    A session that cannot go with the others leaves and trains alone from there on: it was paused and is behind, or
    steered away from what they share.

    Args:
        members: a stepper for each session.
        threads: how many processor threads the common products have; that of each run, so that two stacks on two cores
            share nothing and wait for nobody, as two runs do.
    """

    def __init__(self, members: Sequence[StackMember], threads: int) -> None:
        self._members = list(members)
        for member in members:
            member.worker = self
        self._threads = threads
        self._wishes: dict[StackMember, _Wish] = {}
        self._answers: dict[StackMember, _Answer] = {}
        self._changed = threading.Condition()
        self._stacked: list[StackMember] = []
        self._stack: Stack
        self._steps: Iterator[list[Progress]] | None = None
        threading.Thread(target=self._work, name="stack", daemon=True).start()

    # What members do, in their threads.

    def ask(self, member: StackMember, wish: _Wish) -> _Answer:
        """Return what a member wishes for, when it is done."""
        with self._changed:
            self._wishes[member] = wish
            self._changed.notify_all()
            self._changed.wait_for(lambda: member in self._answers)
            return self._answers.pop(member)

    def leave(self, member: StackMember) -> None:
        """Wait for a member no longer."""
        with self._changed:
            if member in self._members:
                self._members.remove(member)
            self._wishes.pop(member, None)
            member.worker = None
            self._changed.notify_all()

    def renew(self) -> None:
        """See before the next step who goes with whom, and take the settings of all anew."""
        with self._changed:
            self._stacked = []

    def look(self) -> None:
        """Look again who is there."""
        with self._changed:
            self._changed.notify_all()

    # What its own thread does.

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: not self._members or self._is_complete())
                if not self._members:
                    return
                # Of the one that measures more often than the others the others' steps wait.
                measuring = [member for member, wish in self._wishes.items() if wish != "step"]
                wishes = {member: self._wishes.pop(member) for member in measuring or list(self._wishes)}
            answers = self._answered(wishes)
            with self._changed:
                self._answers |= answers
                self._changed.notify_all()

    def _is_complete(self) -> bool:
        return bool(self._wishes) and all(member in self._wishes or member.is_away for member in self._members)

    def _answered(self, wishes: dict[StackMember, _Wish]) -> dict[StackMember, _Answer]:
        answers: dict[StackMember, _Answer] = {}
        for wish in dict.fromkeys(wishes.values()):
            answers |= self._done(wish, [member for member, wanted in wishes.items() if wanted == wish])
        return answers

    def _done(self, wish: _Wish, asking: Sequence[StackMember]) -> dict[StackMember, _Answer]:
        """Do what members wish for; who does not go with the others is told to do it alone."""
        members = sorted(asking, key=self._members.index)
        apart: dict[StackMember, _Answer] = {}
        try:
            if wish != "step" and len(members) < len(self._stacked):
                return self._set_apart(wish, [members])
            if members != self._stacked:
                members, *others = self._grouped(members)
                apart = self._set_apart(wish, others)
            if len(members) < 2:
                return apart | self._set_apart(wish, [members])
            start = time.perf_counter()
            results: Sequence[Progress | Evaluation]
            results = quietly(self._step) if wish == "step" else quietly(lambda: self._stack.evaluate(wish))
            seconds = (time.perf_counter() - start) / len(members)
        except BaseException as error:  # an engine, also someone else's, may raise anything: each session tells of it
            return apart | dict.fromkeys(members, _Answer(error=error))
        return apart | {m: _Answer(result, seconds) for m, result in zip(members, results, strict=True)}

    def _grouped(self, members: Sequence[StackMember]) -> list[list[StackMember]]:
        """Return who goes with whom, the most first; these are a stack from here on."""
        self._stacked, self._steps = [], None
        groups: list[list[StackMember]] = []
        for member in members:
            for group in groups:
                if _stack_of([group[0], member]):
                    group.append(member)
                    break
            else:
                groups.append([member])
        groups.sort(key=len, reverse=True)
        if len(groups[0]) > 1 and (stack := _stack_of(groups[0])):
            self._stack, self._stacked = stack, groups[0]
            stack.use_threads(self._threads)
        return groups

    def _set_apart(self, wish: _Wish, groups: Sequence[Sequence[StackMember]]) -> dict[StackMember, _Answer]:
        """Let groups measure by themselves. Those whose steps are taken apart do not come back."""
        answers: dict[StackMember, _Answer] = {}
        for group in groups:
            if wish == "step":
                for member in group:
                    self.leave(member)
                if is_moved := len(group) > 1:
                    StackWorker(group, self._threads)
                answers |= dict.fromkeys(group, _Answer(is_moved=is_moved))
            else:
                answers |= dict.fromkeys(group, _Answer())
        return answers

    def _step(self) -> list[Progress]:
        progress = next(self._steps, None) if self._steps else None
        if progress is None:
            self._stack.use_threads(self._threads)
            self._steps = self._stack.epoch()
            progress = next(self._steps)
        return progress


def _stack_of(members: Sequence[StackMember]) -> Stack | None:
    engine = members[0].engine
    try:
        return engine.stack([member.trainer for member in members]) if isinstance(engine, Stackable) else None
    except EngineError:
        return None
