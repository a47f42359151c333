# Genrescope's commands; each one also works as the plain command it runs.
#
#   make run     serve the page and /predict        PORT=8080  MODEL=folder of an exported model
#   make site    the page as a folder of files, for any CDN or object store: docs/site.md   OUT=runs/site  MODEL=folder
#                PREDICT=address of a server that hears what browsers cannot; none unless said   COMPRESS=1: .br and .gz, too
#   make test    every check and test, browser included
#   make parity  the page against Python, stage by stage: a table   BROWSER=webkit  JSON=file
#   make bench   how fast and light the page is in each browser, and /predict, beside the goals   SONG=file
#                (`python -m tests.bench --help` has more, such as --quick)
#   make load    /predict under load: songs a second, times, refusals, memory, a killed worker   QUICK=1 for the short form
#   make soak    all of that at once for long, with hostile files and thousands of fuzz cases: an error where something
#                is lost, leaks, grows or is not exactly right   MINUTES=10
#   make plan    what many songs take: measured here, simulated for a day's traffic and for a hundred nodes, and its cost
#   make lighthouse   Lighthouse's scores of the page in Chromium: an error where one is below 0.95
#   make encodings   the page's files compressed ahead of time, as `make run` does beside the server: how small they are
#   make train   folder of songs per genre -> exported model   DATA=folder  OUT=runs/model
#                INIT=scratch, or weights to start from   SPLIT=options of `python -m training split`
#                MUSIC=folders of any music, for INIT=mn04_as_mAP_432.pt to learn our features on first
#                OTHERS=folder of sounds of no genre, a subfolder a kind, to be unsure of
#                CHUNK_S=30 or 3: songs cut into chunks of so many seconds, each heard in every epoch; not cut unless said
#                SEEDS="0 1 2 3 4": a run each, averaged into one (with INIT)   NAME=what the page calls it (DATA's name)
#                RUN=folder the work is kept in, so that it can go on (OUT-training)
#   make sounds  music without labels for MUSIC, and sounds of no genre for OTHERS: what our network heard, from packages of
#                Debian's; about 4 GB are fetched, and 5 GB unpacked   SOUNDS=folder
#   make own     folder of songs per genre -> the page with your genres, served: fine-tunes our network or, where songs are
#                few, puts a new last layer on it, and says by cross-validation how good that is
#                DATA=folder  MODEL=runs/own  EPOCHS=number  SERVE=0 to end there  INIT=scratch, or weights to start from
#                FOLDS=5  CHUNK_S  NAME  RUN  as for train; it keeps what was learned from other songs or in other ways, too
#   make export  a training run -> model folder                 OUT=runs/model
#   make image   the container image                IMAGE=genrescope   GPU=1 for one that uses an NVIDIA GPU
#   make sbom    what is in that image, as CycloneDX JSON on standard output
#   make lock    requirements.lock anew, which the image is installed from, after a change of requirements or constraints
#   make audit   known vulnerabilities of what the image installs: an error where there is one
#   make setup-train  what `.venv/bin/python -m training` needs, step by step: docs/training.md
#   make setup-scale  what many machines need: Ray, for `genrescope tag --ray` (docs/catalogue.md)
#   make check-mpg123   builds the page's MPEG decoder again: the same bytes?
#                MPG123_SOURCE=folder with mpg123's two Debian archives
PORT ?= 8080
MODEL ?= model
IMAGE ?= genrescope
GPU ?=
OUT ?= runs/model
RUN ?= $(OUT)-training
INIT ?= scratch
SPLIT ?=
MUSIC ?=
OTHERS ?=
SOUNDS ?= runs/sounds
SEEDS ?= 0
MINUTES ?= 10
EPOCHS ?=
FOLDS ?= 5
CHUNK_S ?=
SERVE ?= 1
NAME ?=
python := .venv/bin/python

.PHONY: check-data check-mpg123 encodings help run site sounds test lint parity bench load soak plan lighthouse setup \
	setup-train setup-test setup-scale setup-release train own export image sbom lock audit
.DEFAULT_GOAL := help

help:
	@sed -n '3,$${/^#/!q;s/^# \{0,1\}//p;}' Makefile

# Folders go through the environment: a quote in a name is no shell syntax there. ~ is the home folder in any shell.
export MODEL_FOLDER = $(patsubst ~/%,$(HOME)/%,$(MODEL))

run: setup
	@MODEL="$$MODEL_FOLDER" nice $(python) -m server.prepare >/dev/null 2>&1 & \
	MODEL="$$MODEL_FOLDER" exec $(python) -m server --port $(PORT)

# OUT has another default here: no training run is written over.
site: export SITE_FOLDER = $(if $(call said,OUT),$(patsubst ~/%,$(HOME)/%,$(OUT)),runs/site)
site: export SERVER_ADDRESS = $(PREDICT)
site: setup
	@MODEL="$$MODEL_FOLDER" $(python) -m server.site "$$SITE_FOLDER" --predict "$$SERVER_ADDRESS" $(if $(COMPRESS),--compress)

encodings: setup
	@MODEL="$$MODEL_FOLDER" $(python) -m server.prepare

setup:
	@tools/setup.sh serve

setup-train:
	@tools/setup.sh train

setup-scale:
	@tools/setup.sh scale

setup-test:
	@tools/setup.sh test

# Three at a time on two cores: a test in a browser leaves a core idle for a third of its time.
test: lint
	$(python) -m pytest -n 3 --dist loadfile

lint: setup-test
	$(python) -m ruff check .
	$(python) -m mypy
	npm run --silent check

parity: setup-test
	@$(python) -m tests.parity $(if $(BROWSER),--browser '$(BROWSER)') $(if $(JSON),--json '$(JSON)')

bench: setup-test encodings
	@$(python) -m tests.bench $(if $(SONG),'$(SONG)')

load: setup-test
	@$(python) -m tests.load $(if $(QUICK),--quick)

soak: setup-test
	@$(python) -m tests.load.soak --minutes '$(MINUTES)'

plan: setup-test
	@$(python) -m tests.planning measure --write
	@$(python) -m tests.planning simulate server --write
	@$(python) -m tests.planning simulate job --write
	@$(python) -m tests.planning cost --write

lighthouse: setup-test encodings
	@tools/setup.sh lighthouse
	@$(python) -m tests.lighthouse

export DATA_FOLDER = $(patsubst ~/%,$(HOME)/%,$(DATA))
export OUT_FOLDER = $(patsubst ~/%,$(HOME)/%,$(OUT))
export RUN_FOLDER = $(patsubst ~/%,$(HOME)/%,$(RUN))
export OTHERS_FOLDER = $(patsubst ~/%,$(HOME)/%,$(OTHERS))
export INIT_FILE = $(patsubst ~/%,$(HOME)/%,$(INIT))
export MUSIC_FOLDERS = $(patsubst ~/%,$(HOME)/%,$(MUSIC))
export SPLIT SEEDS NAME EPOCHS FOLDS CHUNK_S
prepared = --set "$$RUN_FOLDER/set" --split "$$RUN_FOLDER/split.json"

check-data:
	@test -e "$$DATA_FOLDER" || { echo "make $(firstword $(MAKECMDGOALS)): say DATA=folder, with one subfolder a genre; '$$DATA_FOLDER' is none" >&2; exit 2; }

train: check-data setup-train
	@tools/train.sh

sounds: export SOUNDS_FOLDER = $(patsubst ~/%,$(HOME)/%,$(SOUNDS))
sounds: setup
	@$(python) -m tools.sounds "$$SOUNDS_FOLDER"

# MODEL and INIT have other defaults here: what is written, and our network.
said = $(filter-out default file undefined,$(origin $(1)))
own: export OUT_FOLDER = $(patsubst %/,%,$(patsubst ~/%,$(HOME)/%,$(if $(call said,MODEL),$(MODEL),runs/own)))
own: export RUN_FOLDER = $(if $(call said,RUN),$(patsubst ~/%,$(HOME)/%,$(RUN)),$(OUT_FOLDER)-own)
own: export INIT_FILE = $(if $(call said,INIT),$(patsubst ~/%,$(HOME)/%,$(INIT)),model)
own: check-data setup-train
	@tools/own.sh
	@case '$(SERVE)' in 0) ;; *) MODEL="$$OUT_FOLDER" exec $(python) -m server --port $(PORT) ;; esac

export: setup-train
	@run=$$(ls -td "$$RUN_FOLDER"/mean-of-* "$$RUN_FOLDER"/seed-* 2>/dev/null | head -n 1); \
	$(python) -m training export $(prepared) --run "$$run" --model "$$OUT_FOLDER" --name "$${NAME:-genrescope}"

image:
	@GPU='$(GPU)' tools/image.sh '$(IMAGE)'

sbom:
	@tools/sbom.sh '$(IMAGE)'

setup-release:
	@tools/setup.sh release

lock: setup-release
	@tools/lock.sh

# --strict: a package that nobody could say anything about is a failure, not a success.
audit: setup-release
	@.venv/bin/uv tool run pip-audit==2.10.1 --strict --disable-pip --require-hashes -r requirements.lock

check-mpg123:
	@tools/mpg123/check.sh '$(MPG123_SOURCE)'
