# The front door. `make` alone says what there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= data
HOST   ?= 127.0.0.1
PORT   ?= 8000
FUZZ_SECONDS ?= 60
# torch comes first and alone, so that what depends on it takes this build.
TORCH  := torch==2.13.0
PIP    := $(BIN)/python -m pip install --disable-pip-version-check --quiet
# A test process a core, and one thread of arithmetic in each.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help serve install test test-slow lint audit soak fuzz eval bench docs wheel clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# What the page suggests to be asked of the seeds.
serve: export SAYWHERE_WIDGET__SUGGESTIONS ?= {"default": ["Who demanded an apology?", \
  "How many new agents is ICE under pressure to hire?", "What is the 287(g) program?"]}
serve: install ## install, ingest seeds/, serve on http://127.0.0.1:8000
	$(BIN)/saywhere ingest --data $(DATA) seeds
	$(BIN)/saywhere serve --data $(DATA) --host $(HOST) --port $(PORT)

install: $(VENV)/.installed ## install what answering needs into .venv

test: $(VENV)/.installed-dev lint ## lint, types, import contract, and all tests but the slow ones
	$(PYTEST) -m "not slow"

test-slow: $(VENV)/.installed-dev ## the slow tests: the wheel with every data set, real files, a soak
	$(PYTEST) -m slow

lint: $(VENV)/.installed-dev ## ruff, mypy --strict, import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

audit: $(VENV)/.installed-audit ## known vulnerabilities of the pinned dependencies, by PyPI's advisories
	$(VENV)/audit/bin/python .ci/audit.py

soak: $(VENV)/.installed-dev ## 1,000 random changes with kills, full disks and damaged indexes, on both engines; hours
	SOAK_STEPS=1000 $(BIN)/python -m pytest -q -s tests/integration/test_soak.py
	PG_SOAK_STEPS=1000 $(BIN)/python -m pytest -q -s tests/integration/test_postgres_replicas.py -k killed

fuzz: $(VENV)/.installed-dev ## mutated files of every format and HTTP bodies; FUZZ_SECONDS=60 of each
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

eval: install ## ask the fixed questions over seeds/, fail under the thresholds
	$(BIN)/saywhere eval

bench: $(VENV)/.installed-dev ## figures on the open sets in ../shared/data, and peers side by side
	$(BIN)/python -m evals.bench
	$(BIN)/python -m evals.bench.peers

docs: $(VENV)/.installed-dev ## write the generated pages of docs/ anew
	$(BIN)/python -m api.cli.reference --write

wheel: $(VENV)/.installed-dev ## a source distribution and a wheel in dist/
	$(BIN)/python -m build --no-isolation --outdir dist

clean: ## remove the environment, the data folder and what was built
	rm -rf $(VENV) $(DATA) build dist *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) $(TORCH)
	$(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-audit: $(VENV)/.installed-dev  # in an environment of its own: it is no dependency
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --disable-pip-version-check --quiet "pip-audit>=2.9,<3"
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@
