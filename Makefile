# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
SERVE_EXTRAS := --extra api --extra worker --extra local

.PHONY: help uv environment run test lint format benchmark clean

help:
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# uv makes the environments; where it is missing, pip brings it into a folder of its own.
uv: $(filter .uv/bin/uv,$(UV))

.uv/bin/uv:
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .uv 'uv>=0.8'

run: uv ## Redis, worker and API in one terminal (PORT, HOST, REDIS_URL move it)
	@$(UV) sync --quiet --frozen --inexact --no-default-groups $(SERVE_EXTRAS) --python $(PYTHON)
	@exec .venv/bin/python -m local

environment: uv
	@$(UV) sync --quiet --frozen --all-extras --python $(PYTHON)

lint: environment ## ruff, mypy --strict, the import rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

test: lint ## everything
	.venv/bin/python -m pytest

format: environment ## let ruff format and mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

benchmark: environment ## where the time goes: latency, throughput, memory
	.venv/bin/python -m benchmarks.service

clean: ## forget environments, caches and the embedded Redis's data
	rm -rf .venv .uv .run .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
