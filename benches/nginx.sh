#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The example web server beside Debian's nginx: one worker, sendfile, no access log. In turns on one processor, with wrk on
# another. Writes the table of benches/README.md. `make bench-nginx` calls this; ROUNDS (7) and SECONDS_EACH (3) may be set.
set -eu
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-7} seconds=${SECONDS_EACH:-3}
for tool in nginx:nginx-light wrk:wrk taskset:util-linux; do
  command -v "${tool%:*}" >/dev/null || {
    echo "bench-nginx needs ${tool%:*}: apt-get install ${tool#*:}" >&2
    exit 1
  }
done

folder=$(mktemp -d)
chmod 755 "$folder"
ours='' nginx=''
clean_up() {
  [ -z "$ours" ] || kill "$ours" 2>/dev/null || true
  [ -z "$nginx" ] || kill "$nginx" 2>/dev/null || true
  wait
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' INT TERM
mkdir "$folder/www"
head -c 1024 /dev/zero >"$folder/www/1k.bin"
head -c 1048576 /dev/zero >"$folder/www/1m.bin"

cat >"$folder/nginx.conf" <<CONF
worker_processes 1;
daemon off;
user root;
pid $folder/pid;
error_log $folder/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  server { listen 127.0.0.1:8768; root $folder/www; }
}
CONF
[ "$(id -u)" = 0 ] || sed -i '/^user /d' "$folder/nginx.conf"
taskset -c 0 nginx -p "$folder" -c "$folder/nginx.conf" 2>/dev/null &
nginx=$!
taskset -c 0 "${1:-target/examples/httpd}" -p 8769 "$folder/www" >/dev/null &
ours=$!
sleep 1
worker=$(ps -o pid= --ppid "$nginx" | tr -d ' ')

# Clock ticks of processor time, in and out of the kernel.
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }
# Requests a second, and microseconds of the server's processor time for each.
measure() {
  before=$(ticks "$2")
  said=$(taskset -c 1 wrk -t1 -c64 -d"${seconds}s" "http://127.0.0.1:$1/$3")
  after=$(ticks "$2")
  echo "$said" | grep -q -e 'Socket errors' -e 'Non-2xx' && echo "$said" >&2 && exit 1
  echo "$said" | awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" \
    '/requests in/ { n = $1 } /^Requests\/sec/ { rate = $2 } END { printf "%.0f %.2f", rate, ticks / hz * 1e6 / n }'
}

: >"$folder/found"
for round in $(seq "$rounds"); do
  for file in 1k.bin 1m.bin; do
    theirs=$(measure 8768 "$worker" $file)
    own=$(measure 8769 "$ours" $file)
    echo "$file $theirs $own" >>"$folder/found"
    echo "round $round: $file nginx $theirs, owfat $own" >&2
  done
done

# The median of a column, or of the ratio of two, over the rounds of a file.
median() { awk -v file="$1" "\$1 == file { print $2 }" "$folder/found" | sort -g | sed -n "$(((rounds + 1) / 2))p"; }
{
  echo '| file | | nginx | owfat | owfat : nginx |'
  echo '|---|---|---|---|---|'
  for file in 1k.bin:'1 KiB' 1m.bin:'1 MiB'; do
    f=${file%:*}
    printf '| %s | requests per second | %.0f | %.0f | **%.2f** |\n' "${file#*:}" "$(median "$f" '$2')" "$(median "$f" '$4')" "$(median "$f" '$4/$2')"
    printf '| %s | processor time of the server, µs | %.1f | %.1f | %.2f |\n' "${file#*:}" "$(median "$f" '$3')" "$(median "$f" '$5')" "$(median "$f" '$5/$3')"
  done
} >"$folder/table"
cat "$folder/table"
awk -v table="$folder/table" '
  /<!-- nginx:end -->/ { inside = 0 }
  !inside { print }
  /<!-- nginx:begin -->/ { inside = 1; while ((getline line < table) > 0) print line }
' benches/README.md >"$folder/readme"
cat "$folder/readme" >benches/README.md
