"""What the user sees: the main screens, one a file, each with its stylesheet and its help beside it.

``dialogs`` lie over a screen and answer, ``widgets`` are what both are made of, ``state`` is what outlives them, and
``runtime`` is what works whichever of them is shown. Imports go down: runtime, main screens, dialogs, widgets, state.

How a screen joins the program
==============================

1. ``screens/thing.py`` holds ``class ThingScreen(MainScreen)``. It overrides ``compose_body``; the navigation bar above
   and the footer below are drawn for it. ``screens/thing.tcss`` is loaded by itself, and every selector in it starts
   with ``ThingScreen``.
2. One line in ``hw1_tui.app.SCREENS`` registers it: ``Entry("thing", "Thing", "screens.thing:ThingScreen", "Runs")``,
   the last being its group. Its position gives it its keys (``1`` .. ``9`` and ``0``, ``f2`` .. ``f11``), its place in
   the bar, its commands in the palette, and the name by which ``hw1_tui.app.run("thing")`` opens it. The module is
   imported when the screen is first visited.
3. Keys are ``BINDINGS`` of the screen, each a ``Binding(key, action, description, id="thing.action", tooltip="What it
   does, in a sentence.")``. Palette, help and settings list every binding by themselves. Only the four or five that
   belong into the footer are shown there; the others say ``show=False``. ``check_action`` returns ``False`` to hide one
   and ``None`` to grey it out. A button names its action: ``Button("Start", action="screen.start")``. Taken everywhere
   are ``ctrl+q q f1 ? escape ctrl+p ctrl+y f12`` and the keys of the main screens; ``h`` stays free.
4. ``screens/thing.md`` is its help: Markdown, shown by ``f1`` or ``?`` above the list of its keys. Without the file the
   help is that list alone.
5. A screen that shows something the shell can do as well overrides ``command``, which returns a ``Command``, ``None``
   where there is nothing yet, or raises ``MistakeError``; ``ctrl+y`` copies it.
6. What all screens share is ``self.workspace``: ``draft`` (the run being defined, as typed), ``queue`` (the live
   runs), ``library`` (data sets in memory) and ``store`` (the history). ``queue.submit(Job(config))`` trains a run,
   ``draft.take(config)`` fills the form, and ``self.app.action_go("training")`` goes to another main screen. A widget
   that needs them says ``app = getters.app(WorkspaceApp)``, as ``MainScreen`` and ``Dialog`` do.
7. A screen stays alive while another is shown, so nothing typed is lost. ``on_screen_resume`` looks at what changed
   meanwhile; work on a timer begins with ``if not self.is_current: return``. A thread touches no widget: it posts a
   message, named after what happened.
8. The screen carries one of the classes ``-narrow`` (80 columns), ``-normal`` (100 and up) and ``-wide`` (160 and up),
   and one of ``-short`` and ``-tall`` (32 rows and up); the stylesheet decides by them. Looks come from the tokens in
   ``screens/app.tcss``; "The look" in CONTRIBUTING.md says what each is for.
9. A dialog derives from ``Dialog[Result]``; ``escape`` dismisses it with ``None``. What can change in a run that has
   begun is asked for by one ``ChangeForm``, and keys of lists come from ``vim_keys``.
"""
