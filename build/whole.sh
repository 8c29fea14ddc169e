#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes one object file of what a list of names needs: `whole.sh ARCHIVE NAMES RESULT OPTION...`. ARCHIVE is cargo's, NAMES has a line
# for each name, the options are the linker's. LD, OBJCOPY and READELF may name other tools.
#
# Section groups that linkers merge (i686's __x86.get_pc_thunk.*) become plain sections: a local name in a group that is thrown
# away would be missed. Intermediate code goes: some linkers would rather look at it than at the code.
set -eu
archive=$1 names=$2 result=$3
shift 3
LD=${LD:-ld} OBJCOPY=${OBJCOPY:-objcopy} READELF=${READELF:-readelf}

# On RISC-V `ld -r` spoils unwind tables (binutils 2.40 merges their heads and leaves the relocations of distances where they
# were), and linkers fail on them. So there the archive has none.
case $("$READELF" -h "$archive") in
*RISC-V*)
  "$OBJCOPY" -R .eh_frame "$archive" "$result.a"
  archive=$result.a
  ;;
esac

# shellcheck disable=SC2046 # A name is a word.
"$LD" -r --gc-sections --force-group-allocation $(sed 's/^/-u /' "$names") "$@" -o "$result" "$archive"
"$OBJCOPY" -R .llvmbc -R .llvmcmd -R '.gnu.lto_*' "$result"
rm -f "$result.a"
