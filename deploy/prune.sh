#!/bin/sh
# Removes from a node_modules folder what a server on this machine never reads: binaries for other platforms, types and source maps.
# usage: sh prune.sh [node_modules]
set -eu
cd "${1:-node_modules}"

binaries=onnxruntime-node/bin/napi-v6
here="$binaries/$(node -p 'process.platform + "/" + process.arch')"
[ -d "$here" ] || { echo "prune.sh: $PWD has no $here" >&2; exit 1; }
find "$binaries" -mindepth 2 -maxdepth 2 -type d ! -path "$here" -exec rm -rf {} +

# npm installs the binaries of both C libraries.
node -e 'process.exit(process.report.getReport().header.glibcVersionRuntime ? 0 : 1)' && libc=musl || libc=gnu
rm -rf @libsql/*-"$libc"

find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -exec rm -f {} +
