# Everything a developer does with Regain. Each command makes what it needs first; that takes a minute, once.
PYTHON = .venv/bin/python

.DEFAULT_GOAL = help
.PHONY: help demo test faults check bench up docs lock clean setup judge-rules read-alerts

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1mmake %-11s\033[0m %s\n", $$1, $$2 }' Makefile

demo: setup ## an account is taken over; watch it being taken back (ALERT=sentinel: told of by that)
	@$(PYTHON) -m local.run local.demo.play $(ALERT)

test: setup ## all tests, those with the whole local stack included
	@$(PYTHON) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

faults: setup ## a crash at every call, every fault at every step: some minutes
	@$(PYTHON) -m pytest -m faults tests/reliability

check: setup ## style, security rules, types, direction of imports
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench: setup ## how long it takes to take an account back, compared, and what that costs
	@$(PYTHON) -m benchmarks

up: setup ## leave the local stack running, with a curl line for each door
	@$(PYTHON) -m local.run local.up

docs: setup ## make again what the code says about itself, in docs/ and infra/
	@$(PYTHON) -m local.docs

judge-rules: ## read inbox rules as JSON, print which are suspicious and why (docs/inbox-rules.md)
	@scripts/setup </dev/null >&2
	@$(PYTHON) -m shared.rules

read-alerts: ## read a folder of alert payloads, print what each starts and why: DIR=folder (docs/alerts.md)
	@scripts/setup </dev/null >&2
	@$(PYTHON) -m shared.alerts "$(DIR)"

lock: ## pin the newest versions of what requirements*.in ask for
	@scripts/lock

clean: ## remove all that the commands above have made
	@rm -rf .venv .local local/azurite/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@scripts/setup
