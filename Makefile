# Everything a person or a machine does with the checkout. `make` alone lists it.
BIN := .venv/bin
PYTHON ?=
RESULTS ?= build/demo
TESTS ?=
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help install run test check bench integration clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

install: ## make .venv with the program and its tools; add missing system libraries
	@packaging/bootstrap "$(PYTHON)"

run: install ## open the window; without a display, process generated samples instead
	@$(BIN)/desktopproc gui || { code=$$?; [ $$code -eq 3 ] || exit $$code; \
		echo "Processing generated samples on the command line instead."; \
		$(BIN)/desktopproc demo --output "$(RESULTS)"; }

test: install ## run the whole test suite, on as many cores as there are (4 at most)
	@$(BIN)/pytest -n logical --maxprocesses 4 --dist loadgroup $(TESTS)

check: install ## lint, format, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install ## measure against other programs and write tests/benchmarks/RESULTS.md
	@$(BIN)/python -m tests.benchmarks $(BENCH)

integration: install ## write menu entry, icons and file-manager actions for packages into build/share
	@rm -rf build/share
	@$(BIN)/python packaging/making/integration.py build/share

clean: ## remove what the commands above have made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
