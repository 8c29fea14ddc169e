#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes the static library that is installed: `members.sh CARGO'S_ARCHIVE NAMES RESULT`. NAMES has a line for each name
# of the C interface. LD, AR, NM, OBJCOPY, READELF and RUSTC may name other tools.
#
# Cargo's archive has one object with the whole library in it, beside all of Rust's core, under global names. A program
# that links it grows by everything, clashes with the next library in Rust, and may define none of the names itself.
# Here each name becomes a member with the code that it needs. Code that several names need is in several members, under
# local names, which does no harm. Data that is written to may exist only once: the names that reach it share a member, or,
# for the event loop, sections of which linkers keep one copy: object/gather.rs.
set -eu
archive=$1 names=$2 result=$3
LD=${LD:-ld} AR=${AR:-ar} NM=${NM:-nm} OBJCOPY=${OBJCOPY:-objcopy} READELF=${READELF:-readelf}
export LC_ALL=C

folder=${result%/*}/members
rm -rf "$folder"
mkdir -p "$folder/members"

# What is reachable from the interface, once, so that the many steps below read little.
LD=$LD OBJCOPY=$OBJCOPY READELF=$READELF "${0%/*}/whole.sh" "$archive" "$names" "$folder/whole.o"
"$OBJCOPY" --strip-debug -R .comment "$folder/whole.o"

"${RUSTC:-rustc}" --edition 2024 -o "$folder/object" "${0%/*}/object/main.rs"

# Atomic operations on aarch64 are functions that C compilers bring along for their own code. Rust's own look at a variable that a
# constructor writes to, which all that uses them would have to share.
# shellcheck disable=SC2046 # A name is a word.
"$folder/object" forget "$folder/whole.o" "$folder/whole.o" $("$NM" -j --defined-only "$folder/whole.o" | grep -E '^__aarch64_(cas|swp|ld)[a-z]*[0-9]')

# What the event loop's functions need together becomes sections that every member may have: the linker keeps one of each.
loop='io_fd io_wantread io_wait io_canread io_tryread io_close'
# shellcheck disable=SC2086 # Names are words.
"$folder/object" gather "$folder/whole.o" $loop

# Names that share a member although they need not, a line for each: programs use them together, and a member with the shared
# sections is large as a file.
cat >"$folder/together" <<TOGETHER
$loop
io_fd_flags io_fd_canwrite
io_dontwantread io_dontwantwrite
io_setcookie io_getcookie
io_eagain io_eagain_read io_eagain_write
io_waituntil io_waituntil2 io_check
io_timeout io_timedout io_timeouted
io_trywritetimeout io_tryreadtimeout io_waitread io_waitwrite
io_queueforread io_queueforwrite
io_socketpair io_pipe io_passfd
iob_write iob_write2
TOGETHER

# Nothing in the library meddles with return addresses, which is all that a shadow stack asks for. Indirect branch tracking
# asks for landing pads, which are there if RUSTFLAGS have asked for them.
case $("$READELF" -h "$folder/whole.o") in
*X86-64*)
  marks='-z shstk'
  case " ${RUSTFLAGS:-} " in *cf-protection=full* | *cf-protection=branch*) marks="$marks -z ibt" ;; esac
  ;;
*) marks= ;;
esac

# Functions whose address programs get to see, in the `deinit` of a buffer, and compare with the name: one of each.
echo buffer_free buffer_munmap >"$folder/compared"

# Variables that many functions share, and ask for by name.
variables='noipv6 argv0'
# shellcheck disable=SC2086 # Names are words.
"$folder/object" forget "$folder/whole.o" "$folder/asking.o" $variables

# A line for each member, of constructors, names, and what they share.
"$folder/object" plan "$folder/asking.o" "$names" "$folder/compared" "$folder/together" >"$folder/plan"

# without_constructors FROM TO KEPT: FROM without those that stand in a section of their own, except KEPT. The linker would keep all
# of them, and what they need, in every member.
constructors=$("$READELF" -SW "$folder/asking.o" | sed -n 's/^ *\[[ 0-9]*\] \(\.init_array\.[0-9]*\) .*/\1/p')
without_constructors() {
  # shellcheck disable=SC2046 # An option for each.
  "$OBJCOPY" $(for one in $constructors; do case " $3 " in *" $one "*) ;; *) echo "-R $one" ;; esac; done) "$1" "$2"
}
without_constructors "$folder/asking.o" "$folder/plain.o" ''
without_constructors "$folder/whole.o" "$folder/variables.o" ''

while read -r line; do
  first='' wanted='' kept='' object=$folder/plain.o
  for word in ${line%% | *}; do
    case $word in
    .*) kept="$kept $word" ;;
    *) first=${first:-$word} wanted="$wanted -u $word" ;;
    esac
  done
  case " $variables " in *" $first "*) object=$folder/variables.o ;; esac
  if [ -n "$kept" ]; then
    object=$folder/some.o
    without_constructors "$folder/asking.o" "$object" "$kept"
  fi
  # shellcheck disable=SC2086 # Options are words.
  "$LD" -r --gc-sections $marks $wanted -o "$folder/members/$first.o" "$object" </dev/null
done <"$folder/plan"
"$folder/object" finish "$folder/plan" "$folder/members"

rm -f "$result"
(cd "$folder/members" && "$AR" rcsD ../library.a *.o)
mv "$folder/library.a" "$result"
rm -rf "$folder"
