"""What the user sees: one screen a file, stylesheet and help beside it.

How a screen joins the program
==============================

1. ``screens/thing.py`` holds ``class ThingScreen(MainScreen)`` (see ``screens.main_screen``); it overrides
``compose_body`` and
   leaves ``compose`` alone: the navigation bar above and the footer below are drawn for it. ``screens/thing.tcss`` is
   loaded by itself; every selector in it starts with ``ThingScreen``.
2. One line in ``screens.main_screen.SCREENS`` registers it: ``Entry("thing", "Thing", "screens.thing:ThingScreen")``.
Its
   place in that table gives it its keys (``1`` .. ``9`` and ``f2`` .. ``f10``), its label in the bar, its command in
   the palette, and its name for ``hw1_tui.app.run("thing")``. The module is imported when the screen is first visited.
3. Keys are ``BINDINGS`` of the screen, each a ``Binding(key, action, description, id="thing.action",
   tooltip="what it does, in a sentence", show=...)``. The palette and the help list every binding by themselves: a
   screen declares no palette commands. ``show=True`` only for the four or five that belong into the footer.
   ``check_action`` that returns ``False`` hides one where it makes no sense. Taken everywhere: ``ctrl+q q f1 ?
   escape ctrl+p ctrl+y f12`` and those of the main screens; ``h`` stays free.
4. ``screens/thing.md`` is its help: Markdown, shown by ``f1`` or ``?`` above the list of its keys. Without the file
   the help is the list of keys alone.
5. A screen on which a run is defined overrides ``config_on_screen`` to return its ``RunConfig`` (or to raise
   ``MistakeError``); ``ctrl+y`` then copies its command. Returns ``None`` where nothing is defined.
6. What all screens share is ``self.workspace`` (``screens.state.workspace.Workspace``): ``workspace.draft`` (the run
being defined, as typed),
   ``workspace.queue`` (the live runs: ``submit``, ``stop``, ``runs``, ``changed``), ``workspace.library`` (data sets in
   memory) and ``workspace.store`` (the history). To train: ``self.workspace.queue.submit(Job(config))`` and
   ``self.app.action_go("training")``; to go on with a run of the history or to branch from one, see
   ``screens.state.run_source``. To fill in the form: ``self.workspace.draft.take(config)`` and
   ``self.app.action_go("hyperparameters")``.
7. A screen stays alive while another is shown: nothing typed is lost. ``on_screen_resume`` is where to look at what
   changed meanwhile; work on a timer begins with ``if not self.is_current: return``.
8. Widths: the screen carries one of the classes ``-narrow`` (80), ``-normal`` (100 and up), ``-wide`` (160 and up)
   and one of ``-short`` or ``-tall`` (32 rows and up); the stylesheet decides by them.
9. Dialogs derive from ``screens.dialogs.dialog.Dialog[Result]``: ``escape`` dismisses with ``None``.
"""
