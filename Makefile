.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-services lint check format bench

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
TEST_POSTGRES_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15
export TEST_POSTGRES_URL TEST_REDIS_URL
# Only templates that exist can be linted.
TEMPLATES := $(wildcard templates moderation/templates reviews/templates)

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Gavel needs Python 3.11 or newer.'; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo 'Python lacks venv. On Debian: apt-get install python3-venv'; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The stamps are newer than the lists they were installed from, or the lists are installed again.
$(VENV)/.run-stamp: requirements.txt | $(BIN)/python
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev-stamp: requirements.txt requirements-dev.txt | $(BIN)/python
	@$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.run-stamp

# uv installs in a fraction of pip's time; where it cannot be had or fails, pip does the same.
define install
echo "Installing $(1)"; \
{ test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv 2>/dev/null; }; \
$(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1) 2>/dev/null \
	|| $(BIN)/python -m pip install --quiet -r $(1)
endef

run: $(VENV)/.run-stamp ## serve with the demo project at http://127.0.0.1:8000 (PORT changes it)
	@export DEBUG=$${DEBUG:-true} OPEN_PROJECT=$${OPEN_PROJECT:-demo} PORT=$(PORT); \
	$(BIN)/python manage.py migrate --verbosity 0 \
	&& $(BIN)/python manage.py load_demo \
	&& exec $(BIN)/python -m uvicorn moderation_site.asgi:application --host 127.0.0.1 \
		--port $(PORT) --no-access-log --no-proxy-headers --ws-per-message-deflate false

test: test-sqlite test-services ## run every test, on SQLite and, where they answer, on the services

test-sqlite: $(VENV)/.dev-stamp
	@echo 'Tests on SQLite'
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest -n 2 --dist loadfile

# One after the other: side by side the tests would hear each other's events through Redis.
test-services: $(VENV)/.dev-stamp test-sqlite
	@if $(BIN)/python -m tests.services postgresql redis; then \
		echo 'Tests on PostgreSQL with Redis'; \
		DATABASE_URL="$$TEST_POSTGRES_URL" REDIS_URL="$$TEST_REDIS_URL" $(BIN)/python -m pytest -m 'not standalone'; \
	elif [ "$$CI" = true ]; then \
		echo 'With CI=true every service must answer.'; exit 1; \
	else \
		echo 'Not run: the tests on PostgreSQL with Redis.'; \
	fi

lint: export DEBUG = true
lint: export SECRET_KEY = only-for-lint-0123456789-abcdefghij
lint: $(VENV)/.dev-stamp ## check format, style, types, imports, migrations and settings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	$(if $(TEMPLATES),$(BIN)/djlint $(TEMPLATES) --lint)

check: lint test ## lint and test: what a change must pass

format: $(VENV)/.dev-stamp ## put the code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev-stamp ## run the benchmarks
	$(BIN)/python bench/run.py
