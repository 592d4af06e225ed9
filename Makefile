# The two commands a newcomer needs are `make demo` and `make test`; `make help` lists the rest.
# Everything is installed from the project's own lists: lab/packages.txt (Debian or Ubuntu) and
# requirements.lock (PyPI, hashes pinned).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
# The lab makes network namespaces and systemd containers: root's work.
ROOT := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env env "PATH=$$PATH" "HOME=$$HOME")

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
# Byte code is what makes the second start of Ansible quick.
unexport PYTHONDONTWRITEBYTECODE

.NOTPARALLEL:
.PHONY: help demo test lint unit fuzz contract molecule e2e clamav-memory bench herd lab-up lab-down lab-status packages venv lock docs clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'
	@echo "  make molecule ROLE=postfix      one role's scenario"

demo: lab-up ## build the gateway in the lab, send a mail out and one in, report
	@$(ROOT) bin/in-lab $(PY) -m lab.demo

test: lint unit contract lab-up ## everything that CI runs; `make molecule` and `make e2e` are parts of it
	@$(ROOT) bin/in-lab $(PY) -m tests.whole

lint: venv ## ruff, mypy, ansible-lint, all strict
	@bin/step "ruff" ruff check .
	@bin/step "ruff format" ruff format --check .
	@bin/step "mypy" mypy
	@bin/step "collections" ansible-galaxy collection install --offline -r requirements.yml
	@bin/step "ansible-lint" ansible-lint

unit: packages venv ## the unit tests, and a minute of fuzzing
	@pytest -q -n auto tests/unit tests/fuzz

fuzz: venv ## look for mail that breaks the parsers, MINUTES=10 or as long as wanted
	@$(PY) -m tests.fuzz --minutes $(or $(MINUTES),10)

contract: venv ## roles, specs, inventories, schemas and documentation in step
	@pytest -q -n auto tests/contract

molecule: lab-up ## every role's scenario, or one with ROLE=x
	@$(ROOT) bin/in-lab $(PY) -m tests.molecule $(ROLE)

# The first test that wants a gateway builds it: that has a limit of its own (tests/e2e/conftest.py).
e2e: lab-up ## the whole gateway in the lab
	@$(ROOT) bin/in-lab pytest -q --durations=15 -o timeout_func_only=true tests/e2e

clamav-memory: lab-up ## ClamAV with 8.7 million signatures on a host of 2 GiB, with figures (some minutes)
	@$(ROOT) bin/in-lab $(PY) -m tests.memory.clamav

bench: lab-up ## the ways from Postfix to an application side by side; writes docs/performance.md (half an hour, quiet machine)
	@$(ROOT) bin/in-lab $(PY) -m bench

herd: lab-up ## the application is back, and 100,000 mails wait; writes docs/herd.md (an hour; MAILS=5000 for a look)
	@$(ROOT) bin/in-lab $(PY) -m bench.herd $(if $(MAILS),--mails $(MAILS))

lab-up: packages venv ## bring up the local AWS and the local Internet
	@$(ROOT) $(PY) -m lab up
	@$(if $(ROOT),sudo chown -R "$$(id -u):$$(id -g)" .lab/ssh .lab/env) # for the ssh line that is shown

lab-status: venv ## what runs, at which addresses, how to enter
	@$(ROOT) $(PY) -m lab status

lab-down: venv ## take the lab down, leaving nothing behind
	@$(ROOT) $(PY) -m lab down

packages: ## install the controller's Debian packages that are missing
	@bin/setup packages

venv: $(VENV)/.ready ## the Python environment of the controller

$(VENV)/.ready: requirements.lock pyproject.toml bin/setup
	@bin/setup venv

lock: venv ## pin again what the controller and the mail hosts install
	@bin/setup lock

docs: venv ## write the generated tables again
	@$(PY) -m tests.contract.readme_tables --write

clean: ## remove what this Makefile made in the checkout
	@test ! -d .lab || $(MAKE) --no-print-directory lab-down
	@$(if $(ROOT),sudo) rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache
