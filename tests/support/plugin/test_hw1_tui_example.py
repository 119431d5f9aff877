"""The engine holds to the contract."""

import pytest

pytest.register_assert_rewrite("engines.testing")

from hw1_tui_example import ExampleEngine  # noqa: E402

from engines.testing import EngineContract  # noqa: E402


class TestExampleEngine(EngineContract):
    engine = ExampleEngine()
