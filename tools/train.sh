#!/bin/sh
# From folders of music to an exported model and its card, by the steps of `python -m training`. What it is told stands
# in the environment; `make train` says it:
#   DATA_FOLDER     songs, one subfolder a genre, or an archive of log-mels
#   OUT_FOLDER      the model to write
#   RUN_FOLDER      where the work is kept, so that an interrupted one goes on
#   SPLIT           options of `python -m training split`
#   INIT_FILE       scratch, or weights to start from
#   MUSIC_FOLDERS   music without labels, on which INIT_FILE, EfficientAT's mn04, first learns our features
#   OTHERS_FOLDER   sounds of none of the genres, one subfolder a kind, for the network to be unsure of
#   CHUNK_S         30 or 3: seconds that songs are cut into; whole unless said
#   NAME            what the page calls the model; unless said, as DATA_FOLDER
#   SEEDS           a run each; of several with INIT_FILE, the mean of their weights is exported
set -eu

. "$(dirname -- "$0")/steps.sh"

refuse() {
    echo "make train: $1" >&2
    exit 2
}

# What cannot go well is said before anything long runs.
[ "$INIT_FILE" = scratch ] || [ -e "$INIT_FILE" ] || refuse "INIT=$INIT_FILE is not there"
for folder in $MUSIC_FOLDERS; do
    [ -d "$folder" ] || refuse "MUSIC names $folder, which is no folder"
done
if [ -n "$MUSIC_FOLDERS" ]; then
    case $INIT_FILE in
    *.pt) ;;
    *) refuse "MUSIC is for EfficientAT's mn04 to learn our features on, and INIT is $INIT_FILE: say INIT=mn04_as_mAP_432.pt, too, or leave out MUSIC" ;;
    esac
fi
if [ -n "$OTHERS_FOLDER" ]; then
    [ -d "$OTHERS_FOLDER" ] || refuse "OTHERS=$OTHERS_FOLDER is no folder"
    # A symbolic link to a folder is one, too: -L. Hidden folders are none of the kinds.
    [ "$(find -L "$OTHERS_FOLDER" -mindepth 1 -maxdepth 1 -type d ! -name '.*' | wc -l)" -ge 2 ] ||
        refuse "OTHERS=$OTHERS_FOLDER must hold at least two subfolders with sounds, each named after its kind, such as speech and noise"
fi

set="$RUN_FOLDER/set" split="$RUN_FOLDER/split.json" evidence="$RUN_FOLDER/evidence" init=$INIT_FILE
step prepare "$DATA_FOLDER" --set "$set"
# shellcheck disable=SC2086 # options, as folders of music below, are several words
step split --set "$set" --split "$split" $SPLIT
[ -z "$OTHERS_FOLDER" ] || step prepare "$OTHERS_FOLDER" --set "$RUN_FOLDER/others"
if [ -n "$MUSIC_FOLDERS" ]; then
    # shellcheck disable=SC2086
    step adapt $MUSIC_FOLDERS --split "$split" --teacher "$init" --out "$RUN_FOLDER/adapted.keras"
    init="$RUN_FOLDER/adapted.keras"
fi

# learn SEED RUN: one run of the recipe.
learn() {
    step train --set "$set" --split "$split" --init "$init" --seed "$1" --run "$2" ${CHUNK_S:+--chunk-s "$CHUNK_S"} \
        ${OTHERS_FOLDER:+--others "$RUN_FOLDER/others"}
}

set -- # the runs' folders: names with spaces stay whole
for seed in $SEEDS; do
    learn "$seed" "$RUN_FOLDER/seed-$seed"
    set -- "$@" "$RUN_FOLDER/seed-$seed"
done
step results "one run a seed" "$@" --set "$set" --split "$split" --evidence "$evidence"
run=$1
if [ $# -gt 1 ] && [ "$init" != scratch ]; then
    run="$RUN_FOLDER/mean-of-$(echo $SEEDS | tr ' ' -)"
    step average "$@" --set "$set" --split "$split" --run "$run"
    step results "the mean of their weights" "$run" --set "$set" --split "$split" --evidence "$evidence"
fi
step export --set "$set" --split "$split" --run "$run" --model "$OUT_FOLDER" --name "${NAME:-$(basename "$DATA_FOLDER")}"
step evaluate --set "$set" --split "$split" --model "$OUT_FOLDER" ${CHUNK_S:+--chunk-s "$CHUNK_S"} --out "$evidence"
step card --model "$OUT_FOLDER" --evidence "$evidence"
if [ -d "$DATA_FOLDER" ]; then set -- --audio="$DATA_FOLDER"; else set --; fi
step report --set "$set" --split "$split" --run "$run" --model "$OUT_FOLDER" --out "$RUN_FOLDER/report.html" "$@"
tell trained
