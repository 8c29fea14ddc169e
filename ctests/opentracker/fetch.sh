#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Unpacks libowfat 0.34 and the opentracker made for it into the folder $1: Debian's binary packages of sid, from the mirror that
# this machine's own sources name. Nothing is installed, and apt's own state stays as it is. Ends with a status other than 0,
# and with a reason, where they cannot be had.
set -eu
folder=$1
[ ! -e "$folder/unpacked" ] || exit 0
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "no $tool"; exit 1; }
done
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' | grep '/debian/*$' | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no mirror of Debian"; exit 1; }
state=$folder/apt
rm -rf "$folder"
mkdir -p "$state/sources" "$state/lists/partial" "$state/cache/archives/partial"
cat >"$state/sources/sid.sources" <<SOURCE
Types: deb
URIs: $mirror
Suites: sid
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCE
privately() {
  apt-get -q -q -o Dir::State="$state" -o Dir::State::status=/dev/null -o Dir::Cache="$state/cache" \
    -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$state/sources" -o Acquire::Languages=none \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=root \
    -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$@"
}
(
  cd "$state"
  privately update && privately download libowfat0t64 libowfat-dev opentracker
) >"$state/log" 2>&1 || { echo "Debian's packages of sid cannot be had: $(tail -n 1 "$state/log")"; exit 1; }
for package in "$state"/*.deb; do
  dpkg-deb -x "$package" "$folder/root"
done
rm -rf "$state"
mkdir "$folder/unpacked"
