# The two commands that a newcomer needs are `make demo` and `make test`; `make help` lists the rest.
# Every command makes its own virtual environment in .venv first, and is quick the second time.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Tests run in this many processes at once.
JOBS   ?= 2
HOST   ?= 127.0.0.1
PORT   ?= 8000

PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo dev serve check test golden browser coverage lint format typecheck bench build image lock \
	translations clean

help: ## Show this list
	@echo "make demo       is the place to start: the bundled campaign at http://$(HOST):$(PORT)/"
	@echo
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-10s %s\n", $$1, $$2 }'

demo: $(VENV)/.installed ## Serve the bundled campaign with made-up signers
	@exec $(BIN)/campaign demo --host $(HOST) --port $(PORT)

dev: $(VENV)/.installed-dev ## Serve the demo, and start it again when code, a template or a text changes
	@exec $(BIN)/python -m tests.dev_server $(HOST) $(PORT)

serve: $(VENV)/.installed ## Serve this installation (settings from the environment or .env)
	@exec $(BIN)/campaign serve --host $(HOST) --port $(PORT)

check: lint ## Lint, and run the tests that need neither a browser nor PostgreSQL
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m "not browser and not postgres" --ignore tests/browser $(ARGS)

test: $(VENV)/.installed-dev ## Run every test
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

golden: $(VENV)/.installed-dev ## Write the golden files of tests anew; then read the difference
	$(BIN)/python -m pytest -q --write-golden $(ARGS)
	git status --short -- 'tests/**/golden/*'

browser: $(VENV)/.installed-dev ## Run only the tests that drive a real browser
	$(BIN)/python -m pytest -m browser $(ARGS)

coverage: $(VENV)/.installed-dev ## Run every test, and name each package below 90 % of lines and branches
	rm -rf build/coverage
	$(BIN)/coverage run -m pytest -n $(JOBS) --dist worksteal $(ARGS)
	$(BIN)/coverage combine --quiet; rm -f build/coverage/data.*
	$(BIN)/coverage json --quiet -o build/coverage/report.json
	@$(BIN)/python -m tests.branches_by_package build/coverage/report.json

lint: $(VENV)/.installed-dev ## Check style, types, spelling and the floors between packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(VENV)/.installed-dev ## Put the code into the project's form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

typecheck: $(VENV)/.installed-dev ## Check types alone
	$(BIN)/mypy

bench: $(VENV)/.installed-dev ## Measure speed against bare equivalents
	@set -e; for script in tests/bench/bench_*.py; do \
		echo "== $$script"; $(BIN)/python $$script; \
	done

build: $(VENV)/.installed-dev ## Build the wheel and the source archive into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .

image: $(VENV)/.installed-dev ## Build the image's files by the steps of deploy/Dockerfile, and run them
	$(BIN)/python -m tests.deploy.image_tree

lock: $(VENV)/.installed-dev ## Renew constraints.txt from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--no-header --no-annotate --upgrade -o constraints.txt

# The names of our own that mark a sentence, beside gettext's.
MARKS := lazy_gettext Message:1 InvalidInput:1 PetitionClosed:1 TokenRefused:1 PlaceUnknown:1 \
	CampaignUnknown:1 TooManyAttempts:1

translations: $(VENV)/.installed-dev ## Bring the catalogs up to date, compile them, and list what is untranslated
	@mkdir -p build
	$(BIN)/pybabel -q extract -F pyproject.toml --ignore-dirs ".* build dist" --no-location --sort-output $(MARKS:%=-k %) -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d data/translations --ignore-obsolete --no-fuzzy-matching --width 100
	$(BIN)/pybabel -q compile -d data/translations
	@$(BIN)/python -m tests.untranslated

clean: ## Remove what the other commands made, the virtual environment and the demo too
	rm -rf $(VENV) dist build demo .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache *.egg-info
	find campaign tests -name __pycache__ -type d -prune -exec rm -rf {} +

# -- set-up --------------------------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "This needs Python 3.11 or newer as $(PYTHON). Name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
		exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); \
		echo "Python's venv module is incomplete here. On Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the campaign toolkit into $(VENV) (a minute, the first time) ..."
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the campaign toolkit and its test packages into $(VENV) (a few minutes, the first time) ..."
	@$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.installed
