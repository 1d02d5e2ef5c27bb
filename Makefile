# Needs make and Python 3.11 or newer; everything else goes into $(VENV). `make help` lists the targets.

VENV ?= .venv
PYTHON ?=
ARGS ?=
COVERAGE_MIN ?= 0

BIN := $(VENV)/bin
# One process per core; the tests of one file share what they have made. In order of name: with the files of
# most tests first, the few long tests would run last, and one core would wait.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.PHONY: help install run app test lint types contracts coverage docs catalogues experiments validation site bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F '|' '{ printf "  make %-10s %s\n", $$1, $$2 }'
	@echo 'Variables: ARGS="..." goes to run and test; PYTHON=... builds with that Python; VENV=... elsewhere.'

# PYTHON decides only while there is no environment yet: an existing one keeps its own Python.
$(BIN)/python:
	@python=; for candidate in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        python=$$candidate; break; \
	    fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo 'No Python >= 3.11 found (tried $(or $(PYTHON),python3 python3.13 python3.12 python3.11)).' \
	        'Install one, or name it: make PYTHON=/path/to/python' >&2; \
	    exit 1; \
	fi; \
	if ! output=$$("$$python" -m venv --clear $(VENV) 2>&1); then \
	    rm -rf $(VENV); \
	    if "$$python" -c 'import ensurepip' 2>/dev/null; then \
	        echo "$$output" >&2; \
	    else \
	        "$$python" -c 'import sys; v = "python%d.%d" % sys.version_info[:2]; \
	            print(f"{v} comes without venv here. On Debian or Ubuntu: sudo apt install {v}-venv")' >&2; \
	    fi; \
	    exit 1; \
	fi

$(INSTALLED): pyproject.toml constraints.txt $(BIN)/python
	@echo 'Installing into $(VENV) (a minute or two the first time)'
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

install: $(INSTALLED) ## build or update the environment

run: $(INSTALLED) ## simulate the shipped crisis once
	@$(BIN)/escalation run scenarios/pahalgam_2025.yaml --seed 2025 $(ARGS)

app: $(INSTALLED) ## open the classroom in the browser
	@$(BIN)/escalation app $(ARGS)

test: $(INSTALLED) ## run the tests
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

lint: $(INSTALLED) ## check style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(INSTALLED) ## check types
	@$(BIN)/mypy --strict escalation

contracts: $(INSTALLED) ## check the imports between layers
	@$(BIN)/lint-imports --no-logo

# Rules that Python calls run as written, so their lines count; those of compiled entries do not. Python 3.12 counts
# lines itself, at a fraction of the cost.
CORE = $$($(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")')
coverage: $(INSTALLED) ## run the tests and measure their coverage
	@rm -f .coverage
	@COVERAGE_CORE=$(CORE) $(BIN)/python -m pytest $(PARALLEL) --cov --cov-fail-under=$(COVERAGE_MIN) $(ARGS)

docs: $(INSTALLED) ## write the generated pages and figures
	@$(BIN)/python docs/generate.py $(ARGS)
	@$(BIN)/python docs/teaching.py $(ARGS)
	@$(BIN)/python docs/levers_page.py $(ARGS)
	@$(BIN)/python docs/logged_games.py $(ARGS)
	@$(BIN)/python docs/outputs.py $(ARGS)

catalogues: $(INSTALLED) ## bring the catalogues of other languages up to date
	@$(BIN)/python docs/catalogue.py $(ARGS)

experiments: $(INSTALLED) ## run the shipped experiments and the notebook, write pages
	@$(BIN)/python docs/experiments.py $(ARGS)
	@$(BIN)/python docs/notebook.py $(filter --check,$(ARGS))

validation: $(INSTALLED) ## validate the model against recorded data, write the pages
	@$(BIN)/python docs/validation.py $(ARGS)

# From scratch, so that every warning is seen. Needs no network; open build/site/index.html.
site: $(INSTALLED) ## build the documents and the reference as a site, into build/site
	@rm -rf build/site build/doctrees docs/api
	@$(BIN)/sphinx-build -c docs -d build/doctrees -q -n -W --keep-going . build/site $(ARGS)

bench: $(INSTALLED) ## measure the speed
	@$(BIN)/python benchmarks/run.py $(ARGS)

clean: ## remove the environments and everything that can be regenerated
	rm -rf .venv .venv-* build dist docs/api .coverage .coverage.* htmlcov
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find escalation tests docs benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
