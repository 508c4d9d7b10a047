# Works with GNU make 3.81 and later. On Windows, run it in Git Bash.

VENV ?= .venv
PORT ?= 8888
# The Python to make the environment with; by default the first suitable one of these.
PYTHON ?=
CANDIDATES := python3.13 python3.14 python3.12 python3.11 python3 python
NOTEBOOKS := $(wildcard notebooks/*.ipynb notebooks/solutions/*.ipynb)

ifeq ($(OS),Windows_NT)
  SYSTEM := Windows
  RUN := $(VENV)/Scripts/python -m
else
  SYSTEM := $(shell uname)
  RUN := $(VENV)/bin/python -m
endif

comma := ,
# Without a display there is no browser to open (and Python might open a text browser in this terminal).
OPEN ?= $(if $(filter Windows Darwin,$(SYSTEM))$(DISPLAY)$(WAYLAND_DISPLAY),yes,no)

.PHONY: help lab test test-browser fuzz bench pictures notebooks book format lock audit clean

help:
	@echo "make lab         the course in JupyterLab, your own copies in my-course (make lab PORT=9000 OPEN=no)"
	@echo "make test        every check of the project, ending in the coverage and a count"
	@echo "make test-browser  the labs and lessons in JupyterLab and Chromium (CHROMIUM=/path)"
	@echo "make fuzz        an hour of fuzzing (make fuzz SECONDS=600 TARGET=word)"
	@echo "make bench       how fast it is, compared with what one would use instead (and with Docker, if it is on the PATH)"
	@echo "make pictures    take pictures of the labs: docs/pictures, and many more to look at in build/pictures"
	@echo "make notebooks   run all lessons again and save what they show"
	@echo "make book        the lessons as a site to read, in book/_build/html"
	@echo "make format      format the code"
	@echo "make lock        renew the four requirements.lock from pyproject.toml and the book's list"
	@echo "make audit       look up every pinned package among the known vulnerabilities"
	@echo "make clean       remove the environment and what tools left behind"
	@echo
	@echo "PYTHON=/path/to/python chooses the Python that makes the environment."

# Sets $python in the shell, or says what is missing and how to install it.
define FIND_PYTHON
python=; found=; \
for p in $(if $(PYTHON),"$(PYTHON)",$(CANDIDATES)); do \
  v=$$("$$p" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
  if ! "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
    found="$$found$${found:+,} $$p is $$v"; \
  elif ! "$$p" -c 'import ensurepip, venv' 2>/dev/null; then \
    found="$$found$${found:+,} $$p is $$v without its venv module"; \
  else \
    python=$$p; break; \
  fi; \
done; \
if [ -z "$$python" ]; then \
  echo "This needs Python 3.11 or later with its venv module. Found:$${found:- none}"; \
  echo "  Debian, Ubuntu  sudo apt install python3 python3-venv   (Debian 12, Ubuntu 24.04 or later)"; \
  echo "  Fedora          sudo dnf install python3"; \
  echo "  macOS           brew install python@3.13   (or the installer from python.org)"; \
  echo "  Windows         winget install Python.Python.3.13   (or the installer from python.org)"; \
  echo "Then run make again; PYTHON=/path/to/python names one that is not on the PATH."; \
  exit 1; \
fi >&2
endef

# Made again when the lock or pyproject.toml changes.
READY := $(VENV)/ready
$(READY): requirements.lock pyproject.toml .jupyter/overrides.json
	@$(FIND_PYTHON); \
	echo "Installing the course's packages into $(VENV): once, a minute or two."; \
	"$$python" -m venv --clear "$(VENV)"
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(RUN) pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(VENV)/share/jupyter/lab/settings
	@cp .jupyter/overrides.json $(VENV)/share/jupyter/lab/settings/
	@touch $@

# What only the tests or the benchmarks need: whoever takes the course does not download it.
$(VENV)/tested: tests/requirements.lock $(READY)
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r tests/requirements.lock
	@touch $@

$(VENV)/timed: benchmarks/requirements.lock $(VENV)/tested
	@$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.lock
	@touch $@

# With log level ERROR, only the address is printed. The default URL, unlike a file's name as an argument, is part of it.
# The address is within this folder, so that those who change the course find `notebooks` beside the copies.
lab: $(READY)
	@$(RUN) layerlib course my-course --no-open
	@echo "Starting JupyterLab. $(if $(filter no,$(OPEN)),Open,If no browser opens$(comma) open) the last address below. Control-C ends it."
	@$(RUN) jupyterlab --port=$(PORT) --ServerApp.log_level=ERROR --LabApp.log_level=ERROR \
	  --LabApp.default_url=/lab/tree/my-course/00_start_here.ipynb \
	  $(if $(filter no,$(OPEN)),--no-browser) $(if $(filter 0,$(shell id -u)),--allow-root)

test: $(VENV)/tested
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(dir $(firstword $(RUN)))oxlint --deny-warnings layerlib/showing/page/widget.js
	$(RUN) mypy
	$(RUN) pytest --nbval --nbval-current-env --cov=layerlib

# Without Chromium, `make test` skips these tests; here they fail.
test-browser: $(VENV)/tested
	BROWSER_REQUIRED=1 $(RUN) pytest tests/browser

# `make test` fuzzes for half a minute, always with the same inputs; this looks for new ones. Seconds for each of five targets.
SECONDS ?= 720
TARGET ?= all
fuzz: $(VENV)/tested
	$(RUN:-m=) tests/fuzz/run.py $(TARGET) --seconds $(SECONDS) --save --keep-going

# Not part of `make test`: timings say more about the machine than about the code.
bench: $(VENV)/timed
	$(RUN) pytest benchmarks -q --benchmark-disable-gc --benchmark-columns=min,median,rounds

pictures: $(VENV)/tested
	PYTHONPATH=tests $(RUN) browser.pictures $(LABS)

notebooks: $(READY)
	$(RUN) nbconvert --config=.jupyter/nbconvert.py --to=notebook --execute --inplace $(NOTEBOOKS)

# The book has an environment of its own, so that the course's stays small. Nothing is executed.
BOOK := .venv-book
BOOK_RUN := $(subst $(VENV),$(BOOK),$(RUN))
$(BOOK)/ready: book/requirements.lock
	@$(FIND_PYTHON); \
	echo "Installing Jupyter Book into $(BOOK): once, a minute or two."; \
	"$$python" -m venv --clear "$(BOOK)"
	@$(BOOK_RUN) pip install --quiet --disable-pip-version-check --require-hashes -r book/requirements.lock
	@touch $@

book: $(BOOK)/ready
	@rm -rf book/_build
	@$(dir $(firstword $(BOOK_RUN)))jupyter-book build . --config=book/_config.yml --toc=book/_toc.yml --path-output=book -W --keep-going -q

format: $(VENV)/tested
	$(RUN) ruff check --fix
	$(RUN) ruff format

# From the largest to the smallest, so that all pin the same versions.
COMPILE = $(subst $(VENV),.venv-lock,$(RUN)) uv --quiet --no-config pip compile --upgrade \
  --universal --python-version=3.11 --fork-strategy=fewest --generate-hashes --no-strip-extras \
  --custom-compile-command="make lock"
lock:
	@$(FIND_PYTHON); "$$python" -m venv --clear .venv-lock
	@$(subst $(VENV),.venv-lock,$(RUN)) pip install --quiet --disable-pip-version-check uv
	@$(COMPILE) --group=build --extra=course --extra=test --extra=bench --output-file=benchmarks/requirements.lock pyproject.toml
	@$(COMPILE) --group=build --extra=course --extra=test --constraint=benchmarks/requirements.lock \
	  --output-file=tests/requirements.lock pyproject.toml
	@$(COMPILE) --group=build --extra=course --constraint=tests/requirements.lock --output-file=requirements.lock pyproject.toml
	@$(COMPILE) --output-file=book/requirements.lock book/requirements.in
	@rm -rf .venv-lock

# pip-audit is not pinned: the newest release knows the most.
audit:
	@$(FIND_PYTHON); "$$python" -m venv --clear .venv-audit
	@$(subst $(VENV),.venv-audit,$(RUN)) pip install --quiet --disable-pip-version-check pip-audit
	@$(subst $(VENV),.venv-audit,$(RUN:-m=)) .ci/audit.py \
	  requirements.lock tests/requirements.lock benchmarks/requirements.lock book/requirements.lock
	@rm -rf .venv-audit

clean:
	rm -rf $(VENV) .venv-lock .venv-audit $(BOOK) book/_build .hypothesis .mypy_cache .pytest_cache .ruff_cache .coverage build dist
	find . -name __pycache__ -prune -exec rm -rf {} +
