#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Builds a Debian package of what `make` has built: `deb.sh FOLDER` makes owfat_VERSION_ARCHITECTURE.deb there.
# It takes the place of libowfat0 and libowfat-dev. The Makefile calls this; SHARED and STATIC come from there.
set -eu
cd "$(dirname "$0")/.."
folder=$1
version=$(sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q;}' Cargo.toml)
architecture=$(dpkg --print-architecture)
# The same sources make the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

tree=$folder/tree
rm -rf "$tree"
mkdir -p "$tree/DEBIAN" "$tree/usr/share/doc/owfat"

PREFIX=/usr LIBDIR=/usr/lib INCLUDEDIR=/usr/include MANDIR=/usr/share/man PKGCONFIGDIR=/usr/lib/pkgconfig \
  DESTDIR=$tree packaging/install.sh install
strip --strip-unneeded "$tree/usr/lib/libowfat.so.0.32.0"
chmod 644 "$tree/usr/lib/libowfat.so.0.32.0"
# libowfat-dev has its headers under these names.
for header in "$tree"/usr/include/libowfat/*.h; do
  ln -s "libowfat/${header##*/}" "$tree/usr/include/${header##*/}"
done
gzip -9n "$tree"/usr/share/man/man*/*
cp README.md "$tree/usr/share/doc/owfat/"
gzip -9nc CHANGELOG.md >"$tree/usr/share/doc/owfat/CHANGELOG.md.gz"
maintainer="${DEBFULLNAME:-The owfat developers} <${DEBEMAIL:-root@localhost}>"
# What Debian's tools read; people find more in the other one.
gzip -9n >"$tree/usr/share/doc/owfat/changelog.gz" <<CHANGELOG
owfat ($version) unstable; urgency=medium

  * See CHANGELOG.md.gz.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
CHANGELOG
{
  echo "owfat: MIT or Apache-2.0, at your choice. The Apache License 2.0 is in /usr/share/common-licenses/Apache-2.0."
  echo
  cat LICENSE-MIT
} >"$tree/usr/share/doc/owfat/copyright"

glibc=$(objdump -T "$tree/usr/lib/libowfat.so.0" | sed -n 's/.*(\{0,1\}GLIBC_\([0-9.]*\).*/\1/p' | sort -V | tail -n 1)
cat >"$tree/DEBIAN/control" <<CONTROL
Package: owfat
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk "$tree/usr" | cut -f 1)
Depends: libc6 (>= $glibc)
Provides: libowfat0 (= 0.32), libowfat-dev (= 0.32)
Conflicts: libowfat0, libowfat-dev
Replaces: libowfat0, libowfat-dev
Section: libs
Priority: optional
Description: event loop and I/O batches for servers
 libowfat.so.0, the library libowfat.a, headers and manual: a new
 implementation, in Rust, of the interface of libowfat 0.32. Programs that
 were compiled for libowfat0 run with it as they are.
CONTROL
# What is compiled with this package runs with the C library as well, unless it uses a name that is ours alone.
echo "libowfat 0 libowfat0 (>= 0.32)" >"$tree/DEBIAN/shlibs"
{
  echo "libowfat.so.0 libowfat0 #MINVER#"
  echo "| owfat #MINVER#"
  sed 's/^. //' ctests/symbols.txt | while read -r name; do
    if grep -qx "$name" packaging/ours-alone.txt; then
      echo " $name@Base $version 1"
    else
      echo " $name@Base 0.32"
    fi
  done
} >"$tree/DEBIAN/symbols"
echo "activate-noawait ldconfig" >"$tree/DEBIAN/triggers"
(cd "$tree" && find usr -type f -exec md5sum {} + | sort -k 2 >DEBIAN/md5sums)
chmod -R u=rwX,go=rX "$tree"

dpkg-deb --root-owner-group --build "$tree" "$folder/owfat_${version}_$architecture.deb"
