# Two commands are enough: `make run` and `make test`. `make help` lists the others.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 5000
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run install test pages look check format lock bench soak faults attack mutation picture schema messages clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

# The environment in two steps, so that `make run` fetches no test tools.
$(VENV)/run.stamp: requirements/run.txt setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	touch $@

$(VENV)/development.stamp: requirements/development.txt $(VENV)/run.stamp
	$(BIN)/pip install --quiet --require-hashes -r requirements/development.txt
	touch $@

run: $(VENV)/run.stamp  ## start the site with the demo village on http://127.0.0.1:5000 (PORT= changes it)
	@$(BIN)/timebank demo --port $(PORT)

install: $(VENV)/development.stamp  ## make the environment only

PYTEST := $(BIN)/pytest --numprocesses auto --dist loadgroup --file-durations 10

test: $(VENV)/development.stamp  ## every test: domain on both databases, pages on SQLite and in part on PostgreSQL
	$(PYTEST)

pages: $(VENV)/development.stamp  ## every test of the pages, on SQLite and PostgreSQL
	PAGES=both $(PYTEST) tests/web

look: $(VENV)/development.stamp  ## every page in every light, direction and width (needs Chromium)
	LOOK=all $(PYTEST) tests/browser

check: $(VENV)/development.stamp  ## format, lint, imports, types, templates, house rules: all of them, then fail if one did
	@failed=; run() { echo "== $$1"; shift; "$$@" || failed=1; }; \
	run 'format' $(BIN)/ruff format --check .; \
	run 'lint' $(BIN)/ruff check .; \
	run 'import contracts' $(BIN)/lint-imports; \
	run 'types' $(BIN)/mypy; \
	run 'templates' $(BIN)/djlint --lint --quiet templates; \
	run 'house rules' $(BIN)/pytest --quiet tests/house_rules; \
	test -z "$$failed"

format: $(VENV)/development.stamp  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/development.stamp  ## renew the locks from setup.cfg
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command 'make lock' requirements/build.in setup.cfg --output-file requirements/run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --upgrade --python-version 3.11 --custom-compile-command 'make lock' --constraint requirements/run.txt requirements/build.in setup.cfg --extra development --output-file requirements/development.txt

bench: $(VENV)/development.stamp  ## measure; figures printed and written to benchmarks/results
	$(BIN)/python -m benchmarks.statement
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.posting
	$(BIN)/python -m benchmarks.audit
	$(BIN)/python -m benchmarks.board
	$(BIN)/python -m benchmarks.notices

COUNT ?= 1000000
soak: $(VENV)/development.stamp  ## a million generated deeds against the pure ledger, on each database (COUNT= changes it)
	$(BIN)/python -m benchmarks.soak $(COUNT)

faults: $(VENV)/development.stamp  ## kill -9 of the server under load and of the worker at each step, 50 times on each database
	$(BIN)/python -m benchmarks.faults

REQUESTS ?= 30000
attack: $(VENV)/development.stamp  ## send the site what no browser sends, REQUESTS= times on each database, and check the books
	$(BIN)/python -m benchmarks.attack --requests $(REQUESTS)

mutation: $(VENV)/development.stamp  ## mutation tests of the books' code and triggers
	$(BIN)/python -m tests.mutation

picture: $(VENV)/development.stamp  ## take the README's picture anew (needs Chromium)
	$(BIN)/python -m docs.picture

schema: $(VENV)/development.stamp  ## generate docs/schema, after a change of a model or a guard
	$(BIN)/python -m docs.write_schema

messages: $(VENV)/development.stamp  ## generate the messages for translators, after a change of words
	$(BIN)/python -m docs.write_messages

clean:  ## remove the environment (data stays)
	rm -rf $(VENV)
