"""What every engine must hold to, as tests.

The author of a plug-in runs them on an engine of their own:

    import pytest

    pytest.register_assert_rewrite("engines.testing")  # so that a failing test shows the values it compared

    from engines.testing import EngineContract
    from my_package import MyEngine

    class TestMyEngine(EngineContract):
        engine = MyEngine()

This is the one package that imports pytest: whoever runs it has that, and the program never imports it.
"""

from engines.testing.drawn import Config, dataset
from engines.testing.suite import EngineContract

__all__ = ["Config", "EngineContract", "dataset"]
