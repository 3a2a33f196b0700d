# make demo   sets everything up and shows a chart's whole life on the embedded cluster
# make test   sets everything up and passes the tests
# make check  all that CI runs
.DEFAULT_GOAL := check
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: setup kube-data demo schema-suite test test-live trials-live controlplane lint format types layers check picture terminal-picture page-picture docs docs-serve bench bench-live fuzz fuzz-diff dist clean

# The .pth file of setuptools is read at each start. An editable installation has no byte code, and where Python may
# not write it (PYTHONDONTWRITEBYTECODE) each run would compile every module again.
$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	-$(BIN)/python -m pip uninstall --quiet --yes setuptools
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,docs,sign,postgres,test,wasm]'
	$(BIN)/python -m compileall -q src $(VENV)/lib
	$(BIN)/python -m steersman.runtime.image
	touch $@

setup: $(VENV)/.ready

demo: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" examples/demo.sh

# The official JSON Schema test suite, of jsonschema's source distribution, into a cache outside the clone. Without it
# its tests are skipped.
schema-suite: setup
	-@$(BIN)/python -m tests.values.suite

test: setup schema-suite
	$(BIN)/python -m pytest -m "not live" -n 2

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/plain_english.py

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

check: lint types layers docs test

controlplane:
	@tests/controlplane/build.sh

# The live tests: a real kube-apiserver, started for them and stopped after.
test-live: setup
	@programs="$$(tests/controlplane/build.sh)" && \
	$(BIN)/python tests/controlplane/controlplane.py "$$programs" -- $(BIN)/python -m pytest -m live -n 3 --dist loadgroup

# Commands broken off by signals, by a dying API server and by each other, at every request; half an hour.
trials-live: setup
	@programs="$$(tests/controlplane/build.sh)" && for mode in signals crashes clients; do \
	  $(BIN)/python tests/controlplane/controlplane.py "$$programs" -- \
	  $(BIN)/python -m tests.live.trials $$mode --seconds $(or $(SECONDS),600) || exit 1; \
	done

# The picture in docs/architecture.md, from the imports
picture: setup
	$(BIN)/python docs/picture.py

# The picture of a terminal in the README and on the site, from real commands
terminal-picture: setup
	$(BIN)/python scripts/terminal_picture.py

# The pictures of the pages of steer explain --html and of coverage in the docs; needs Chromium (tests/services/install.sh)
page-picture: setup
	$(BIN)/python -m scripts.page_picture

# The documentation's site into build/site; a warning is an error. docs-serve shows it while pages are written.
docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs-serve: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

# The facts about Kubernetes' kinds, from the Go module k8s.io/kubernetes and its earlier versions: downloads 3 GB at the
# first run, ten minutes. Needs Go; KUBERNETES=v1.38.0 for a newer version.
kube-data:
	$(PYTHON) scripts/kube_data.py $(if $(KUBERNETES),--kubernetes $(KUBERNETES))

bench: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.index
	$(BIN)/python -m benchmarks.corpus
	$(BIN)/python -m benchmarks.suites

# The promises about insight, by mutation over the public charts in ../shared, and the errors that steer check reports about
# them; half an hour on two cores, of which steer check takes ten minutes. Faster: make bench-insight CASES=100
bench-insight: setup
	$(BIN)/python -m benchmarks.insight --cases $(or $(CASES),0)
	$(BIN)/python -m benchmarks.check

# Releases on a real control plane compared with Helm: time and requests of each operation.
bench-live: setup
	@programs="$$(tests/controlplane/build.sh)" && \
	$(BIN)/python tests/controlplane/controlplane.py "$$programs" -- $(BIN)/python -m benchmarks.live

# Random cases by this program and by the real Helm of the folder HELM_ORACLE: make fuzz-diff MODE=odd N=1000 SEED=7
# (MODE: calls, odd, statements, syntax; sets; lists; charts, with CHARTS=FOLDER; paths; schemas; yaml; strategic, compared
# with client-go). With SECONDS=1800 for so long.
FUZZ_calls = diff
FUZZ_odd = diff
FUZZ_statements = diff
FUZZ_syntax = diff
FUZZ_sets = commands
FUZZ_charts = commands
FUZZ_lists = commands
FUZZ_paths = paths
FUZZ_schemas = schemas
FUZZ_strategic = strategic
FUZZ_yaml = yaml_texts
fuzz-diff: setup
	$(BIN)/python -m tests.fuzz.$(FUZZ_$(or $(MODE),calls)) MODE=$(or $(MODE),calls) N=$(or $(N),300) \
	  SEED=$(or $(SEED),1) SECONDS=$(or $(SECONDS),0) $(if $(CHARTS),CHARTS=$(CHARTS))

# Changed bytes to each reader, for SECONDS each: make fuzz SECONDS=60
fuzz: setup
	$(BIN)/python -m tests.fuzz.targets all $(or $(SECONDS),30)

# wheel and source distribution into dist/
dist: setup
	rm -rf dist build/share
	$(BIN)/python -m pip install --quiet --disable-pip-version-check build
	$(BIN)/python -m build --outdir dist .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
