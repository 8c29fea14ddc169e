#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Puts the built library in place, or takes it away again: `install.sh install`, `install.sh uninstall`.
# The Makefile calls this; SHARED, STATIC, PREFIX, LIBDIR, INCLUDEDIR, MANDIR, PKGCONFIGDIR and DESTDIR come from
# there.
set -eu
cd "$(dirname "$0")/.."
what=$1

# Each place is named once, here. `place MODE FILE PATH` is for a file, `link TARGET PATH` for a symbolic link;
# `text PATH` takes the file's contents from standard input.
everything() {
  # Compiled programs ask for the first link, linkers for the second. The file has the version of the interface.
  place 755 "$SHARED" "$LIBDIR/libowfat.so.0.32.0"
  link libowfat.so.0.32.0 "$LIBDIR/libowfat.so.0"
  link libowfat.so.0.32.0 "$LIBDIR/libowfat.so"
  place 644 "$STATIC" "$LIBDIR/libowfat.a"
  echo "$pkg_config" | text "$PKGCONFIGDIR/libowfat.pc"
  for header in include/libowfat/*.h; do
    place 644 "$header" "$INCLUDEDIR/libowfat/${header##*/}"
  done
  for page in man/*.[1-9]; do
    section=${page##*.}
    place 644 "$page" "$MANDIR/man$section/${page##*/}"
    # Every other name that the page explains leads to it.
    for name in $(sed -n '/^\.Sh NAME$/,/^\.Nd /s/^\.Nm \([^ ]*\).*/\1/p' "$page"); do
      [ -e "man/$name.$section" ] ||
        echo ".so man$section/${page##*/}" | text "$MANDIR/man$section/$name.$section"
    done
  done
}

version=$(sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q;}' Cargo.toml)
pkg_config=$(sed -e "s|@PREFIX@|$PREFIX|" -e "s|@LIBDIR@|$LIBDIR|" -e "s|@INCLUDEDIR@|$INCLUDEDIR|" \
  -e "s|@VERSION@|$version|" packaging/libowfat.pc.in)

case $what in
install)
  place() {
    mkdir -p "$DESTDIR${3%/*}"
    install -m "$1" "$2" "$DESTDIR$3"
  }
  link() { ln -sfn "$1" "$DESTDIR$2"; }
  text() {
    mkdir -p "$DESTDIR${1%/*}"
    rm -f "$DESTDIR$1"
    cat >"$DESTDIR$1"
    chmod 644 "$DESTDIR$1"
  }
  everything
  ;;
uninstall)
  place() { rm -f "$DESTDIR$3"; }
  link() { rm -f "$DESTDIR$2"; }
  text() {
    cat >/dev/null
    rm -f "$DESTDIR$1"
  }
  everything
  # Folders that are empty now; the system's own stay.
  case $DESTDIR:$PREFIX in
  : | :/usr | :/usr/local) top=$INCLUDEDIR ;;
  *) top=${DESTDIR:-$PREFIX} ;;
  esac
  for folder in "$PKGCONFIGDIR" "$LIBDIR" "$INCLUDEDIR/libowfat" "$MANDIR/man3" "$MANDIR/man7"; do
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

# Programs find a library of the system through a cache. A program that is installed elsewhere finds its libraries in other ways.
if [ -z "$DESTDIR" ] && [ "$(id -u)" = 0 ] && command -v ldconfig >/dev/null; then
  ldconfig
fi
