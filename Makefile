# The front door. `make` alone says what there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= data
HOST   ?= 127.0.0.1
PORT   ?= 8000
# torch comes first and alone, so that what depends on it takes this build.
TORCH  := torch==2.13.0
PIP    := $(BIN)/python -m pip install --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help serve install test lint soak eval bench clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What the page suggests to be asked of the seeds.
serve: export SAYWHERE_WIDGET__SUGGESTIONS ?= {"default": ["Who demanded an apology?", \
  "How many new agents is ICE under pressure to hire?", "What is the 287(g) program?"]}
serve: install ## install, ingest seeds/, serve on http://127.0.0.1:8000
	$(BIN)/saywhere ingest --data $(DATA) seeds
	$(BIN)/saywhere serve --data $(DATA) --host $(HOST) --port $(PORT)

install: $(VENV)/.installed ## install what answering needs into .venv

test: $(VENV)/.installed-dev lint ## lint, types, import contract, and all tests
	$(BIN)/python -m pytest -q

lint: $(VENV)/.installed-dev ## ruff, mypy --strict, import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

soak: $(VENV)/.installed-dev ## 200 random changes with random kills; minutes
	SOAK_STEPS=200 $(BIN)/python -m pytest -q -s tests/integration/test_soak.py

eval: install ## ask the fixed questions over seeds/, fail under the thresholds
	$(BIN)/saywhere eval

bench: $(VENV)/.installed-dev ## figures on the open sets in ../shared/data, and peers side by side
	$(BIN)/python -m evals.bench
	$(BIN)/python -m evals.bench.peers

clean: ## remove the environment and the data folder
	rm -rf $(VENV) $(DATA)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) $(TORCH)
	$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@
