# Steward's verbs. `make demo` shows the main job on the embedded local org; `make test` proves the product.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PYTEST := $(BIN)/pytest

.PHONY: help setup demo test test-nightly lint format bench bench-full bench-localorg torture-gateway bench-models torture mutate live live-gift live-stop pictures clean lock
help: ## what you can do here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.ready .venv-cci/.ready .venv-spark/.ready node_modules/.ready ## build the pinned environments in this folder

.venv/.ready: requirements/all.lock requirements/uv.lock pyproject.toml scripts/setup.py
	$(PYTHON) scripts/setup.py

.venv-cci/.ready: requirements/cci.lock requirements/uv.lock scripts/setup.py
	$(PYTHON) scripts/setup.py cci

.venv-spark/.ready: requirements/spark.lock requirements/uv.lock pyproject.toml scripts/setup.py
	$(PYTHON) scripts/setup.py spark

node_modules/.ready: package-lock.json .venv/.ready
	$(BIN)/python scripts/npm.py ci
	touch $@

demo: .venv/.ready ## the main job, end to end, on the embedded local org
	$(BIN)/python scripts/demo.py $(if $(GIFTS),--gifts $(GIFTS)) $(if $(AS_OF),--as-of $(AS_OF))

test: setup lint ## everything that proves the product
	$(PYTEST) tests -n 2 --dist loadfile

test-nightly: setup ## what takes too long for every change: Salesforce's graph engine over our Apex, every mutation (about 10 minutes)
	NIGHTLY=1 MUTATIONS=all $(PYTEST) -q tests/metadata/test_apex_graph.py tests/metadata/test_apex_tests_notice.py

lint: .venv/.ready ## style, imports and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: .venv/.ready ## rewrite to the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.ready ## measured ratios against named alternatives
	$(BIN)/python tests/benchmarks/bench_explain.py
	$(BIN)/python tests/benchmarks/bench_features.py
	$(BIN)/python tests/benchmarks/bench_localorg_bulk.py
	$(BIN)/python tests/benchmarks/bench_upload.py
	$(BIN)/python tests/benchmarks/bench_naive.py --donors 1000
	$(BIN)/python tests/benchmarks/bench_serving.py --parts memory requests
	$(BIN)/python tests/benchmarks/bench_night.py --donors 10000 100000

bench-full: .venv/.ready ## whole nights at 10,000, 100,000 and a million donors with ten million gifts
	$(BIN)/python tests/benchmarks/bench_night.py --donors 10000 100000 1000000

bench-localorg: .venv/.ready ## the local org: how true to Salesforce, how fast beside bare SQLite
	$(BIN)/python tests/benchmarks/bench_localorg_conformance.py
	$(BIN)/python tests/benchmarks/bench_localorg_scale.py $(if $(GIFTS),--gifts $(GIFTS)) $(if $(CONTACTS),--contacts $(CONTACTS))

torture-gateway: .venv/.ready ## nights of 20,000 donors in a mix of every fault: the same rows as in peace
	$(BIN)/python tests/benchmarks/bench_localorg_fire.py --donors 20000

bench-models: .venv/.ready ## every outcome on real gifts, beside the rules
	$(BIN)/python tests/benchmarks/bench_models.py
	$(BIN)/python tests/benchmarks/bench_tables.py
	$(BIN)/python tests/benchmarks/bench_value.py
	$(BIN)/python tests/benchmarks/bench_training.py

mutate: .venv/.ready ## small faults in our Apex, one at a time: each makes some test fail (about 2 minutes)
	MUTATIONS=all $(PYTEST) -q tests/metadata/test_apex_tests_notice.py

pictures: setup ## the docs' pictures of the package, taken anew in a browser (needs Chromium)
	PICTURES=1 $(PYTEST) -q tests/browser

live: .venv/.ready ## after the demo: the service and its workers on the demo's org
	$(BIN)/python scripts/live.py start

live-gift: .venv/.ready ## a gift closes, and the donor's profile turns fresh
	$(BIN)/python scripts/live.py gift

live-stop: .venv/.ready ## end the service and its workers
	$(BIN)/python scripts/live.py stop

torture: setup ## 50,000 events with faults, kills and restarts, on SQLite and on PostgreSQL + Redis
	$(BIN)/python tests/benchmarks/torture.py --events 50000

clean: ## remove the demo's org and results (environments stay)
	-$(BIN)/localorg stop --folder .demo/org
	rm -rf .demo .pytest_cache

lock: ## renew the lock files after a change of pyproject.toml
	UV_CACHE_DIR=.cache/uv .cache/tools/uv-*/bin/uv pip compile pyproject.toml --extra localorg --extra dev --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --python-version 3.11 -o requirements/all.lock
	UV_CACHE_DIR=.cache/uv .cache/tools/uv-*/bin/uv pip compile pyproject.toml --extra spark -c requirements/all.lock --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --python-version 3.11 -o requirements/spark.lock
