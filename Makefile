# What a developer does. Each target does its own set-up; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup libraries servers demo test fuzz lint bench lock clean

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
BENCH  := $(VENV)/.bench-installed

# Tests of which `make test` tries a part, and those of them that `make fuzz` tries many times over.
OFTEN = $(shell grep -l 'amounts import.*usually' tests/test_*.py)
ENDLESS := tests/test_fuzz.py tests/test_tally_worlds.py tests/test_calendar_commit.py

# What WeasyPrint draws with: Pango, and a font of Times' measures that has every Vietnamese letter.
# Version 1 of Liberation, which Debian 12 calls fonts-liberation, lacks ộ, ệ, ạ … and would be mixed with another.
LIBRARIES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig
FONT      := fonts-liberation2
# What the tests run beside the program: a database server, a PKCS#11 token, readers of PDF.
SERVERS   := postgresql softhsm2 qpdf poppler-utils zbar-tools

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 10

setup: libraries $(STAMP)  ## system packages and a .venv with everything

# $(call debian,PACKAGES): install those that are missing, as root or with sudo; say what to do elsewhere.
define debian
	@if command -v dpkg-query >/dev/null 2>&1; then \
	  missing=""; \
	  for package in $(1); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	  done; \
	  if [ -n "$$missing" ]; then \
	    if [ "$$(id -u)" = 0 ]; then sudo=""; \
	    elif command -v sudo >/dev/null 2>&1; then sudo="sudo"; \
	    else echo "latewatch needs the system packages:$$missing"; \
	      echo "Ask an administrator to run: apt-get install$$missing"; exit 1; fi; \
	    echo "Installing system packages:$$missing"; \
	    $$sudo apt-get update -q >/dev/null && \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o Dpkg::Use-Pty=0 \
	      --no-install-recommends $$missing >/dev/null || \
	    { echo "apt-get could not install:$$missing (see the lines above)"; exit 1; }; \
	  fi; \
	fi
endef

libraries:
	$(call debian,$(LIBRARIES) $(FONT))
	@fc-list ':family=Liberation Serif:charset=1ed9' 2>/dev/null | grep -q . || \
	  { echo "latewatch draws letters with Pango and the font Liberation Serif, version 2, and does not find it."; \
	    echo "Install Pango >= 1.44, HarfBuzz with its subset library, fontconfig and Liberation fonts 2; run make again."; \
	    exit 1; }

servers:
	$(call debian,$(SERVERS))

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "latewatch needs Python 3.11 or newer; found $$($(PYTHON) --version). Try: make PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "No virtual environment can be made. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing Python packages into $(VENV)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## a made-up office, from its exports to digest, letters and report
	@$(BIN)/latewatch demo --dir demo

test: setup servers  ## every test
	@$(BIN)/python -m pytest -n auto --dist loadfile -q

fuzz: setup servers  ## 200 000 files and cells nobody would write, 5 200 worlds, 240 calendars, every kill; 40 minutes
	@LATEWATCH_FUZZ=$(or $(FUZZ),65) $(BIN)/python -m pytest -n auto --dist worksteal -q -rP tests/test_fuzz.py
	@LATEWATCH_FUZZ=$(or $(WORLDS),40) $(BIN)/python -m pytest -n auto --dist worksteal -q tests/test_tally_worlds.py
	@LATEWATCH_FUZZ=$(or $(CHANGES),10) $(BIN)/python -m pytest -n auto --dist worksteal -q tests/test_calendar_commit.py
	@LATEWATCH_FUZZ=1 $(BIN)/python -m pytest -n auto --dist worksteal -q $(filter-out $(ENDLESS),$(OFTEN))

lint: setup  ## ruff, its formatter, mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict latewatch

bench: setup $(BENCH)  ## speed, as ratios against a baseline of the same run
	@$(BIN)/python bench/run.py

$(BENCH): $(STAMP) bench/constraints.txt
	@echo "Installing what the bench compares with"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r bench/constraints.txt
	@touch $@

lock:  ## write constraints.txt anew from pyproject.toml (needs uv)
	uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --extra dev \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml -o constraints.txt
	uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes --extra bench -c constraints.txt \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml -o bench/constraints.txt

clean:  ## remove what the other targets made
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
