"""Mutation: what is put in, and that it is noticed; `make mutate` does it for everything."""

import subprocess
import sys
from typing import Any

import pytest

from tests.mutation.mutant import mutants_of

SOURCE = """
def area(a: float, b: float) -> float:
    \"\"\"Return 1.\"\"\"
    if a < 0:
        raise ValueError(f"{a} is below {0}")
    return a - 2 * b
"""


def test_errors_are_those_of_an_equation():
    found = {(mutant.line, mutant.before, mutant.after) for mutant in mutants_of("module", SOURCE, "module.py")}
    assert (6, "a - 2 * b", "a + 2 * b") in found  # a sign
    assert (6, "a - 2 * b", "2 * b - a") in found  # the order
    assert (6, "2 * b", "b") in found  # a factor left out
    assert (6, "2 * b", "4 * b") in found  # a constant doubled
    assert (4, "a < 0", "a <= 0") in found  # a comparison
    assert {line for line, _, _ in found} == {4, 6}, "neither texts nor annotations nor errors' words compute"


def test_a_mutant_is_the_module_with_one_error():
    mutants = {(mutant.before, mutant.after): mutant for mutant in mutants_of("module", SOURCE, "module.py")}
    names: dict[str, Any] = {}
    exec(mutants["a - 2 * b", "a + 2 * b"].code, names)  # noqa: S102 - running it is the purpose
    assert names["area"](1, 2) == 5
    assert mutants["a - 2 * b", "a + 2 * b"].place == "module:area"


@pytest.mark.parametrize("only", ["coefficients:Quadratic.read", "network:reflected"])
def test_derive_notices_every_error_in_an_equation(only):
    command = [sys.executable, "-m", "tests.mutation", "equations", "--only", only, "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 survive" in done.stdout


def test_an_error_that_is_noticed_by_nothing_is_told():
    # A judge who accepts everything.
    program = (
        "import sys, tests.mutation.subject as s; from tests.mutation.__main__ import main;"
        "modules = ('hw1_tui.derivation.network',);"
        "s.SUBJECTS = (s.Subject('nobody', modules, lambda: False, ('hw1_tui.derivation',), 5),);"
        "sys.argv[1:] = ['--only', 'network:reflected', '--jobs', '1']; sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "SURVIVES  hw1_tui/derivation/network.py:" in done.stdout
