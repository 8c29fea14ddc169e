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
mkdir -p "$folder/parts" "$folder/members"

# On RISC-V `ld -r` spoils unwind tables (binutils 2.40 merges their heads and leaves the relocations of distances where they
# were), and linkers fail on them. So there the archive has none.
case $("$READELF" -h "$archive") in
*RISC-V*)
  "$OBJCOPY" -R .eh_frame "$archive" "$folder/archive.a"
  archive=$folder/archive.a
  ;;
esac

# What is reachable from the interface, once, so that the many steps below read little. Section groups that linkers merge
# (i686's __x86.get_pc_thunk.*) become plain sections: a local name in a group that is thrown away would be missed.
# shellcheck disable=SC2046 # A name is a word.
"$LD" -r --gc-sections --force-group-allocation $(sed 's/^/-u /' "$names") -o "$folder/whole.o" "$archive"
# Intermediate code goes: some linkers would rather look at it than at the code.
"$OBJCOPY" --strip-debug -R .llvmbc -R .llvmcmd -R '.gnu.lto_*' -R .comment "$folder/whole.o"

"${RUSTC:-rustc}" --edition 2024 -O -o "$folder/object" "${0%/*}/object/main.rs"

# Atomic operations on aarch64 are functions that C compilers bring along for their own code. Rust's own look at a variable that a
# constructor writes to, which all that uses them would have to share.
# shellcheck disable=SC2046 # A name is a word.
"$folder/object" forget "$folder/whole.o" $("$NM" -j --defined-only "$folder/whole.o" | grep -E '^__aarch64_(cas|swp|ld)[a-z]*[0-9]')

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

# Functions keep their names, for debuggers and profilers; numbered constants do not.
"$NM" --defined-only "$folder/whole.o" | sed -n 's/.* //; /^\.L/!p' >"$folder/keep"

# Nothing in the library meddles with return addresses, which is all that a shadow stack asks for. Indirect branch tracking
# asks for landing pads, which are there if RUSTFLAGS have asked for them.
case $("$READELF" -h "$folder/whole.o") in
*X86-64*)
  marks='-z shstk'
  case " ${RUSTFLAGS:-} " in *cf-protection=full* | *cf-protection=branch*) marks="$marks -z ibt" ;; esac
  ;;
*) marks= ;;
esac

# The linker keeps constructors, and what they need, in every part. Each of ours registers the fork handlers of one lock, and
# belongs to the names that use that lock.
constructors=$("$READELF" -SW "$folder/whole.o" | sed -n 's/.* \(\.init_array\.[0-9]*\) .*/\1/p')

# Variables that many functions share, and ask for by name.
variables='noipv6 argv0'

# part FILE CONSTRUCTORS NAME...: what these names need, and these constructors.
part() {
  file=$1 kept=$2
  shift 2
  object="$folder/whole$(echo "$kept" | tr -d ' ').o"
  if [ "$object" = "$folder/whole.o" ]; then object=$folder/plain.o; fi
  if [ ! -e "$object" ]; then
    # shellcheck disable=SC2046
    "$OBJCOPY" $(for one in $constructors; do case " $kept " in *" $one "*) ;; *) echo "-R $one" ;; esac; done) \
      "$folder/whole.o" "$object"
  fi
  # shellcheck disable=SC2046,SC2086
  "$LD" -r --gc-sections $marks $(printf ' -u %s' "$@") -o "$file" "$object"
  # shellcheck disable=SC2086
  "$folder/object" forget "$file" $(for one in $variables; do case " $* " in *" $one "*) ;; *) echo "$one" ;; esac; done)
}

# Functions whose address programs get to see, in the `deinit` of a buffer, and compare with the name: one of each.
compared='^\.text\.(buffer_free|buffer_munmap)$'

# writes: the sections that the part of $name writes to while a program runs. Each static has one of its own. What is written
# to by the loader alone (.data.rel.ro), or by Rust's std alone (see object/gather.rs), may exist several times.
writes() {
  "$READELF" -SW "$folder/parts/$name.o" | sed -n 's/^ *\[[ 0-9]*\] *//p' |
    awk -v name="$name" -v compared="$compared" '$1 ~ compared || $2 != "NULL" && $7 ~ /W/ && $7 ~ /A/ && $5 !~ /^0*$/ && $1 !~ /^(\.data\.rel\.ro|\.init_array|owfat_loop_)|HAVE_LSE_ATOMICS$/ { print name, $1 }'
}

# A constructor's part is made with a function that has no data of its own.
for name in $constructors; do
  part "$folder/parts/$name.o" "$name" str_len
  writes
done >"$folder/writes"
while read -r name; do
  part "$folder/parts/$name.o" '' "$name" </dev/null
  writes
done <"$names" >>"$folder/writes"
awk '{ for (i = 1; i <= NF; i++) print $i, "together:" NR }' "$folder/together" >>"$folder/writes"
{
  for name in $constructors; do echo "$name"; done
  cat "$names"
} >"$folder/all"

# A line for each member: its names. A constructor of what no name needs goes.
awk '
  function root(x) { while (up[x] != x) x = up[x]; return x }
  FNR == NR { up[$1] = $1; order[++count] = $1; next }
  !($2 in first) { first[$2] = $1 }
  { up[root($1)] = root(first[$2]) }
  END {
    for (i = 1; i <= count; i++) { r = root(order[i]); line[r] = line[r] (line[r] ? " " : "") order[i] }
    for (i = 1; i <= count; i++) if (order[i] == root(order[i]) && line[order[i]] ~ /(^| )[^.]/) print line[order[i]]
  }' "$folder/all" "$folder/writes" >"$folder/groups"
# The constructors of each group come first, and are no names.
sed 's/\.init_array\.[0-9]* //g' "$folder/groups" >"$folder/plan"

# constructors_of NAME: those of the group whose first name this is.
constructors_of() {
  sed -n "s/^\(\(\.init_array\.[0-9]* \)*\)$1\( .*\)\{0,1\}\$/\1/p" "$folder/groups"
}

while read -r first others; do
  if [ -z "$others$(constructors_of "$first")" ]; then
    mv "$folder/parts/$first.o" "$folder/members/"
  else
    # shellcheck disable=SC2086 # Names are words.
    part "$folder/members/$first.o" "$(constructors_of "$first")" $first $others
  fi
done <"$folder/plan"

# A definition here is weak: that of the program wins, even where a member that it needs has others besides. Names of
# libc that are not needed go, because each would bring a part of libc into a static program.
while read -r names; do
  member=$folder/members/${names%% *}.o
  # shellcheck disable=SC2046,SC2086
  "$OBJCOPY" --strip-unneeded --keep-symbols="$folder/keep" \
    $(for name in $names; do echo "--keep-global-symbol=$name --weaken-symbol=$name"; done) "$member"
done <"$folder/plan"
"$folder/object" finish "$folder"/members/*.o

rm -f "$result"
(cd "$folder/members" && "$AR" rcsD ../library.a *.o)
mv "$folder/library.a" "$result"
rm -rf "$folder"
