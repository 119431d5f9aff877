"""What in one picture the answer hangs on: what speaks for it, and what changes it when it is covered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.analysis import Subject
from hw1_tui.analysis.explained_answer import ExplainedAnswer, explain_answer
from hw1_tui.analysis.weight_picture import full_strength
from hw1_tui.data import as_picture
from screens.widgets.button import Button
from screens.widgets.inside.example_bar import ExampleBar
from screens.widgets.inside.signed_picture import signed_picture
from screens.widgets.inside.view import InsideView
from screens.widgets.picture import Picture


@dataclass(frozen=True, eq=False)
class _Found:
    explained: ExplainedAnswer
    picture: Array


class SaliencyView(InsideView):
    """A photograph beside input times gradient and occlusion."""

    title = "Saliency"
    name_in_batch = "saliency"
    about = "What in a picture the answer hangs on: orange, or light grey, speaks for it, blue, or dark, against it."
    uses_example = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "turn_target", "For which class", id="inside.target",
                tooltip="Explain the score of the next class, or again of the answer."),
    ]  # fmt: skip
    DEFAULT_CSS: ClassVar[str] = """
    SaliencyView {
        #saliency-pictures { height: 1fr; padding: 1 1 0 1; }
        #saliency-pictures Picture { width: 1fr; height: 100%; max-width: 51; margin: 0 1 0 0; }
        #saliency-bar { height: 1; padding: 0 1; }
        #saliency-bar Static { width: auto; padding: 0 1 0 0; }
        #saliency-words { height: auto; padding: 0 1; margin: 1 0 0 0; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._target: int | None = None

    def compose_view(self) -> Iterator[Widget]:
        """Yield the example, the pictures and what there is to say."""
        yield ExampleBar()
        with Horizontal(id="saliency-bar"):
            yield Static("speaks for", markup=False, classes="remark")
            yield Button("the answer", id="saliency-target", tooltip="The class whose score is explained (t).")
        with Horizontal(id="saliency-pictures"):
            yield Picture(id="saliency-photograph")
            yield Picture(id="saliency-parts")
            yield Picture(id="saliency-covered")
        yield Static(markup=False, id="saliency-words")

    def settings(self) -> dict[str, Any]:
        """Return the example and the class."""
        return {"example": self.example, "target": self._target}

    def compute(self, subject: Subject, example: int = 0, target: int | None = None) -> _Found:
        """Explain the answer."""
        explained = explain_answer(subject, example, target)
        dataset = subject.opened.dataset
        return _Found(explained, as_picture(dataset, dataset[subject.split].x[example]))

    def draw(self, subject: Subject, result: _Found) -> None:
        """Draw the pictures."""
        explained, found = result.explained, result.explained.occlusion
        self.query_one(ExampleBar).show(subject, explained.example, explained.title)
        chosen = explained.classes[explained.target]
        target = self.query_one("#saliency-target", Button)
        target.label = chosen + " (the answer)" * (self._target is None)
        target.refresh(layout=True)
        self.query_one("#saliency-photograph", Picture).show(
            result.picture, f"photograph\n{explained.classes[explained.label]}"
        )
        ground, plain = self.background_colors[1], self.app.no_color
        parts = self.query_one("#saliency-parts", Picture)
        parts.display = explained.parts is not None
        if explained.parts is not None:
            scaled = explained.parts / full_strength(explained.parts)
            parts.show(signed_picture(scaled, ground, plain=plain), f"input x gradient\n{chosen}")
        drop = found.drop / (abs(found.drop).max() or 1.0)
        answer = explained.classes[explained.answer]
        self.query_one("#saliency-covered", Picture).show(
            signed_picture(drop, ground, plain=plain), f"covered\n'{answer}' loses {found.drop.max():.0%}"
        )
        self.query_one("#saliency-words", Static).update("\n".join(explained.words))

    def on_resize(self) -> None:
        """Make the pictures as high as they are wide, and no higher: the words stand below them."""
        side = min((self.size.width - 2) // 3 - 1, 50)
        self.query_one("#saliency-pictures").styles.max_height = side // 2 + 4

    def action_turn_target(self) -> None:
        """Explain the score of the next class."""
        if self.subject is not None and self.subject.opened.dataset.n_classes:
            following = 0 if self._target is None else self._target + 1
            self._target = following if following < self.subject.opened.dataset.n_classes else None
            self.look_again()

    @on(Button.Pressed, "#saliency-target")
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_turn_target()
