"""Examples that are looked at together with what one model, or two, answer of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence, Set
from dataclasses import dataclass

from engines.contract import Array, Dataset, SplitName
from hw1_tui.analysis.answers import Answers
from screens.state.example_list import ChosenList


@dataclass(frozen=True)
class Answering:
    """A model and its answers.

    Attributes:
        name: what the model is called.
        answers: what it says of each example of the split.
    """

    name: str
    answers: Answers


class AnsweredList(ChosenList):
    """Examples that models answer.

    Args:
        models: who answers; the first one's answers stand under the pictures; the others as of ``ChosenList``.
    """

    def __init__(
        self, dataset: Dataset, split: SplitName, indices: Array, models: Sequence[Answering], words: str
    ) -> None:
        super().__init__(dataset, split, indices, words)
        self.models = tuple(models)

    def only(self, indices: Array, words: str) -> AnsweredList:
        """Return the list of other examples of the split, called so."""
        return AnsweredList(self.dataset, self.split, indices, self.models, words)

    def caption(self, position: int) -> str:
        """Return what an example is, what it is taken for and how certainly, but for what is so of all of them."""
        words = self._told(position, leaves_out=self._shared) or self._told(position)
        return words.replace("→", "\n→", 1) if self.caption_lines == 2 and "→" in words else words

    @property
    def caption_lines(self) -> int:
        """Two where both classes are in it: the names of two rarely fit into one."""
        return 1 if self._shared else 2

    def number(self, position: int) -> str:
        """Return nothing: it stands beside the probabilities, and a caption has no room for both."""
        del position
        return ""

    def told(self, position: int) -> str:
        """Return all of that."""
        return self._told(position)

    def _told(self, position: int, leaves_out: Set[str] = frozenset()) -> str:
        answers, i = self.models[0].answers, int(self.indices[position])
        true, said = (answers.classes[of[i]] for of in (answers.labels, answers.predicted))
        words = said if true == said else f"→{said}" if "true" in leaves_out else f"{true}→{said}"
        certainty = "" if answers.probabilities is None else f"{answers.certainty_of(i):.0%}"
        return f"{'' if {'true', 'said'} <= leaves_out else words} {certainty}".strip()

    @functools.cached_property
    def _shared(self) -> Set[str]:
        """Which of class and answer is the same of all examples."""
        answers = self.models[0].answers
        kinds = {"true": answers.labels[self.indices], "said": answers.predicted[self.indices]}
        return {name for name, of in kinds.items() if len(of) > 1 and (of == of[0]).all()}
