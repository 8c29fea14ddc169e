#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Puts the built library in place, or takes it away again: `install.sh install`, `install.sh uninstall`.
# The Makefile calls this; SHARED, STATIC, AIO, PREFIX, LIBDIR, INCLUDEDIR, MANDIR, PKGCONFIGDIR and DESTDIR come from
# there. AIO is empty where there is no libowfat-aio. DEBUG and AIO_SHARED are where what is stripped lies, if it is to be.
set -eu
cd "$(dirname "$0")/.."
what=$1

# A relative directory would lie in this very folder, and what is installed names it.
for variable in PREFIX LIBDIR INCLUDEDIR MANDIR PKGCONFIGDIR DESTDIR; do
  eval "value=\$$variable"
  case $variable=$value in
  *=/* | DESTDIR=) ;;
  *)
    echo "$variable=$value: this has to be an absolute path" >&2
    exit 2
    ;;
  esac
done

# Each place is named once, here. `place MODE FILE PATH` is for a file, `link TARGET PATH` for a symbolic link;
# `text PATH` takes the file's contents from standard input, `page OTHER PATH` is for a page of the manual that leads to another.
everything() {
  # Compiled programs ask for the first link, linkers for the second. The file has the version of the interface.
  place 755 "$SHARED" "$LIBDIR/libowfat.so.0.32.0"
  link libowfat.so.0.32.0 "$LIBDIR/libowfat.so.0"
  link libowfat.so.0.32.0 "$LIBDIR/libowfat.so"
  place 644 "$STATIC" "$LIBDIR/libowfat.a"
  if [ -n "${DEBUG:-}" ] || [ "$what" = uninstall ]; then
    place 644 "${DEBUG:-}" "$LIBDIR/.debug/libowfat.so.0.32.0.debug"
  fi
  fill packaging/libowfat.pc.in | text "$PKGCONFIGDIR/libowfat.pc"
  # find_package(owfat), and under the name that pkg-config has.
  for name in owfat libowfat; do
    sed "s|@INCLUDEDIR@|$INCLUDEDIR|; s|@DEFINITIONS@|$definitions|" packaging/cmake/config.cmake |
      text "$LIBDIR/cmake/$name/$name-config.cmake"
    place 644 packaging/cmake/version.cmake "$LIBDIR/cmake/$name/$name-config-version.cmake"
  done
  for header in include/libowfat/*.h; do
    case $bits$header in
    [36]*/owfat.h) timed "$header" | text "$INCLUDEDIR/libowfat/owfat.h" ;;
    *) place 644 "$header" "$INCLUDEDIR/libowfat/${header##*/}" ;;
    esac
  done
  # The second library, and the object that puts it before the C library's functions in programs as they are.
  if [ -n "$AIO" ]; then
    place 755 "${AIO_SHARED:-$AIO}/libowfat-aio.so" "$LIBDIR/libowfat-aio.so.$version"
    link libowfat-aio.so.$version "$LIBDIR/libowfat-aio.so.0"
    link libowfat-aio.so.$version "$LIBDIR/libowfat-aio.so"
    place 755 "${AIO_SHARED:-$AIO}/libowfat-aio-preload.so" "$LIBDIR/libowfat-aio-preload.so"
    if [ -n "${AIO_SHARED:-}" ] || [ "$what" = uninstall ]; then
      place 644 "${AIO_SHARED:-}/libowfat-aio.so.$version.debug" "$LIBDIR/.debug/libowfat-aio.so.$version.debug"
    fi
    place 644 "$AIO/libowfat-aio.a" "$LIBDIR/libowfat-aio.a"
    fill packaging/libowfat-aio.pc.in | text "$PKGCONFIGDIR/libowfat-aio.pc"
    place 644 aio/include/libowfat/aio.h "$INCLUDEDIR/libowfat/aio.h"
  fi
  for page in man/*.[1-9]; do
    # Each page names the library that it is about.
    [ -n "$AIO" ] || ! grep -qx '\.Pq Fl lowfat-aio' "$page" || continue
    section=${page##*.}
    place 644 "$page" "$MANDIR/man$section/${page##*/}"
    # Every other name that the page explains leads to it.
    for name in $(sed -n '/^\.Sh NAME$/,/^\.Nd /s/^\.Nm \([^ ]*\).*/\1/p' "$page"); do
      [ -e "man/$name.$section" ] || page "man$section/${page##*/}" "$MANDIR/man$section/$name.$section"
    done
  done
}

version=$(sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q;}' Cargo.toml)
# Which of two widths of time_t the library was built for, 32 or 64; nothing where there is one. The file says so. A program
# that comes by the header another way than pkg-config, and has the other width, does not compile.
bits=$(LC_ALL=C grep -aoE 'time_t of (32|64) bits' "$SHARED" 2>/dev/null | sort -u | tr -cd 0-9)
definitions=
[ "$bits" != 64 ] || definitions='_TIME_BITS=64;_FILE_OFFSET_BITS=64'
timed() {
  sed "s/^#define LIBOWFAT_TIME_BITS .*/#define LIBOWFAT_TIME_BITS (sizeof(void *) == 4 ? $bits : 8 * sizeof(time_t))/" "$1"
}
# A place below PREFIX is said to be so: `pkg-config --define-variable=prefix=…` moves it along.
below() {
  case $1 in
  "$PREFIX"/*) echo "\${prefix}${1#"$PREFIX"}" ;;
  *) echo "$1" ;;
  esac
}
# A file for pkg-config, with the places filled in.
fill() {
  sed -e '1{/SPDX/d;}' -e "s|@PREFIX@|$PREFIX|" -e "s|@LIBDIR@|$(below "$LIBDIR")|" \
    -e "s|@INCLUDEDIR@|$(below "$INCLUDEDIR")|" -e "s|@VERSION@|$version|" -e "s|@BITS@|$bits|" -e '/^time_bits=$/d' \
    -e "s| @DEFINITIONS@|$(echo ";$definitions" | sed 's/;$//; s/;/ -D/g')|" "$1"
}

# What of the files belongs to packages of the system, as lines `PACKAGE: FILE`. Below DESTDIR nothing does.
of_packages() {
  [ -z "$DESTDIR" ] && command -v dpkg-query >/dev/null || return 0
  paths=$(
    place() { [ ! -e "$3" ] || echo "$3"; }
    link() { [ ! -e "$2" ] || echo "$2"; }
    text() { cat >/dev/null && [ ! -e "$1" ] || echo "$1"; }
    page() { [ ! -e "$2" ] || echo "$2"; }
    everything
  )
  # Words that must be several.
  # shellcheck disable=SC2086
  [ -z "$paths" ] || dpkg-query -S $paths 2>/dev/null || true
}
foreign=$(of_packages)
back="\`apt-get install --reinstall $(echo "$foreign" | sed 's/: .*//' | sort -u | paste -sd ' ')\` brings them back"

case $what in
install)
  if [ -n "$foreign" ]; then
    echo "warning: these files belong to packages of the system, and are replaced all the same:" >&2
    echo "$foreign" | sed 's/^/  /' >&2
    echo "$back; \`make uninstall\` does not" >&2
  fi
  # A process for each of hundreds of pages is what takes time. The umask is what makes folders and texts readable.
  umask 022
  folder_of() { [ -d "${1%/*}" ] || mkdir -p "${1%/*}"; }
  fresh() {
    folder_of "$1"
    if [ -e "$1" ] || [ -L "$1" ]; then rm -f "$1"; fi
  }
  place() {
    folder_of "$DESTDIR$3"
    install -m "$1" "$2" "$DESTDIR$3"
  }
  link() { ln -sfn "$1" "$DESTDIR$2"; }
  text() {
    fresh "$DESTDIR$1"
    cat >"$DESTDIR$1"
  }
  page() {
    fresh "$DESTDIR$2"
    echo ".so $1" >"$DESTDIR$2"
  }
  everything
  ;;
uninstall)
  # What others have put in one of the places stays: a file of a package, a link that leads elsewhere, a file that is
  # none of ours.
  stays() {
    case "
$foreign
" in *": $1
"*)
      echo "$DESTDIR$1 belongs to a package of the system and stays" >&2
      return 0
      ;;
    esac
    [ -e "$DESTDIR$1" ] || [ -L "$DESTDIR$1" ] || return 0
    # The libraries themselves have names that the C library lacks; texts name their licence or this library.
    "$2" "$3" "$DESTDIR$1" && return 1
    echo "$DESTDIR$1 is not of this library and stays" >&2
  }
  marked() { grep -q -e 'SPDX-License-Identifier: MIT OR Apache-2.0' -e "$1" "$2"; }
  leads() { [ "$(readlink "$2")" = "$1" ]; }
  place() { stays "$3" marked '\(io_queueforread\|owfat_aio_read\)' || rm -f "$DESTDIR$3"; }
  link() { stays "$2" leads "$1" || rm -f "$DESTDIR$2"; }
  text() {
    word=$(sed -n 's/^owfat_version=.*/owfat_version=/p; s/^#define LIBOWFAT_[A-Z]*_H$/&/p')
    stays "$1" marked "^$word" || rm -f "$DESTDIR$1"
  }
  # One that leads to a page, of this name or of an older version's, was ours.
  leading() { { read -r word _ <"$2"; } 2>/dev/null && [ "$word" = "$1" ] || marked "^$1 " "$2"; }
  page() { stays "$2" leading .so || rm -f "$DESTDIR$2"; }
  everything
  [ -z "$foreign" ] || echo "if an installation has replaced what belongs to packages, $back" >&2
  # Folders of ours, if they are empty now.
  for folder in cmake/owfat cmake/libowfat $([ "$PREFIX" = /usr ] || echo cmake .debug); do
    rmdir "$DESTDIR$LIBDIR/$folder" 2>/dev/null || true
  done
  rmdir "$DESTDIR$INCLUDEDIR/libowfat" 2>/dev/null || true
  # And those around them; the system's own stay.
  case $DESTDIR:$PREFIX in
  : | :/usr | :/usr/local) top=$INCLUDEDIR ;;
  *) top=${DESTDIR:-$PREFIX} ;;
  esac
  for folder in "$PKGCONFIGDIR" "$LIBDIR" "$INCLUDEDIR" "$MANDIR/man3" "$MANDIR/man7"; do
    folder=$DESTDIR$folder
    while case $folder in "$top"/*) rmdir "$folder" 2>/dev/null ;; *) false ;; esac do
      folder=${folder%/*}
    done
  done
  ;;
*)
  echo "usage: $0 install|uninstall" >&2
  exit 2
  ;;
esac

# Programs find a library of the system through a cache. Who installs elsewhere has other ways.
if [ -z "$DESTDIR" ] && [ "$(id -u)" = 0 ] && command -v ldconfig >/dev/null; then
  ldconfig
fi

[ "$what" = install ] || exit 0
echo "installed:"
echo "  $DESTDIR$LIBDIR: libowfat.so.0.32.0, libowfat.so.0, libowfat.so, libowfat.a"
echo "  $DESTDIR$LIBDIR: libowfat-aio.so.$version, libowfat-aio.so.0, libowfat-aio.so, libowfat-aio.a, libowfat-aio-preload.so"
echo "  $DESTDIR$PKGCONFIGDIR: libowfat.pc, libowfat-aio.pc"
echo "  $DESTDIR$INCLUDEDIR/libowfat: $(find include/libowfat -name '*.h' | wc -l) headers"
# Names of pages are words.
# shellcheck disable=SC2046
if [ -n "$AIO" ]; then set -- man/*.[1-9]; else set -- $(grep -Lx '\.Pq Fl lowfat-aio' man/*.[1-9]); fi
echo "  $DESTDIR$MANDIR: $# pages of the manual, and the names that lead to them"
[ -z "$DESTDIR" ] || exit 0

# Programs that were linked with libowfat.so.0, and now find this one.
found=
for program in $(grep -lFs libowfat.so.0 /usr/bin/* /usr/sbin/* /usr/local/bin/* /usr/local/sbin/* 2>/dev/null || true); do
  library=$(ldd "$program" 2>/dev/null | sed -n 's/^\s*libowfat\.so\.0 => \(\/.*\) (.*/\1/p')
  if [ -n "$library" ] && [ "$(readlink -f "$library")" = "$(readlink -f "$LIBDIR/libowfat.so.0")" ]; then
    found="$found $program"
  fi
done
if [ -n "$found" ]; then
  echo "programs that use it when they are started the next time:$found"
else
  echo "no installed program finds it by itself"
fi
if ! ldconfig -p 2>/dev/null | grep -qF "=> $LIBDIR/libowfat.so.0"; then
  echo "$LIBDIR is not searched by the system: programs need LD_LIBRARY_PATH=$LIBDIR, or to be linked with -Wl,-rpath,$LIBDIR"
fi
