# make demo   sets everything up and shows a chart's whole life on the embedded cluster
# make test   sets everything up and passes the tests
# make check  all that CI runs
.DEFAULT_GOAL := check
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: setup demo test test-live controlplane lint format types layers check bench bench-live fuzz fuzz-diff clean

# Scripts of an older pip import re, and the .pth file of setuptools is read at each start: 7 ms of each run.
$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	-$(BIN)/python -m pip uninstall --quiet --yes setuptools
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,sign,postgres,re2,wasm]'
	touch $@

setup: $(VENV)/.ready

demo: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" examples/demo.sh

test: setup
	$(BIN)/python -m pytest -m "not live" -n 2

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

check: lint types layers test

controlplane:
	@tests/controlplane/build.sh

# The live tests: a real kube-apiserver, started for them and stopped after.
test-live: setup
	@programs="$$(tests/controlplane/build.sh)" && \
	$(BIN)/python tests/controlplane/controlplane.py "$$programs" -- $(BIN)/python -m pytest -m live -n 3 --dist loadgroup

bench: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.index

# Releases on a real control plane beside Helm: time and requests of each operation.
bench-live: setup
	@programs="$$(tests/controlplane/build.sh)" && \
	$(BIN)/python tests/controlplane/controlplane.py "$$programs" -- $(BIN)/python -m benchmarks.live

# Random cases by this program and by the real Helm of the folder HELM_ORACLE: make fuzz-diff MODE=odd N=1000 SEED=7
# (MODE: calls, odd, statements, syntax; sets; charts, with CHARTS=FOLDER)
fuzz-diff: setup
	$(BIN)/python tests/fuzz/$(if $(filter sets charts,$(MODE)),commands,diff).py MODE=$(or $(MODE),calls) \
	  N=$(or $(N),300) SEED=$(or $(SEED),1) $(if $(CHARTS),CHARTS=$(CHARTS))

# Changed bytes to each reader, for SECONDS each: make fuzz SECONDS=60
fuzz: setup
	for target in template yaml set archive "archive, unzipped" helmignore; do \
	  $(BIN)/python -m tests.fuzz.targets "$$target" $(or $(SECONDS),30) || exit 1; \
	done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
