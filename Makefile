# Genrescope's commands; each one also works as the plain command it runs.
#
#   make run     serve the page and /predict        PORT=8080  MODEL=folder of an exported model
#   make test    every check and test, browser included
#   make bench   how fast the page and /predict are  SONG=file
#   make train   folder of songs per genre -> exported model   DATA=folder  OUT=folder
#   make image   the container image                IMAGE=genrescope
PORT ?= 8080
MODEL ?= model
IMAGE ?= genrescope
python := .venv/bin/python

.PHONY: help run test lint bench setup setup-train setup-test train export image
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

image:
	@tools/image.sh '$(IMAGE)'
