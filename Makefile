# Each task sets up what it needs: a virtual environment in .venv, installed from a lock file with hashes.

PYTHON := $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
LOCKED := --require-hashes --only-binary :all: -r
# To be run with the oldest Python 3.11 there is: newer ones leave out what only that needs.
COMPILE := .venv-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --all-build-deps --strip-extras --no-annotate \
	--no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help run serve test check bench mutate format lock clean
.DELETE_ON_ERROR:

help:
	@echo 'make run     start everything and load the sample; Ctrl-C stops it'
	@echo 'make serve   start everything, without the sample'
	@echo 'make test    run every feature'
	@echo 'make check   format, lint, types and import contracts'
	@echo 'make bench   measure everything beside its limit or its peer (ADVENTUREWORKS=folder: that import as well)'
	@echo 'make mutate  tell which small mistakes in what trust rests on no test would notice (an hour)'
	@echo 'make format  put the code into shape'
	@echo 'make lock    choose the newest versions that pyproject.toml allows'
	@echo 'make clean   remove what make has installed (never your data)'

run: .venv/.run
	@exec $(BIN)/q2c serve --sample

serve: .venv/.run
	@exec $(BIN)/q2c serve

test: .venv/.dev
	@exec $(BIN)/pytest -n "$$($(BIN)/python -c 'import os; print(2 * (os.cpu_count() or 1))')"  # tests mostly wait

check: .venv/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.run
	@exec $(BIN)/q2c bench $(if $(ADVENTUREWORKS),--adventureworks '$(ADVENTUREWORKS)')

mutate: .venv/.dev
	@exec $(BIN)/python -m features.mutation

format: .venv/.dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.venv/.python:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed and was not found on PATH.' >&2; exit 1; }
	@echo 'Setting up .venv (once) …'
	@$(PYTHON) -m venv --clear .venv || { echo 'Python lacks its venv module (Debian: python3-venv).' >&2; exit 1; }
	@touch $@

.venv/.run: .venv/.python requirements.lock pyproject.toml
	@$(PIP) $(LOCKED) requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@$(PIP) $(LOCKED) requirements-dev.lock
	@touch $@

lock:
	@$(PYTHON) -m venv --clear .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check pip-tools
	$(COMPILE) --upgrade -o requirements.lock pyproject.toml
	$(COMPILE) --upgrade --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	@sed -i '/^#/d' requirements.lock requirements-dev.lock
	@rm -rf .venv-lock

clean:
	rm -rf .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
