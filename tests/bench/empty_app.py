"""The least that an app of Textual is: what its first frame takes is the framework's."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("An empty app")


if __name__ == "__main__":
    EmptyApp().run()
