# Steward's verbs. `make demo` shows the main job on the embedded local org; `make test` proves the product.
PYTHON ?= python3.11
BIN := .venv/bin

.PHONY: help demo test lint bench setup clean
help: ## what you can do here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

setup: .venv/.ready ## build the pinned environment in .venv
.venv/.ready: requirements/all.lock requirements/uv.lock pyproject.toml
	$(PYTHON) scripts/setup.py

