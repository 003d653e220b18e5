# `make start` and `make test` are all a newcomer needs. Prerequisites: python3 (3.11 or later) with venv, make.

PYTHON ?= python3
PORT ?= 8000
RONDA_DEMO ?= 1
BIN := .venv/bin
RUN := $(BIN)/python
PYTEST := $(RUN) -m pytest --numprocesses $(shell nproc)
UV_LOCK := $(RUN) -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.PHONY: start night test test-postgres check bench messages openapi screenshots lock clean help

help:
	@echo "make start          install, prepare and run Ronda with a demo (PORT=8000, RONDA_HOME=var)"
	@echo "make night          play an evening of three minutes in the running demo (same PORT, RONDA_HOME)"
	@echo "make test           the tests on SQLite and the real Valkey"
	@echo "make test-postgres  the same tests on PostgreSQL (DATABASE_URL, else one from a wheel)"
	@echo "make check          everything that must hold before a change is accepted"
	@echo "make bench          what each operation costs beside its floor"
	@echo "make messages       bring the catalogues of words up to date"
	@echo "make openapi        write openapi.yaml"
	@echo "make screenshots    draw docs/screenshots again (needs Chromium)"
	@echo "make lock           resolve the requirements again"

# -- the environment: made once, made again when a lock changes ------------------------

.venv/runs: requirements.lock
	@echo "ronda: preparing the Python environment"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ronda needs Python 3.11 or later: PYTHON=python3.11 make start")'
	@$(PYTHON) -m venv .venv || { echo "Python cannot make environments here. On Debian: apt install python3-venv"; rm -rf .venv; exit 1; }
	@$(INSTALL) --requirement requirements.lock
	@touch $@

.venv/tests: requirements-dev.lock .venv/runs
	@echo "ronda: preparing the tools for tests"
	@$(INSTALL) --requirement requirements-dev.lock
	@touch $@

# -- running ---------------------------------------------------------------------------

start: .venv/runs
	@PORT=$(PORT) RONDA_DEMO=$(RONDA_DEMO) exec $(RUN) manage.py up --prepare

night: .venv/runs
	@PORT=$(PORT) RONDA_DEMO=$(RONDA_DEMO) $(RUN) manage.py simulate_night

# -- testing ---------------------------------------------------------------------------

test: .venv/tests
	@env -u DATABASE_URL $(PYTEST)

test-postgres: .venv/tests
	@$(RUN) -m tests.on_postgres $(PYTEST)

check: .venv/tests
	@$(RUN) -m tests.check

bench: .venv/tests
	@$(RUN) -m bench

# -- upkeep ----------------------------------------------------------------------------

messages: .venv/runs
	@RONDA_NEW=1 $(RUN) manage.py messages update

openapi: .venv/runs
	@RONDA_NEW=1 $(RUN) manage.py spectacular --file openapi.yaml --validate --fail-on-warn --lang en

screenshots: .venv/tests
	@env -u DATABASE_URL $(RUN) -m tests.screenshots

lock: .venv/tests
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV_LOCK) pyproject.toml --output-file requirements.lock
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV_LOCK) pyproject.toml --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
