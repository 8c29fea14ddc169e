#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Builds the fuzz targets as OSS-Fuzz's build.sh does: the programs go to the folder $OUT, each with its seeds beside it in
# NAME_seed_corpus.zip, and its options in NAME.options. The image needs Rust, a C++ compiler for libFuzzer, and zip. Of the
# sanitizers that $SANITIZER may name there is one here, address.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${OUT:?is the folder that the programs go to}"
[ "${SANITIZER:=address}" = address ] || {
  echo "SANITIZER=$SANITIZER: these targets are built with address alone" >&2
  exit 1
}
command -v zip >/dev/null || {
  echo "package zip is not installed: apt-get install zip" >&2
  exit 1
}
mkdir -p "$OUT"
built=$(.ci/fuzz --build | tail -n 1)
[ -d "$built" ] || {
  echo "$built" >&2
  exit 1
}
for source in fuzz/fuzz_targets/*.rs; do
  name=$(basename "$source" .rs)
  install -m 755 "$built/$name" "$OUT/$name"
  rm -f "$OUT/${name}_seed_corpus.zip"
  zip -qj "$OUT/${name}_seed_corpus.zip" "fuzz/seeds/$name/"*
  printf '[libfuzzer]\ntimeout = 20\nmax_len = 4096\n' >"$OUT/$name.options"
done
echo "$(find "$OUT" -maxdepth 1 -type f -executable | wc -l) fuzz targets in $OUT"
