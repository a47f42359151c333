# Genrescope's commands; each one also works as the plain command it runs.
#
#   make run     serve the page and /predict        PORT=8080  MODEL=folder of an exported model
#   make test    every check and test, browser included
#   make bench   how fast the page and /predict are  SONG=file
#   make train   folder of songs per genre -> exported model   DATA=folder  OUT=runs/model
#                INIT=scratch, or weights to start from   SPLIT=options of `python -m training split`
#   make export  the latest training run -> model folder        OUT=runs/model
#   make image   the container image                IMAGE=genrescope
PORT ?= 8080
MODEL ?= model
IMAGE ?= genrescope
OUT ?= runs/model
INIT ?= scratch
SPLIT ?=
python := .venv/bin/python

.PHONY: check-data help run test lint bench setup setup-train setup-test train export image
.DEFAULT_GOAL := help

help:
	@sed -n '3,$${/^#/!q;s/^# \{0,1\}//p;}' Makefile

run: setup
	@MODEL='$(MODEL)' exec $(python) -m server --port $(PORT)

setup:
	@tools/setup.sh serve

setup-train:
	@tools/setup.sh export

setup-test:
	@tools/setup.sh test

test: lint
	$(python) -m pytest

lint: setup-test
	$(python) -m ruff check .
	$(python) -m mypy
	npm run --silent check

bench: setup-test
	@$(python) -m tests.bench $(if $(SONG),'$(SONG)')

check-data:
	@test -e '$(DATA)' || { echo 'make train: say DATA=folder, with one subfolder a genre' >&2; exit 2; }

train: check-data setup-train
	$(python) -m training prepare '$(DATA)'
	$(python) -m training split $(SPLIT)
	$(python) -m training train --init '$(INIT)'
	$(python) -m training export --model '$(OUT)' --name '$(notdir $(abspath $(DATA)))'
	$(python) -m training evaluate --model '$(OUT)' --out '$(OUT)-evaluation'
	@echo 'trained: see it with  make run MODEL=$(OUT)'

export: setup-train
	$(python) -m training export --model '$(OUT)'

image:
	@tools/image.sh '$(IMAGE)'
