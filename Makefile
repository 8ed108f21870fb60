# Everything runs in .venv, made by the first command that needs it. Stamp files remember what is done.
.DEFAULT_GOAL := help
.PHONY: help demo serve test bench requirements clean FORCE

PORT ?= 8000
DEMO_LEADS ?= 2000
VAR := $(or $(LEADCRM_VAR_DIR),var)
BIN := .venv/bin/python
MANAGE := $(BIN) manage.py
export PORT

MIGRATIONS := $(wildcard */migrations/*.py)
STATIC := $(shell find static -type f 2>/dev/null)

# The stamps stand for the embedded database; one that is gone, or lives elsewhere, is prepared each time.
ifneq ($(DATABASE_URL),)
FRESH := FORCE
else ifeq ($(wildcard $(VAR)/leadcrm.sqlite3),)
FRESH := FORCE
endif

help:
	@echo "make demo          install, fill with demo data and serve on http://127.0.0.1:$(PORT)"
	@echo "make test          lint, import contracts, types and the whole suite"
	@echo "make serve         serve DATABASE_URL and REDIS_URL (embedded where absent), without demo data"
	@echo "make bench         the measured workloads; BENCH=name runs one"
	@echo "make requirements  pin requirements*.in anew"
	@echo "make clean         remove .venv and caches, never var/"

demo: $(VAR)/.demo
	@test "$$(cat $(VAR)/.demo)" = "$(DEMO_LEADS)" || echo "Demo data: $$(cat $(VAR)/.demo) leads are there already; remove $(VAR)/ to make it anew with $(DEMO_LEADS)."
	@exec $(MANAGE) serve --demo

serve: $(VAR)/.migrated $(VAR)/.static
	@exec $(MANAGE) serve

test: .venv/.dev
	@exec $(BIN) scripts/check.py

bench: .venv/.dev $(VAR)/.static
	@exec $(BIN) -m bench

$(VAR)/.demo: $(FRESH) | $(VAR)/.migrated $(VAR)/.static
	@$(MANAGE) demo_data --leads $(DEMO_LEADS) --seed 1
	@echo $(DEMO_LEADS) > $@

$(VAR)/.migrated: .venv/.runtime $(MIGRATIONS) $(FRESH)
	@mkdir -p $(VAR)
	@$(MANAGE) migrate --verbosity 0
	@touch $@

# Collecting files asks nothing of a database, and so nothing of the settings that one calls for.
$(VAR)/.static: .venv/.runtime $(STATIC)
	@mkdir -p $(VAR)
	@env -u DATABASE_URL -u REDIS_URL $(MANAGE) collectstatic --noinput --clear --verbosity 0
	@touch $@

.venv/.runtime: requirements.txt | .venv/bin/python
	@scripts/install requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@scripts/install requirements-dev.txt
	@touch $@

.venv/bin/python:
	@scripts/make-venv

requirements: .venv/.dev
	@for name in requirements requirements-dev requirements-uv; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--custom-compile-command "make requirements" $(if $(UPGRADE),--upgrade) $$name.in -o $$name.txt || exit 1; \
	done

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

FORCE:
