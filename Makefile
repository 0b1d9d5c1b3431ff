# Two commands do everything on a fresh clone: `make book` and `make test`.
# The first run creates .venv and installs the locked versions; later runs reuse it.

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
HTML := _build/html
NOTEBOOKS ?= $(shell find book -name "*.ipynb" -not -path "*/.ipynb_checkpoints/*" | sort)
RUN := env -u PYTHONPATH PATH="$(CURDIR)/$(BIN):$(PATH)" OMP_NUM_THREADS=1 PYTHONUTF8=1 \
	IPYTHONDIR="$(CURDIR)/.cache/ipython" PYDEVD_DISABLE_FILE_VALIDATION=1
SETUP := scripts/bootstrap.sh "$(PYTHON)"
BUILD_BOOK := $(BIN)/jupyter-book build . -W --keep-going -q
UNIT := -q -n 2 --ignore tests/website/test_built_pages.py --ignore tests/browser --ignore tests/ways

.PHONY: help book serve lab test test-all coverage bench clean distclean lock notebooks offline new-chapter env env-test lint unit nbval site-tests ways mutants sweep sweep-site sweep-ways
.DEFAULT_GOAL := help

help:
	@echo "make book       execute the chapters and build the site; prints where it is"
	@echo "make offline    the same as one file to carry away: _build/mathml-offline.zip"
	@echo "make serve      the same, rebuilt on every change, at http://127.0.0.1:8000"
	@echo "make lab        open the chapters in JupyterLab"
	@echo "make test       everything that a change must pass"
	@echo "make test-all   the same and what takes minutes: Lab, Binder, Colab, a class on JupyterHub"
	@echo "make sweep      what those two only sample, in full: every figure, every chapter, every way in"
	@echo "make coverage   which lines of the package the tests, the notebooks and the build run"
	@echo "make mutants    change the package in one place at a time: does a test notice? (half an hour)"
	@echo "make bench      the benchmarks"
	@echo "make notebooks  execute the chapters and store their text outputs, cleaned"
	@echo "make new-chapter NAME=… PART=…  start a chapter from the template (TITLE=… if you like)"
	@echo "make lock       renew requirements*.txt and package-lock.json from their ranges"
	@echo "make clean      remove what was built; make distclean also the environment"

env:
	@$(SETUP) requirements.txt

env-test:
	@$(SETUP) requirements.txt requirements-test.txt

book: env
	@echo "Executing chapters and building the site (a first run takes minutes, later ones seconds)"
	@$(RUN) $(BUILD_BOOK) >/dev/null
	@echo "The book is at $(CURDIR)/$(HTML)/index.html"

offline: book
	@$(RUN) $(BIN)/python scripts/offline.py

serve: env
	@$(RUN) $(BIN)/python scripts/serve.py

lab: env
	@$(RUN) $(BIN)/jupyter lab book

# Storing outputs is the authors' business: readers and tests never change a notebook.
notebooks: env-test
	@$(RUN) $(BIN)/python scripts/notebooks.py $(NOTEBOOKS)

new-chapter: env-test
	@$(RUN) $(BIN)/python scripts/new_chapter.py "$(NAME)" "$(PART)" --title "$(TITLE)"

lint: env-test
	@$(RUN) $(BIN)/ruff check .
	@$(RUN) $(BIN)/lint-imports

unit: env-test
	@$(RUN) $(BIN)/pytest $(UNIT)

nbval: env-test
	@$(RUN) scripts/run_nbval.sh

site-tests: env-test
	@$(MAKE) --no-print-directory book
	@$(RUN) $(BIN)/python tests/selection.py
	@$(RUN) $(BIN)/pytest -q -n 2 --dist load -rs tests/website/test_built_pages.py tests/browser

test: env-test
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory unit
	@$(MAKE) --no-print-directory nbval
	@$(MAKE) --no-print-directory site-tests
	@echo "make test: all passed"

# What takes minutes: the chapters in JupyterLab and Notebook 7, on Binder's recipe, on Colab's
# kind of machine, and for a class on JupyterHub (as root, which makes the students).
ways: env-test
	@$(MAKE) --no-print-directory book
	@$(RUN) scripts/run_ways.sh

test-all: test
	@$(MAKE) --no-print-directory ways

# What a change is tried on by samples, see tests/selection.py, tried on everything: all positions
# of all controls, every chapter in JupyterLab and on Binder's recipe, every notebook on all Pythons.
sweep: sweep-site sweep-ways

sweep-site sweep-ways: export SWEEP := 1

sweep-site: env-test
	@$(MAKE) --no-print-directory site-tests
	@$(RUN) $(BIN)/pytest -q -n 2 tests/book/test_live.py

sweep-ways: env-test
	@$(MAKE) --no-print-directory ways

# Of the package, by the unit tests, the notebooks and a build from a cold cache; under 95 % fails.
coverage: env-test
	@rm -rf .cache/execution _build .coverage*
	@$(RUN) $(BIN)/coverage run -m pytest $(UNIT)
	@$(RUN) $(BIN)/coverage run -m pytest -q --nbval $(NOTEBOOKS)
	@$(RUN) $(BIN)/coverage run $(BUILD_BOOK) >/dev/null
	@$(RUN) $(BIN)/coverage combine -q
	@$(RUN) $(BIN)/coverage report

mutants: env-test
	@$(RUN) $(BIN)/python scripts/mutants.py

bench: env-test
	@$(RUN) $(BIN)/python -m benchmarks
	@$(RUN) $(BIN)/python -m benchmarks.figures
	@$(RUN) $(BIN)/python -m benchmarks.pages

lock:
	@scripts/lock.sh

clean:
	rm -rf _build .cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage

distclean: clean
	rm -rf $(VENV) node_modules *.egg-info
