"""Forgets what is gone: Textual keeps removed widgets for ever where others once listened for them.

An input of a form that is built again stays subscribed to its screen's signals, what was once found among a widget's
children stays in a cache of its, and a widget holds the last message it got, with who sent it; each holds all that it
ever drew, and a cache of colours holds what the last thousand widgets drew. A memory of 83 MB became 936 in a quarter
of an hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual._styles_cache import StylesCache
from textual.app import App
from textual.dom import DOMNode
from textual.signal import Signal

SECONDS_BETWEEN = 15.0


def forget_gone(app: App[int], owners: Iterable[object] = ()) -> None:
    """Take widgets that were removed out of the lists of those that listen.

    Args:
        app: all of whose widgets are looked at.
        owners: of signals, beside the widgets.
    """
    found: list[Signal[Any]] = [
        value for owner in owners for value in vars(owner).values() if isinstance(value, Signal)
    ]
    for node in [app, *app._registry]:
        node._query_one_cache.clear()  # up to a thousand widgets that were once found here, most of them gone
        for watchers in getattr(node, "__watchers", {}).values():
            watchers[:] = [(listener, callback) for listener, callback in watchers if not listener._closing]
        found += [value for value in vars(node).values() if isinstance(value, Signal)]
        node.check_idle()  # a message of the app's, in place of the one that a closed dialog may have sent last
    for signal in found:
        for listener in list(signal._subscriptions):
            if isinstance(listener, DOMNode) and listener._closing:
                signal.unsubscribe(listener)
    StylesCache.get_inner_outer.cache_clear()  # keyed by the lines that a widget drew; filled again at once
