"""The Textual app: which places there are, which keys lead to them, and what all of them share.

Places are *modes* of the app, so each keeps its screen, and what was typed there, while another is shown. How a
screen is registered, gets its keys, its help and its palette commands is told in ``screens/__init__.py``.

The app owns one ``Desk`` (``app.desk``): the run being defined, the live runs, the data sets in memory, the history.
Threads never touch a widget: a live run tells the bench through a queue, and the bench tells the screens by its
``changed`` signal, on the interface's own thread.
"""
