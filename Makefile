# One door for people and for CI. Installs into .venv from requirements/*.txt, checked by hash.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	--override requirements/override.txt

.DEFAULT_GOAL := help
.PHONY: help run test check types bench plans chaos fuzz openapi setup fmt lock clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.core ## Start the server on http://127.0.0.1:8000 with demo data
	$(BIN)/orderwright serve --demo

test: $(VENV)/.dev ## Run every test, on SQLite and on PostgreSQL
	$(BIN)/pytest -n 2

check: $(VENV)/.dev ## Format, lint, types, layers, tests: exactly what CI runs
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory --jobs 2 types test

# Beside the tests, which wait for disks and processes now and then.
types: $(VENV)/.dev
	$(BIN)/mypy

bench: $(VENV)/.dev ## Measure the table of goals: placement against pgbench, reads, bulk, memory
	$(BIN)/python -m benchmarks

plans: $(VENV)/.dev ## Look at how each list is read from a million orders, and fail on a scan
	$(BIN)/python -m benchmarks.plans

chaos: $(VENV)/.dev ## Kill the server fifty times under load, and count what is left
	$(BIN)/pytest -m long
	$(BIN)/python -m tests.chaos --kills 50
	$(BIN)/python -m tests.chaos.events --kills 100
	$(BIN)/python -m tests.chaos.workers --kills 30
	$(BIN)/python -m tests.chaos.stopping

fuzz: $(VENV)/.dev ## Make thousands of requests of the document, and hold each answer to it
	$(BIN)/python -m tests.fuzz

openapi: $(VENV)/.dev ## Freeze the documents of the API versions, unless clients would break
	$(BIN)/python -m devtools.freeze_openapi

setup: $(VENV)/.dev ## Install everything, the tools for tests included

fmt: $(VENV)/.dev ## Format the code and fix what ruff can fix
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

lock: ## Resolve requirements/*.in anew (needs uv)
	$(LOCK) requirements/core.in -o requirements/core.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt

clean: ## Remove the environment and what tools left behind; ./var stays
	rm -rf $(VENV) build dist htmlcov .coverage .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements/core.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/core.txt
	$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.core
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
