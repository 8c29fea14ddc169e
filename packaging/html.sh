#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes the manual a folder of web pages: `html.sh FOLDER`. Pages link to each other, every name that a page explains is in the
# index, and nothing is loaded from anywhere else. `make html` calls this.
set -eu
cd "$(dirname "$0")/.."
folder=$1
command -v mandoc >/dev/null || {
  echo "make html needs mandoc (Debian: apt-get install mandoc)" >&2
  exit 1
}
mkdir -p "$folder"
rm -f "$folder"/*.html
cp packaging/manual.css "$folder/"

# Lines `NAME.SECTION FILE` for each name of each page.
names() {
  for page in man/*.[1-9]; do
    sed -n '/^\.Sh NAME$/,/^\.Nd /s/^\.Nm \([^ ]*\).*/\1/p' "$page" |
      sed "s|\$|.${page##*.} ${page#man/}.html|"
    echo "${page#man/} ${page#man/}.html"
  done | sort -u
}
links=$folder/links.sed
trap 'rm -f "$links"' EXIT
{
  # Cross-references in one line each, to the page that explains the name; those to other manuals become plain text.
  printf '%s\n' 's|<a\s*class="Xr"\s*href="\([^"]*\)">|<a class="Xr" href="\1">|g'
  names | sed 's/\./\\./; s#^\([^ ]*\) \(.*\)$#s|<a class="Xr" href="\1\\.html">|<a class="Xr" HREF="\2">|g#'
  printf '%s\n' 's|<a class="Xr" href="[^"]*">\([^<]*\)</a>|\1|g' 's|HREF=|href=|g'
} >"$links"

head_of() {
  echo '<!DOCTYPE html>'
  echo '<html lang="en"><head><meta charset="utf-8">'
  echo '<meta name="viewport" content="width=device-width, initial-scale=1">'
  echo "<title>$1</title><link rel=\"stylesheet\" href=\"manual.css\"></head><body>"
}

for page in man/*.[1-9]; do
  name=${page#man/}
  {
    head_of "${name%.*}(${name##*.})"
    echo '<nav><a href="index.html">Manual</a> <a href="owfat-porting.7.html">Porting</a>' \
      '<a href="owfat-differences.7.html">Differences</a></nav>'
    mandoc -T html -O 'fragment,man=%N.%S.html' "$page" 2>/dev/null | sed -z -f "$links"
    echo '</body></html>'
  } >"$folder/$name.html"
done

# One page in the list of a family: what it is about, and all names that it explains.
entry() {
  page=$1
  title=${page#man/}
  about=$(sed -n 's/\\-/-/g; s/^\.Nd //p' "$page")
  echo "<dt><a href=\"$title.html\">${title%.*}(${title##*.})</a></dt><dd>$about<div>"
  sed -n '/^\.Sh NAME$/,/^\.Nd /s/^\.Nm \([^ ]*\).*/\1/p' "$page" |
    sed "s|.*|<a href=\"$title.html\"><code>&</code></a>|"
  echo '</div></dd>'
}

# A title, and patterns for the names of its pages; what no pattern before it has matched.
taken=' '
family() {
  title=$1
  shift
  opened=
  for pattern in "$@"; do
    # The pattern is to be expanded.
    # shellcheck disable=SC2086
    for page in man/$pattern; do
      case $taken in *" $page "*) continue ;; esac
      [ -e "$page" ] || continue
      [ -n "$opened" ] || echo "<h2>$title</h2><dl>"
      opened=1 taken="$taken$page "
      entry "$page"
    done
  done
  [ -z "$opened" ] || echo '</dl>'
}
{
  head_of 'libowfat: the manual'
  echo '<h1>libowfat: the manual</h1>'
  echo '<p>Start with <a href="libowfat.7.html">libowfat(7)</a>. The search of the browser finds every function on this page.</p>'
  family 'Overview, porting, differences' 'libowfat.7' 'owfat-porting.7' 'owfat-differences.7' '*.7'
  family 'The event loop' 'io_fd.3' 'io_w*.3' 'io_canread.3' 'io_try*.3' 'io_timeout.3' 'io_close.3' 'io_*.3'
  family 'Batches of buffers and files' 'iob_*.3'
  family 'Threads' 'iom_*.3' 'CAS.3'
  family 'Sockets, addresses, DNS' 'socket*.3' 'ip[46].3' 'dns*.3' 'iopause.3' 'ndelay*.3'
  family 'Memory' 'stralloc.3' '*array.3' 'critbit.3'
  family 'Files and buffered input and output' 'buffer*.3' 'open*.3' 'read*.3' 'mmap*.3' 'cdb*.3' 'errmsg.3'
  family 'Text' 'str*.3' 'byte*.3' 'case*.3' 'fmt*.3' 'scan*.3' 'textcode*.3'
  family 'Numbers and time' 'uint*.3' 'safemult.3' 'rangecheck.3' 'tai*.3'
  family 'Others' '*.[1-68-9]'
  echo '</body></html>'
} >"$folder/index.html"
