# What the scripts that make a model have in common: they read this file, nobody runs it.

step() { .venv/bin/python -m training "$@"; }

# tell WORD: that the model is there, and how to see it. Quoted for a shell, whatever OUT_FOLDER has in its name.
tell() {
    printf "%s: see it with  make run MODEL='%s'\n" "$1" "$(printf '%s\n' "$OUT_FOLDER" | sed "s/'/'\\\\''/g")"
}
