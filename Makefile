# Everything a person or a machine does with the checkout. `make` alone lists it.
BIN := .venv/bin
PYTHON ?=
RESULTS ?= build/demo
TESTS ?=
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help install run test check bench integration package trypackage lock release clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

install: ## make .venv with the program and its tools; add missing system libraries
	@packaging/bootstrap "$(PYTHON)"

run: install ## open the window; without a display, process generated samples instead
	@$(BIN)/desktopproc gui || { code=$$?; [ $$code -eq 3 ] || exit $$code; \
		echo "Processing generated samples on the command line instead."; \
		$(BIN)/desktopproc demo --output "$(RESULTS)"; }

test: install ## run the whole test suite, on as many cores as there are (4 at most)
	@$(BIN)/pytest -n logical --maxprocesses 4 --dist loadgroup -m "not package" $(TESTS)

check: install ## lint, format, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install ## measure against other programs and write tests/benchmarks/RESULTS.md
	@$(BIN)/python -m tests.benchmarks $(BENCH)

package: install ## build the .deb and the tar.gz of this system into dist/ (takes minutes)
	@nice -n 19 $(BIN)/python packaging/making/build.py

trypackage: install ## try what is in dist/: every operation, the window, and the .deb in a bare Debian
	@DESKTOPPROC_PACKAGE=dist/desktopproc $(BIN)/pytest -m package tests/package tests/gui
	@packaging/linux/try-install dist/desktopproc_*.deb

lock: install ## write anew which versions are packaged, with their hashes
	@$(BIN)/python -m pip install --quiet --group lock
	@$(BIN)/python packaging/making/lock.py

release: install ## check, build, try and tag the version that CHANGELOG.md describes; sends nothing
	@$(BIN)/python packaging/making/release.py

integration: install ## write menu entry, icons and file-manager actions for packages into build/share
	@rm -rf build/share
	@$(BIN)/python packaging/making/integration.py build/share

clean: ## remove what the commands above have made
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
