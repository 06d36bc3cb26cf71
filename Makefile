.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-services test-ml lint check format bench bench-engine accuracy train-model pictures

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
TEST_POSTGRES_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15
export TEST_POSTGRES_URL TEST_REDIS_URL
# Without kept bytecode every process compiles 1,400 modules anew: longer than all else of its start.
export PYTHONDONTWRITEBYTECODE :=
# In the files' order: the long stories of tests/e2e would else come last and keep one worker alone.
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder
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

$(VENV)/.ml-stamp: requirements-ml.txt $(VENV)/.dev-stamp
	@$(call install,requirements-ml.txt)
	@touch $@

# uv installs in a fraction of pip's time; where it cannot be had or fails, pip does the same. Told
# of the folders where pip finds wheels: a torch without CUDA, a tenth of the other, may lie there.
define install
echo "Installing $(1)"; \
{ test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv 2>/dev/null; }; \
UV_FIND_LINKS="$${PIP_FIND_LINKS:-$$($(BIN)/python -m pip config get global.find-links 2>/dev/null)}" \
$(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1) 2>/dev/null \
	|| $(BIN)/python -m pip install --quiet -r $(1)
endef

# The tests of the pages drive Chromium; where it cannot be installed they say so and are skipped.
$(VENV)/.browser-stamp: | $(BIN)/python
	@if ! $(BIN)/python -m tests.services chromium >/dev/null && command -v apt-get >/dev/null; then \
		echo 'Installing chromium'; \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
			|| echo 'Chromium could not be installed; set TEST_CHROMIUM to the path of one.'; \
	fi
	@if $(BIN)/python -m tests.services chromium >/dev/null; then touch $@; fi

run: $(VENV)/.run-stamp ## serve with the demo project at http://127.0.0.1:8000 (PORT changes it)
	@export DEBUG=$${DEBUG:-true} OPEN_PROJECT=$${OPEN_PROJECT:-demo} PORT=$(PORT); \
	$(BIN)/python manage.py migrate --verbosity 0 \
	&& $(BIN)/python manage.py load_demo \
	&& exec $(BIN)/python -m uvicorn moderation_site.asgi:application --host 127.0.0.1 \
		--port $(PORT) --no-access-log --no-proxy-headers --ws-per-message-deflate false

test: test-sqlite test-services ## run every test, on SQLite and, where they answer, on the services

test-sqlite: $(VENV)/.dev-stamp $(VENV)/.browser-stamp
	@echo 'Tests on SQLite'
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest $(SIDE_BY_SIDE)

# One after the other: side by side the tests would hear each other's events through Redis.
test-services: $(VENV)/.dev-stamp test-sqlite
	@if $(BIN)/python -m tests.services postgresql redis; then \
		echo 'Tests on PostgreSQL with Redis'; \
		DATABASE_URL="$$TEST_POSTGRES_URL" REDIS_URL="$$TEST_REDIS_URL" \
			$(BIN)/python -m pytest -m 'not standalone' $(SIDE_BY_SIDE); \
	elif [ "$$CI" = true ]; then \
		echo 'With CI=true every service must answer.'; exit 1; \
	else \
		echo 'Not run: the tests on PostgreSQL with Redis.'; \
	fi

test-ml: $(VENV)/.ml-stamp ## run the tests of Detoxify, which need requirements-ml.txt (torch)
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest tests/detoxify

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

bench-engine: $(VENV)/.dev-stamp ## measure the engine alone: microseconds a stage, long lists, worst texts
	$(BIN)/python bench/engine.py

ACCURACY_HALF ?= dev
accuracy: $(VENV)/.dev-stamp ## judge the labelled texts below ACCURACY_DATA (evaluate.py and its sets)
	@test -n "$(ACCURACY_DATA)" || { echo 'Name the folder: make accuracy ACCURACY_DATA=…'; exit 1; }
	PYTHONDONTWRITEBYTECODE=1 $(BIN)/python $(ACCURACY_DATA)/evaluate.py \
		--py bench/accuracy.py:judge --half $(ACCURACY_HALF) --name gavel --obfuscate --threshold 0.3
	$(BIN)/python bench/accuracy.py $(ACCURACY_DATA)/$(ACCURACY_HALF)/pii_presidio.jsonl

# In an environment of its own: nothing that serves has the packages that train.
$(VENV)-train/.stamp: requirements.txt requirements-train.txt | $(BIN)/python
	@echo 'Installing requirements-train.txt'
	@$(BIN)/python -m venv $(VENV)-train
	@$(VENV)-train/bin/python -m pip install --quiet -r requirements-train.txt
	@touch $@

train-model: $(VENV)-train/.stamp ## train the bundled model on the sets below DATA
	@test -n "$(DATA)" || { echo 'Name the folder: make train-model DATA=…; see training/train.py --help'; exit 1; }
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(VENV)-train/bin/python training/train.py "$(DATA)" $(TRAIN_OPTIONS)

pictures: $(VENV)/.dev-stamp $(VENV)/.browser-stamp ## take the pictures of README and docs anew
	$(BIN)/python -m tests.browser.pictures
