# Everything that is done to this tree. `make` alone lists the targets.

VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
# Branch coverage of these, in percent, below which `make test` fails.
COVERED := vcard applets readers
COVERAGE := 99
# Our own plugins are imported before coverage starts; their tests load them in other processes.
PLUGINS := -p no:ifd_bridge.testing.pytest_plugin -p no:ifd_bridge.testing.piv_fixture -p no:ifd_bridge.testing.fido2_fixture -p no:ifd_bridge.testing.openpgp_fixture
PIP := $(RUN) pip install -q --disable-pip-version-check
# One file of a package of npm, in the virtual environment: name, version, file, what is amiss without.
npm = if command -v npm >/dev/null; then cd $(VENV) && mkdir -p node_modules/$(1) && \
    made=$$(npm pack --silent $(1)@$(2)) && tar -xzf $$made -C node_modules/$(1) --strip-components 1 \
    package/$(3) && rm $$made; else echo "no npm: $(4)" >&2; fi
PARTS := $(wildcard ifd_bridge/*/*.[ch] ifd_bridge/*/*/*.[ch])

export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup setup-test demo test test-newest test-compiled unit lint format bench soak mutants wheel docs pictures clean
.DELETE_ON_ERROR:

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/demo.stamp  ## install what `make demo` needs
	@true

setup-test: $(VENV)/test.stamp  ## install what `make test` needs
	@true

demo: setup  ## the main job: a card and a PIN pad, seen by a PC/SC program
	@$(BIN)/vcard run --reader pinpad --card 'hello?with=pin-dump' -- $(BIN)/python examples/demo.py

# A failure may be run once more, and what it said is shown at the end: on a machine at its limit pcscd
# may take longer than a test waits.
test: setup-test lint  ## lint, then the whole suite with branch coverage
	@$(RUN) pytest $(PLUGINS) -n 2 --dist worksteal --reruns 1 --hypothesis-profile=thorough \
	    $(COVERED:%=--cov=%) --cov-branch \
	    --cov-report=term-missing:skip-covered --cov-fail-under=$(COVERAGE)

	@.ci/newest --last
	@.ci/compiled --last

test-newest:  ## the same with the drivers of Debian 13 and sid; needs root, the network and debootstrap
	@.ci/newest

test-compiled: setup-test  ## the whole suite on a wheel with compiled modules, which it builds
	@.ci/compiled

# Plugins that do nothing for a fast test, and folders that have none: every process would load them.
UNNEEDED := -p no:anyio -p no:rerunfailures -p no:cov --ignore=tests/pcsc --ignore=tests/libccid

# Where no bytecode may be written pytest rewrites every assert anew, for half of the time.
unit: setup-test  ## the fast tests only: no pcscd, no processes
	@PYTHONDONTWRITEBYTECODE= $(RUN) pytest -q -n auto --maxprocesses 8 --dist worksteal --durations 5 \
	    $(UNNEEDED) -m "not pcsc and not libccid and not slow"

lint: setup-test  ## ruff and mypy
	@$(RUN) ruff check -q .
	@$(RUN) ruff format --check -q .
	@$(RUN) mypy

format: setup-test  ## let ruff format the tree
	@$(RUN) ruff check -q --fix .
	@$(RUN) ruff format -q .

bench: setup-test  ## ratios to a null handler, to vpcd, to the bare signature, to no panel: build/bench.json
	@$(RUN) bench
	@$(RUN) bench.piv
	@$(RUN) bench.openpgp
	@$(RUN) bench.token
	@$(RUN) bench.esim
	@$(RUN) bench.panel
	@$(RUN) bench.usb

soak: setup-test  ## ten minutes of a world at work: growth of memory, descriptors, threads
	@$(RUN) tests.pcsc.test_soak 600

# `MUTANTS='--sample 0'` tries all of them, which takes hours; `MUTANTS='vcard --seed 2'` others,
# `MUTANTS='--kind RemoveCall'` one kind alone.
mutants: setup-test  ## small changes to the code: do the unit tests notice?
	@$(PIP) -e '.[test-mutants]'
	@$(RUN) mutants $(MUTANTS)

docs: $(VENV)/docs.stamp  ## the documentation's site, strictly: build/site/index.html
	@NO_MKDOCS_2_WARNING=1 $(RUN) mkdocs build --strict -q

man: $(VENV)/docs.stamp  ## a man page for each command: build/man/vcard-run.1
	@PYTHONPATH=. $(BIN)/python docs/man.py build/man

pictures: setup-test  ## the documentation's pictures, anew
	@$(BIN)/python docs/pictures/make.py

wheel: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
wheel: setup-test  ## what is released: dist/ with the source, a pure wheel, a compiled one for this Python
	@rm -rf dist build/bdist* build/lib* build/compiled
	@$(BIN)/python setup.py -q sdist bdist_wheel
	@VCARD_COMPILE=1 $(BIN)/python setup.py -q bdist_wheel
	@.ci/retag $(BIN) dist/*.whl
	@$(BIN)/twine check --strict dist/*

clean:  ## remove what was built, the virtual environment too
	rm -rf $(VENV) build dist *.egg-info ifd_bridge/*/*.so .coverage* htmlcov \
	    .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: what is installed already is left alone, so that all this works offline the second time.

.PHONY: packages
packages:
	@.ci/install needed

$(BIN)/python: | packages
	@python=$$(.ci/python) && echo "virtual environment in $(VENV) ($$python)" && $$python -m venv $(VENV)
	@$(PIP) 'setuptools>=77' wheel

$(VENV)/packages.stamp: pyproject.toml | $(BIN)/python
	@echo "installing vcard"
	@$(PIP) -e '.[client]'
	@touch $@

$(VENV)/demo.stamp: $(VENV)/packages.stamp setup.py $(PARTS)
	@VCARD_WERROR=1 $(BIN)/python setup.py -q build_ext --inplace
	@touch $@

$(VENV)/test.stamp: pyproject.toml $(VENV)/demo.stamp
	@echo "installing what tests need"
	@$(PIP) -e '.[test]'
	@$(call npm,axe-core,4,axe.min.js,the panel is not judged by axe)
	@$(call npm,mermaid,11,dist/mermaid.min.js,diagrams stay text)
	@touch $@

$(VENV)/docs.stamp: pyproject.toml $(VENV)/packages.stamp
	@echo "installing what the documentation needs"
	@$(PIP) -e '.[docs]'
	@$(call npm,mermaid,11,dist/mermaid.min.js,diagrams stay text)
	@touch $@
