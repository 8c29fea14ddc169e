#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes the source package for Debian: `source.sh FOLDER` puts the tree owfat-VERSION there, which `dpkg-buildpackage` builds
# without a network, and owfat_VERSION.orig.tar.xz beside it. The crates that the library is built with are in its vendor/;
# those that only tests and benchmarks use are not, so the tree does without these. The Makefile calls this.
set -eu
cd "$(dirname "$0")/.."
folder=$1
version=$(sed -n '/^version = /{s/.*"\(.*\)"/\1/p;q;}' Cargo.toml)
packaged=$(sed -n '1s/.*(\(.*\)-[^-]*).*/\1/p' packaging/debian/changelog)
[ "$packaged" = "$version" ] || {
  echo "packaging/debian/changelog is about $packaged, Cargo.toml about $version" >&2
  exit 1
}
tree=$folder/owfat-$version
rm -rf "$tree"
mkdir -p "$tree"

if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  git ls-files --cached --others --exclude-standard
else
  find . -type d \( -name target -o -name .git -o -name vendor \) -prune -o -type f -print | sed 's|^\./||'
fi | grep -v -e '^fuzz/' -e '^benches/.*\.rs$' -e '^proptest-regressions/' -e '^ctests/.*\.rs$' |
  tar -c --verbatim-files-from -T - | tar -x -C "$tree"

# Without what only tests and benchmarks use.
find "$tree" -name Cargo.toml | while read -r manifest; do
  awk '/^\[/ { leave = /^\[dev-dependencies/ || /^\[\[(test|bench)\]\]/ || /^\[profile\.dev\.package/ } !leave' \
    "$manifest" >"$manifest.new"
  mv "$manifest.new" "$manifest"
done
(
  cd "$tree"
  unset CARGO_TARGET_DIR RUSTFLAGS
  # Rust's core for another machine may have to be built along, by whose workspace cargo then asks for more.
  case ${CARGOFLAGS:-} in
  *build-std*) set -- --sync "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.toml" ;;
  *) set -- ;;
  esac
  "${CARGO:-cargo}" vendor --quiet "$@" vendor >/dev/null
)

# Dates of files are no part of what is released.
epoch=${SOURCE_DATE_EPOCH:-$(date -d "$(sed -n 's/^ -- .*>  //p' packaging/debian/changelog | head -n 1)" +%s)}
mv "$tree/packaging/debian" "$folder/debian.new"
tar -C "$folder" --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw,a-s \
  -cJf "$folder/owfat_$version.orig.tar.xz" "owfat-$version"
mv "$folder/debian.new" "$tree/debian"

# Who uses a name that the C library has can do with that, too.
{
  echo "libowfat.so.0 libowfat0 #MINVER#"
  echo "| libowfat0-rs #MINVER#"
  echo "| libowfat0t64 #MINVER#"
  sed 's/^. //' ctests/symbols.txt | while read -r name; do
    if grep -qx "$name" packaging/ours-alone.txt; then
      echo " $name@Base $version 1"
    elif grep -qx "$name" packaging/since-0.34.txt; then
      echo " $name@Base 0.34 2"
    else
      echo " $name@Base 0.32"
    fi
  done
} >"$tree/debian/libowfat0-rs.symbols"
echo "$tree"
