"""``python -m hw1_tui`` and the ``hw1-tui`` script."""

from __future__ import annotations

import sys

from hw1_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
