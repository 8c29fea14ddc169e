#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Gives the shared library the names that C alone defines: `shared.sh LIBRARY`, which is cargo's libowfat.so, with libowfat.a
# beside it. CC and NM may name other tools; LDFLAGS are further arguments.
#
# rustc exports what is written in Rust and nothing else. That is everything where src/variadic has trampolines; then there
# is nothing to do here. Elsewhere the library is linked again, from the archive, with a list of names of its own.
set -eu
library=$1
CC=${CC:-cc} NM=${NM:-nm}

if "$NM" -D --defined-only "$library" | grep -q ' errmsg_info$'; then
  exit 0
fi

list=$library.map
{
  echo '{ global:'
  sed 's/^. //; s/$/;/' "${0%/*}/../ctests/symbols.txt"
  echo 'local: *; };'
} >"$list"

# Beside it first: cargo has the same file under another name, too.
# shellcheck disable=SC2046,SC2086 # A name is a word, and so is a flag.
$CC -shared -o "$library.new" $(sed 's/^. /-Wl,-u,/' "${0%/*}/../ctests/symbols.txt") "${library%.so}.a" \
  -Wl,--version-script="$list" -Wl,-soname,libowfat.so.0 -Wl,-z,nodelete -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections \
  -Wl,-z,noexecstack ${LDFLAGS:-}
mv "$library.new" "$library"
rm "$list"
