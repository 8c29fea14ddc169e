#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Builds the packages for Debian, and their source package: `deb.sh FOLDER` puts all of them there. The Makefile calls this.
# CROSS is what the names of another machine's tools begin with, if the packages are for that one: debian/rules finds all else.
set -eu
cd "$(dirname "$0")/.."
folder=$1
missing=
for tool in dpkg-buildpackage:dpkg-dev dh:debhelper mandoc:mandoc; do
  command -v "${tool%:*}" >/dev/null || missing="$missing ${tool#*:}"
done
[ -z "$missing" ] || {
  echo "make deb needs more of Debian's packages: apt-get install$missing" >&2
  exit 1
}
host=
if [ -n "${CROSS:-}" ]; then
  triple=${CROSS##*/}
  host=--host-arch=$(dpkg-architecture -t"${triple%-}" -qDEB_HOST_ARCH 2>/dev/null)
fi
rm -rf "$folder"
mkdir -p "$folder"
tree=$(packaging/source.sh "$folder")
cd "$tree"
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET CROSS MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES PREFIX LIBDIR INCLUDEDIR MANDIR PKGCONFIGDIR DESTDIR
# With -d, cargo and rustc may be others than Debian's; the Makefile looks at their versions.
# shellcheck disable=SC2086 # An option or none.
if ! dpkg-buildpackage -us -uc -F -d $host >../build.log 2>&1; then
  tail -n 60 ../build.log >&2
  exit 1
fi
cd ..
rm -rf "owfat-${tree##*/owfat-}"
ls -1 ./*.deb ./*.dsc | sed "s|^\.|$folder|"
