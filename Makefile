# Everything runs in .venv, made from the lock; only Python 3.11 (or 3.12) and make are needed.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
#: Everything a test may look at; when none of it changed since they passed, `check` need not run them again.
TESTED := $(shell find sxyd_pipeline sxyd_pipeline_tests data/reference docs -type f \
	-not -name '*.pyc' -not -name '*~' 2>/dev/null) \
	$(wildcard *.toml *.md *.txt *.yaml Makefile .ci/run)

.PHONY: demo test check lint types format ui clean benchmarks

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[ui,test,dev]"
	touch $@

## demo: build the example city, run every asset, publish
demo: $(VENV)/.installed
	$(BIN)/sxyd demo

## test: the whole test suite, warnings as errors
test: $(VENV)/.installed
	$(BIN)/python -m pytest -n $(WORKERS)
	touch $(VENV)/.tested

$(VENV)/.tested: $(VENV)/.installed $(TESTED)
	$(BIN)/python -m pytest -n $(WORKERS)
	touch $@

## check: what a change must pass before it lands: lint, types, and the tests unless they passed on these very files
check: lint types $(VENV)/.tested

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## ui: the Dagster UI on the state of this folder
ui: $(VENV)/.installed
	$(BIN)/sxyd ui

benchmarks: $(VENV)/.installed
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .hypothesis
