# Two commands on a fresh machine with Python 3.11 or newer and make:
#   make report   the environment and output/report.html
#   make test     the environment with the test extras, and everything that is checked
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.PHONY: report test lint types layers unit exhaustive docs wheel fuzz bench mutants lowest lock audit clean

report: $(VENV)/.report
	$(BIN)/sme-stats report --out output/report.html

# Checks side by side, then the tests, which build the documentation too.
test: $(VENV)/.test
	$(MAKE) --no-print-directory -j2 --output-sync=target lint types layers wheel
	$(MAKE) --no-print-directory unit

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/check_files.py

types: $(VENV)/.test
	$(BIN)/mypy

layers: $(VENV)/.test
	$(BIN)/lint-imports

# Tests, doctests, notebooks and the README's commands in one run, with the coverage they must reach.
unit: $(VENV)/.test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --doctest-modules --durations=15 \
	  --cov=sme_stats --cov-report=term --cov-fail-under=95

# The long walks that `make test` takes some steps of, whole, and properties with all examples.
exhaustive: $(VENV)/.test
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --exhaustive -m "exhaustive or hypothesis"

# The documentation, without network: a warning, a dead link or anchor, a foreign asset is an error.
docs: $(VENV)/.test
	$(BIN)/python scripts/build_docs.py

# The sdist, and from it the wheel, which is installed outside the checkout and used there.
wheel: $(VENV)/.test
	$(BIN)/python scripts/check_wheel.py

# Coverage-guided fuzzing of every reader, a fixed number of executions; CI runs it after the tests.
fuzz: $(VENV)/.fuzz
	$(BIN)/python -m fuzz

# Every ratio with its target and what is kept; on a quiet machine `--keep` writes them anew.
bench: $(VENV)/.test
	$(BIN)/python -m benchmarks

# By hand: a seeded sample of mutants of indicators, uncertainty and claims, and who survives.
mutants: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[mutants]"
	$(BIN)/python scripts/mutants.py

# By hand: the tests with the lowest versions that pyproject allows (on the lowest Python). Old
# versions warn of what newer ones of others deprecate; docs/ shows what the newest draw and print.
lowest: $(VENV)/.test
	test -d .venv-lowest || $(PYTHON) -m venv .venv-lowest
	$(BIN)/python scripts/lowest.py > .venv-lowest/constraints.txt
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check -e ".[test]" \
	  -c .venv-lowest/constraints.txt
	.venv-lowest/bin/python -m pytest -n $(WORKERS) -W ignore::DeprecationWarning --ignore=tests/docs

# By hand: every dependency of development with its hashes; then what is known against them.
lock: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[security]"
	$(BIN)/uv pip compile --quiet pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --output-file requirements-dev.lock

audit: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[security]"
	$(BIN)/python scripts/audit.py

$(VENV)/bin/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed')"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.report: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	touch $@ $(VENV)/.report

# A Python for which the fuzzer has no wheel goes without it, and `make fuzz` says so.
$(VENV)/.fuzz: pyproject.toml | $(VENV)/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary atheris -e ".[fuzz]"
	touch $@ $(VENV)/.test $(VENV)/.report

clean:
	rm -rf $(VENV) .venv-lowest output dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
