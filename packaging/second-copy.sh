#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes a copy of the installed static library whose names have another beginning: `second-copy.sh libowfat.a PREFIX RESULT`.
# A program may have it beside the library itself, and beside copies of other prefixes: each has an event loop, and all other
# state, of its own. OBJCOPY, NM and READELF may name other tools.
set -eu
archive=$1 prefix=$2 result=$3
OBJCOPY=${OBJCOPY:-objcopy} NM=${NM:-nm} READELF=${READELF:-readelf}
export LC_ALL=C

names=$(mktemp)
trap 'rm -f "$names"' EXIT
# Of sections with one name linkers make one, and of groups with one name they keep one. So what the members share needs other
# names, too: the sections, the symbols for where they begin, and the group's own.
{
  "$NM" --extern-only --defined-only -j "$archive" 2>/dev/null
  "$NM" -j "$archive" 2>/dev/null | grep -E '^(__start_)?owfat_loop_[0-9a-f]*(_[a-z]*)?$'
} | sed '/^$/d; /:$/d' | sort -u | sed "s/.*/& $prefix&/; s/ ${prefix}__start_/ __start_$prefix/" >"$names"
# shellcheck disable=SC2046 # An option for each section.
"$OBJCOPY" --redefine-syms="$names" \
  $("$READELF" -SW "$archive" | sed -n 's/^ *\[[ 0-9]*\] \(owfat_loop_[^ ]*\) .*/\1/p' | sort -u |
    sed "s/.*/--rename-section &=$prefix&/") "$archive" "$result"
