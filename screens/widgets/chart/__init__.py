"""The one chart widget.

``Chart(title, x_label=, empty=)`` is told ``set_series([Series(name, x, y, best="lowest"), ...])`` whenever there is
something new, ``set_marks([Mark(x, label)])`` for what happened along the x axis and ``set_floors([Floor(y, label)])``
for values that matter all along it. ``log_y``, ``smoothing``, ``ascii``, ``crosshair`` and ``text`` are reactive.
``plot`` works out heights, axes and colours; ``renderer`` makes the cells of a terminal of them.
"""

from screens.widgets.chart.chart import Chart
from screens.widgets.chart.series import Floor, Mark, Series

__all__ = ["Chart", "Floor", "Mark", "Series"]
