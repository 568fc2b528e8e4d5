# cxlab: what can be done here. `make` alone prints this help.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.made-from-lock
STUDY ?= data/sample/study.yaml
.DEFAULT_GOAL := help
.PHONY: help env report test check lab bench clean

help: ## print this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(STAMP) ## create .venv from requirements.lock
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "cxlab needs Python 3.11 or newer; say which: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
	@if test -x $(BIN)/uv; then \
		VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock && \
		VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps -e . ; \
	else \
		$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install --quiet --no-deps -e . ; \
	fi
	@$(BIN)/python -m compileall -q cxlab
	@touch $(STAMP)

report: $(STAMP) ## make every report of the sample study that is not up to date
	@$(BIN)/cxlab run $(STUDY)

test: $(STAMP) ## run the whole test suite, a process for each core
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: $(STAMP) ## lint, format, types, notebooks without outputs
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/nbstripout --verify --keep-id notebooks/*.ipynb

lab: $(STAMP) ## open JupyterLab on the notebooks, with this environment's kernel
	@$(BIN)/cxlab lab $(STUDY)

bench: $(STAMP) ## time cxlab beside its peers (minutes; see benchmarks/README.md)
	@for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

clean: ## remove the environment, reports and caches
	rm -rf .venv .bench build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find reports -mindepth 1 ! -name README.md -delete
	find . -name __pycache__ -o -name .cxlab -type d | xargs rm -rf
