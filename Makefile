.DEFAULT_GOAL := help
.PHONY: help run test test-all test-js test-sqlite test-services test-ml clients mutants lint check format bench bench-engine accuracy train-model ordinary-words pictures sbom messages wheel faults

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
TEST_POSTGRES_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
TEST_REDIS_URL ?= redis://127.0.0.1:6379/15
export TEST_POSTGRES_URL TEST_REDIS_URL
# Without cached bytecode every process compiles 1,400 modules again, which takes longer than the
# rest of its start.
export PYTHONDONTWRITEBYTECODE :=
# In the files' order: otherwise long files come last and keep one worker busy alone.
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder
# Options for the pass on SQLite. CI measures coverage with --cov: pyproject.toml holds the threshold.
COVERAGE ?=
BIOME := node_modules/.bin/biome check --error-on-warnings
# Only templates that exist can be linted.
TEMPLATES := $(wildcard templates moderation/templates reviews/templates)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Gavel needs Python 3.11 or newer.'; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo 'Python lacks venv. On Debian: apt-get install python3-venv'; exit 1; }
	$(PYTHON) -m venv $(VENV)

# If a list of requirements is newer than its stamp, it is installed again.
$(VENV)/.run-stamp: requirements.txt | $(BIN)/python
	@$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev-stamp: requirements.txt requirements-dev.txt | $(BIN)/python
	@$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.run-stamp

$(VENV)/.ml-stamp: requirements-ml.txt $(VENV)/.dev-stamp
	@$(call install,requirements-ml.txt)
	@touch $@

# uv installs in a fraction of pip's time; if it is not available or fails, pip does the same. It also
# gets the folders where pip finds wheels: they may hold a torch without CUDA, a tenth of the size.
define install
echo "Installing $(1)"; \
{ test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv 2>/dev/null; }; \
UV_FIND_LINKS="$${PIP_FIND_LINKS:-$$($(BIN)/python -m pip config get global.find-links 2>/dev/null)}" \
$(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1) 2>/dev/null \
	|| $(BIN)/python -m pip install --quiet -r $(1)
endef

# The tests of the pages drive Chromium; if it cannot be installed they say so and are skipped. Without
# its windows it takes half the time, so that this one is asked for even where the whole one is.
$(VENV)/.browser-stamp: | $(BIN)/python
	@if test -z "$$TEST_CHROMIUM" && ! command -v chromium-headless-shell >/dev/null && test -w /var/lib/dpkg/lock; then \
		echo 'Installing chromium-headless-shell'; \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell; } >/dev/null 2>&1 \
			|| apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 \
			|| echo 'Chromium could not be installed; set TEST_CHROMIUM to the path of one.'; \
	fi
	@if $(BIN)/python -m tests.services chromium >/dev/null; then touch $@; fi

# Node checks the console's JavaScript and CSS. Without Node these checks are skipped, except in CI.
node_modules/.stamp: package.json package-lock.json
	@if node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null; then \
		echo 'Installing package.json'; \
		npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --silent && touch $@; \
	else \
		echo 'Not run: JavaScript and CSS checks. They need Node 20 or newer with npm (https://nodejs.org).'; \
		test "$$CI" != true; \
	fi

run: $(VENV)/.run-stamp ## serve with the demo project at http://127.0.0.1:8000 (PORT changes it)
	@export DEBUG=$${DEBUG:-true} OPEN_PROJECT=$${OPEN_PROJECT:-demo} PORT=$(PORT); \
	$(BIN)/python manage.py migrate --verbosity 0 \
	&& $(BIN)/python manage.py load_demo \
	&& exec $(BIN)/python manage.py serve --port $(PORT)

# What a pass selects; `make test` narrows it.
ON_SQLITE :=
ON_SERVICES := -m 'not standalone'

test: ON_SQLITE := -m 'not slow'
# So few that a third worker costs more than it brings.
test: ON_SERVICES = -n 2 -m 'on_services and not slow and not standalone' \
	$$(grep -rl on_services tests --include='test_*.py')
test: test-js test-sqlite test-services ## run the tests but for the slow ones; on the services what they decide
	@echo 'make test-all runs the slow tests too (stories of several servers, kills, benchmarks, pages on a phone or in the dark),'
	@echo 'and on PostgreSQL with Redis every test that does not bring its own server.'

test-all: clients test-js test-sqlite test-services ## run every test on SQLite and, where they answer, on PostgreSQL with Redis

test-js: node_modules/.stamp
	@if test -e $<; then \
		echo 'Tests of JavaScript'; \
		node --no-warnings --test --test-reporter=spec tests/js/*.test.js; \
	fi

test-sqlite: $(VENV)/.dev-stamp $(VENV)/.browser-stamp
	@echo 'Tests on SQLite'
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ON_SQLITE) $(COVERAGE)

# One after the other: side by side the tests would hear each other's events through Redis.
test-services: $(VENV)/.dev-stamp test-sqlite
	@if $(BIN)/python -m tests.services postgresql redis; then \
		echo 'Tests on PostgreSQL with Redis'; \
		DATABASE_URL="$$TEST_POSTGRES_URL" REDIS_URL="$$TEST_REDIS_URL" \
			$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ON_SERVICES); \
	elif [ "$$CI" = true ]; then \
		echo 'With CI=true every service must answer.'; exit 1; \
	else \
		echo 'Not run: the tests on PostgreSQL with Redis.'; \
	fi

# In an environment of their own: some need other versions of packages than the server.
$(VENV)-clients/.stamp: requirements-clients.txt | $(BIN)/python
	@echo 'Installing requirements-clients.txt'
	@$(BIN)/python -m venv $(VENV)-clients
	@$(VENV)-clients/bin/python -m pip install --quiet -r requirements-clients.txt
	@touch $@

clients: $(VENV)-clients/.stamp ## install clients of other services, which a slow test runs

test-ml: $(VENV)/.ml-stamp ## run the tests of Detoxify, which need requirements-ml.txt (torch)
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest tests/engine/model/detoxify

# Each round starts servers and kills them: minutes. CI runs most of these tests once.
REPEAT ?= 20
faults: $(VENV)/.dev-stamp ## run the tests of faults (kills, cuts, full disks, clocks) REPEAT times (20)
	@for round in $$(seq $(REPEAT)); do \
		echo "Round $$round of $(REPEAT)"; \
		FAULTS=true DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest -q -m faults || exit 1; \
	done

mutants: $(VENV)/.dev-stamp ## plant small faults in the rooms that decide; say which of them no test notices (hours)
	DATABASE_URL= REDIS_URL= nice -n 15 $(BIN)/python -m tests.mutants $(MUTANTS)

lint: export DEBUG = true
lint: export SECRET_KEY = only-for-lint-0123456789-abcdefghij
lint: $(VENV)/.dev-stamp node_modules/.stamp ## check format, style, types, imports, migrations and settings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING
	$(if $(TEMPLATES),$(BIN)/djlint $(TEMPLATES) --lint)
	if test -e node_modules/.stamp; then $(BIOME); fi

check: lint test ## lint and test: what a change must pass

format: $(VENV)/.dev-stamp node_modules/.stamp ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	if test -e node_modules/.stamp; then $(BIOME) --write; fi

# Of an environment with nothing but what the server needs, so that no tool of the tests is listed.
$(VENV)-sbom/.stamp: requirements.txt
	@echo 'Installing requirements.txt'
	@$(PYTHON) -m venv $(VENV)-sbom
	@$(VENV)-sbom/bin/python -m pip install --quiet -r requirements.txt
	@touch $@

sbom: $(VENV)/.dev-stamp $(VENV)-sbom/.stamp ## list every package of the server with its licence in var/sbom.cdx.json (CycloneDX)
	@install -d -m 700 var
	$(BIN)/cyclonedx-py environment --no-validate --pyproject pyproject.toml --output-reproducible \
		--output-format JSON --output-file var/sbom.cdx.json $(VENV)-sbom/bin/python

messages: export DEBUG = true
messages: $(VENV)/.run-stamp ## collect the texts of pages into moderation_site/locale and compile them (apt-get install gettext)
	$(BIN)/python manage.py makemessages --locale es --locale ur --no-location --no-obsolete --no-wrap \
		--ignore .venv --ignore node_modules --ignore tests --ignore var
	sed -i '/^"POT-Creation-Date/d;/^"Report-Msgid-Bugs-To/d' moderation_site/locale/*/LC_MESSAGES/django.po
	$(BIN)/python manage.py compilemessages --ignore .venv --ignore node_modules

# Built from a copy of what git tracks: a build leaves its folders beside the sources.
wheel: $(VENV)/.dev-stamp ## build the package into var/dist
	@install -d -m 700 var
	@rm -rf var/package && mkdir -p var/package var/dist
	git ls-files -z | xargs -0 cp --parents -t var/package
	$(BIN)/python -m pip wheel --quiet --no-build-isolation --no-deps --wheel-dir var/dist var/package
	@rm -rf var/package

bench: $(VENV)/.dev-stamp ## run the benchmarks
	$(BIN)/python bench/run.py

bench-engine: $(VENV)/.dev-stamp ## measure the engine alone: microseconds a stage, long lists, worst texts
	$(BIN)/python bench/engine.py

ACCURACY_HALF ?= dev
# What `make train-model` leaves behind: a model without each fold, so that no text is judged by a
# model that saw its template. If it is missing, ACCURACY_TRAIN names the folder to train on.
ACCURACY_MODELS ?= var/training
accuracy: $(VENV)/.dev-stamp ## judge the labelled texts in ACCURACY_DATA (evaluate.py and its sets)
	@test -n "$(ACCURACY_DATA)" || { echo 'Name the folder: make accuracy ACCURACY_DATA=…'; exit 1; }
	PYTHONDONTWRITEBYTECODE=1 $(BIN)/python $(ACCURACY_DATA)/evaluate.py \
		--py bench/accuracy.py:judge --half $(ACCURACY_HALF) --name gavel --obfuscate --threshold 0.6
	$(BIN)/python bench/accuracy.py $(ACCURACY_DATA)/$(ACCURACY_HALF)/pii_presidio.jsonl
	@test -e $(ACCURACY_MODELS)/folds.json || test -z "$(ACCURACY_TRAIN)" \
		|| $(MAKE) train-model DATA="$(ACCURACY_TRAIN)" \
			TRAIN_OPTIONS="--work $(ACCURACY_MODELS) --out $(ACCURACY_MODELS)/whole.npz"
	$(BIN)/python bench/cross_validation.py $(ACCURACY_DATA)/$(ACCURACY_HALF) $(ACCURACY_MODELS)

# In an environment of its own: the server does not have the packages for training.
$(VENV)-train/.stamp: requirements.txt requirements-train.txt | $(BIN)/python
	@echo 'Installing requirements-train.txt'
	@$(BIN)/python -m venv $(VENV)-train
	@$(VENV)-train/bin/python -m pip install --quiet -r requirements-train.txt
	@touch $@

train-model: $(VENV)-train/.stamp ## train the bundled model on the sets in DATA
	@test -n "$(DATA)" || { echo 'Name the folder: make train-model DATA=…; see training/train.py --help'; exit 1; }
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(VENV)-train/bin/python training/train.py "$(DATA)" $(TRAIN_OPTIONS)

ordinary-words: $(VENV)-train/.stamp ## judge the 5,000 commonest words of 42 languages, 500 names and 500 towns
	$(VENV)-train/bin/python bench/ordinary.py

pictures: $(VENV)/.dev-stamp $(VENV)/.browser-stamp ## retake the screenshots of README and docs
	$(BIN)/python -m tests.browser.pictures
