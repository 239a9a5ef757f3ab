# Everything a newcomer needs. Node, npm and Go (or a Pulumi CLI) are all that has to be installed.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup setup-steps pulumi generate build lint lint-steps format typecheck typecheck-steps test schema sdk dist demo bench clean

# Steps depend on one another's results, and on the lock of setup.
.NOTPARALLEL:

# Tools and marks of finished steps; never committed.
TOOLS := .tools
STAMPS := $(TOOLS)/stamps
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export PULUMI_SKIP_UPDATE_CHECK := true

PROTOS := $(shell find proto -name '*.proto' 2>/dev/null)
GENERATORS := $(filter-out %.test.ts,$(wildcard provider/catalogue/*.ts provider/*/generate*.ts))
LANGUAGE_HOST := $(filter-out %.test.ts,$(wildcard tests/languagehost/*.ts tests/languagehost/runtimes/*))

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## Install dependencies, generate code, build, find or build the Pulumi CLI (once)
	@tools/locked $(TOOLS)/setup.lock $(MAKE) --no-print-directory setup-steps

setup-steps: node_modules/.package-lock.json generate build pulumi
	@echo "ready: $$($(TOOLS)/bin/pulumi version), Node $$(node --version)"

node_modules/.package-lock.json: package-lock.json
	@echo "installing npm dependencies"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# What a user's project gets from `npm install pulumi-opi`: examples and tests import the package by its name.
node_modules/pulumi-opi: node_modules/.package-lock.json
	@[ -L $@ ] || ln -s .. $@

# The SDK of the plugin, as `npm install @pulumi-opi/opi` gives it.
node_modules/@pulumi-opi/opi: node_modules/.package-lock.json
	@mkdir -p $(@D)
	@[ -L $@ ] || ln -s ../../sdk/nodejs $@

pulumi: node_modules/.package-lock.json $(TOOLS)/languagehost/main.js
	@echo "Pulumi CLI: $$(ts-node --transpile-only tools/pulumi-cli/find.ts)" | sed "s|$(CURDIR)/||"
	@test -x $(TOOLS)/bin/pulumi

$(TOOLS)/languagehost/main.js: node_modules/.package-lock.json tests/languagehost/tsconfig.build.json $(LANGUAGE_HOST)
	@echo "compiling the development language host"
	@tsc -p tests/languagehost/tsconfig.build.json
	@cp tests/languagehost/runtimes/run_program.py $(TOOLS)/languagehost/runtimes/
	@touch $@

generate: $(STAMPS)/generate ## Generate provider/wire and the catalogue from proto/

$(STAMPS)/generate: node_modules/.package-lock.json $(PROTOS) $(wildcard buf*.yaml) $(GENERATORS)
	@echo "generating code from proto/"
	@npm run --silent generate
	@mkdir -p $(STAMPS) && touch $@

build: generate node_modules/pulumi-opi node_modules/@pulumi-opi/opi ## Compile to dist/
	@echo "compiling"
	@npm run --silent build

lint: setup lint-steps ## Check style, dependency rules and file names

lint-steps:
	@echo "checking style and dependency rules"
	@npm run --silent lint
	@npm run --silent deps:check

format: node_modules/.package-lock.json ## Format every file
	@npm run --silent format

typecheck: setup typecheck-steps ## Check types

typecheck-steps:
	@echo "checking types"
	@npm run --silent typecheck

test: setup ## Run every check and every test
	@echo "checking format"
	@npm run --silent format:check
	@$(MAKE) --no-print-directory lint-steps typecheck-steps
	@echo "running tests"
	@npm test --silent -- --json --outputFile=$(TOOLS)/test-results.json

demo: setup ## Show a DPU's storage managed by Pulumi, against the embedded agent
	@npm run --silent demo

bench: setup ## Measure, and print tables; one alone: make bench BENCH=agent
	@npm run --silent bench -- $(BENCH)

schema: setup ## Write schema.json from the catalogue
	@npm run --silent generate:schema

sdk: schema ## Generate the TypeScript, Python and Go SDKs from the schema (the first time builds the generator: minutes)
	@echo "generating SDKs"
	@npm run --silent generate:sdk

dist: setup ## Pack the plugin for every platform into dist/archives
	@echo "packing the plugin"
	@npm run --silent dist

clean: ## Remove what was generated (keeps node_modules and the Pulumi CLI)
	@echo "removing generated files"
	@rm -rf dist coverage provider/wire provider/catalogue/generated .demo $(STAMPS) $(TOOLS)/languagehost $(TOOLS)/test-results.json
