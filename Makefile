# Two commands do everything: `make run` and `make test`. The rest is for whoever works on the program.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# How many processes share the tests: `make test WORKERS=8` on a larger machine. Three fill what the waits of tests leave of
# two cores. One has a file's tests as long as all have work, so that what a file shares is made once.
WORKERS ?= 3
PARALLEL := -n $(WORKERS) --dist worksteal

# The tests start many programs, each of which would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test pytest test-lowest coverage lint style types bench pictures mutate torture clean

run: $(INSTALLED)
	$(BIN)/hw1-tui

# Types are checked beside the tests, which leave a part of two cores idle.
test: style
	$(MAKE) --no-print-directory -j 2 types pytest

pytest: $(INSTALLED)
	$(BIN)/python -m pytest $(PARALLEL)

# How much of the program the tests run through, in the programs that they start as well; the least covered files first.
coverage: $(INSTALLED)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(PARALLEL)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --sort=cover | head -n 24; $(BIN)/coverage report --format=total

# The lowest versions that pyproject.toml allows, in a throw-away environment. Old libraries warn of what newer ones have mended.
test-lowest:
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check -c constraints-lowest.txt -e '.[dev]'
	$(VENV)-lowest/bin/python -m pytest $(PARALLEL) -W default; status=$$?; rm -rf $(VENV)-lowest; exit $$status

lint: style types

style: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(INSTALLED)
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(INSTALLED)
	$(BIN)/python -m tests.bench --json bench.json

pictures: $(INSTALLED)
	$(BIN)/python -m tests.pictures

# Puts errors into the equations, one at a time, and says which of them no check notices.
mutate: $(INSTALLED)
	$(BIN)/python -m tests.mutation equations
	$(BIN)/python -m tests.mutation statistics verdicts claims --sample 40

torture: $(INSTALLED)
	$(BIN)/python -m tests.torture
	HW1_TUI_TIMES_AS_MANY_KEYS=40 $(BIN)/python -m pytest $(PARALLEL) tests/test_interface_random.py

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info
