#!/bin/sh
# Copies ffmpeg, ffprobe and the libraries they are linked with: collect-ffmpeg.sh FOLDER
# FOLDER/packages.txt says which packages they are of.
#
# Debian's ffmpeg depends on display, 3D and device libraries by the hundred megabytes that are loaded at run time
# for things other than reading a file. What it is linked with is a third of that.
set -eu
folder=$1
mkdir -p "$folder/bin" "$folder/lib"
for program in ffmpeg ffprobe; do
  cp "$(command -v $program)" "$folder/bin/"
  ldd "$(command -v $program)"
done | awk '$3 ~ "^/" {print $3}' | sort -u | while read -r library; do
  case $(basename "$library") in
    libc.so.*|libm.so.*|libdl.so.*|librt.so.*|libpthread.so.*|libgcc_s.so.*|libstdc++.so.*) ;;  # every Debian has them
    *) cp -L "$library" "$folder/lib/" ;;
  esac
done

# The packages that these are of, for the image's list of parts.
for file in "$folder"/lib/* bin/ffmpeg bin/ffprobe; do
  dpkg-query -S "*/$(basename "$file")" | head -n 1 | cut -d: -f1
done | sort -u | xargs dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' >"$folder/packages.txt"

# Each file finds the others by its own place. The system's list would not do: some libraries go by another name
# than their own, and some say themselves where to look for theirs.
patchelf --force-rpath --set-rpath '$ORIGIN/../lib' "$folder"/bin/*
for library in "$folder"/lib/*; do patchelf --force-rpath --set-rpath '$ORIGIN' "$library"; done
