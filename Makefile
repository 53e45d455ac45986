# Everything runs in .venv, made from the lock; only Python 3.11 (or 3.12) and make are needed.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

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

## check: what a change must pass before it lands
check: lint types test

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
