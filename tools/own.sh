#!/bin/sh
# From a folder of music to a model of its genres, in one go, and how good it is. What it is told stands in the
# environment; `make own` says it:
#   DATA_FOLDER   songs, one subfolder a genre, or train/GENRE and test/GENRE
#   OUT_FOLDER    the model to write
#   RUN_FOLDER    where the work is kept, so that an interrupted one goes on; what was learned from other songs stays
#   INIT_FILE     scratch, or weights to start from: a model folder, .keras or .pt
#   EPOCHS        of fine-tuning; 0: a new last layer alone; unless said, as is best for so many songs
#   FOLDS         of the cross-validation
#   CHUNK_S       30 or 3: seconds that songs are cut into; whole unless said
#   NAME          what the page calls the model; unless said, as DATA_FOLDER
set -eu

. "$(dirname -- "$0")/steps.sh"

if [ "$OUT_FOLDER" -ef model ]; then
    echo "make own: MODEL=$OUT_FOLDER is Genrescope's own network: say another folder for yours" >&2
    exit 2
fi

set="$RUN_FOLDER/set" split="$RUN_FOLDER/split.json" evidence="$RUN_FOLDER/evidence"
step prepare --set "$set" -- "$DATA_FOLDER"
# Other songs, or another way to learn them, are runs of their own: whoever adds songs says the same command again.
songs=$(grep -E '"(name|genre|n_frames|split)": ' "$set/tracks.json")
start=$(cksum "$INIT_FILE/contract.json" 2>/dev/null || cksum "$INIT_FILE" 2>/dev/null || echo "$INIT_FILE")
folds="$RUN_FOLDER/folds-$(printf '%s\n' "$songs" "$start" "$EPOCHS" "$FOLDS" "$CHUNK_S" | cksum | cut -d ' ' -f 1)"
step crossvalidate --set "$set" --split "$split" --init "$INIT_FILE" --runs "$folds" --folds "$FOLDS" \
    ${EPOCHS:+--epochs "$EPOCHS"} ${CHUNK_S:+--chunk-s "$CHUNK_S"} --evidence "$evidence"
# The first fold's network is the one that is shipped: its validation songs are those that it did not learn from.
step export --set "$set" --split "$split" --run "$folds/fold-1" --model "$OUT_FOLDER" \
    --name="${NAME:-$(basename -- "$DATA_FOLDER")}"
step evaluate --set "$set" --split "$split" --model "$OUT_FOLDER" ${CHUNK_S:+--chunk-s "$CHUNK_S"} --out "$evidence"
step card --model "$OUT_FOLDER" --evidence "$evidence"
step report --set "$set" --split "$split" --run "$folds/fold-1" --model "$OUT_FOLDER" \
    --audio="$DATA_FOLDER" --out "$RUN_FOLDER/report.html"
tell made
