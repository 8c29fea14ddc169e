#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# An example web server beside Debian's nginx: one worker, sendfile, no access log. In turns on one processor, with wrk on
# another. Writes a table of benches/README.md, and that of nginx a line of README.md. ROUNDS (7) and SECONDS_EACH (3) may be set.
#
#     servers.sh http HTTPD               `make bench-nginx` calls this
#     servers.sh https TLS TLS_BY_HAND    `make bench-tls` calls this; both use the OpenSSL that nginx uses
set -eu
scheme=$1 server=$2 by_hand=${3:-}
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-7} seconds=${SECONDS_EACH:-3}
for tool in nginx:nginx-light wrk:wrk taskset:util-linux openssl:openssl; do
  command -v "${tool%:*}" >/dev/null || {
    echo "this benchmark needs ${tool%:*}: apt-get install ${tool#*:}" >&2
    exit 1
  }
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/owfat-servers.XXXXXX")
chmod 755 "$folder"
servers=''
clean_up() {
  # shellcheck disable=SC2086 # Numbers.
  [ -z "$servers" ] || kill $servers 2>/dev/null || true
  wait
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' INT TERM
mkdir "$folder/www"
head -c 1024 /dev/zero >"$folder/www/1k.bin"
head -c 65536 /dev/zero >"$folder/www/64k.bin"
head -c 1048576 /dev/zero >"$folder/www/1m.bin"

case $scheme in
http) files='1k.bin 1m.bin' secure='' keys='' ;;
https)
  files='1k.bin 64k.bin 1m.bin' keys="$folder/certificate.pem $folder/key.pem"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
  secure=ssl
  ;;
esac

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
  ${keys:+ssl_certificate $folder/certificate.pem;}
  ${keys:+ssl_certificate_key $folder/key.pem;}
  ${keys:+ssl_protocols TLSv1.2 TLSv1.3;}
  server { listen 127.0.0.1:8768 $secure; root $folder/www; }
}
CONF
[ "$(id -u)" = 0 ] || sed -i '/^user /d' "$folder/nginx.conf"
taskset -c 0 nginx -p "$folder" -c "$folder/nginx.conf" 2>/dev/null &
nginx=$!
servers="$servers $nginx"
# start PORT PROGRAM
start() {
  # shellcheck disable=SC2086 # Names without spaces.
  taskset -c 0 "$2" -p "$1" $keys "$folder/www" >/dev/null &
  servers="$servers $!"
}
start 8769 "$server"
ours=$!
[ -z "$by_hand" ] || start 8770 "$by_hand"
hand=$!
sleep 1
worker=$(ps -o pid= --ppid "$nginx" | tr -d ' ')

# Clock ticks of processor time, in and out of the kernel.
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }
# Requests a second, and microseconds of the server's processor time for each.
measure() {
  before=$(ticks "$2")
  said=$(taskset -c 1 wrk -t1 -c64 -d"${seconds}s" "$scheme://127.0.0.1:$1/$3")
  after=$(ticks "$2")
  echo "$said" | grep -q -e 'Socket errors' -e 'Non-2xx' && echo "$said" >&2 && exit 1
  echo "$said" | awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" \
    '/requests in/ { n = $1 } /^Requests\/sec/ { rate = $2 } END { printf "%.0f %.2f", rate, ticks / hz * 1e6 / n }'
}

: >"$folder/found"
for round in $(seq "$rounds"); do
  for file in $files; do
    theirs=$(measure 8768 "$worker" "$file")
    own=$(measure 8769 "$ours" "$file")
    other=${by_hand:+$(measure 8770 "$hand" "$file")}
    echo "$file $theirs $own $other" >>"$folder/found"
    echo "round $round: $file nginx $theirs, owfat $own${other:+, by hand $other}" >&2
  done
done

# The median of a column, or of the ratio of two, over the rounds of a file.
median() { awk -v file="$1" "\$1 == file { print $2 }" "$folder/found" | sort -g | sed -n "$(((rounds + 1) / 2))p"; }
# row FILE SIZE WHAT FORMAT BOLD COLUMN: COLUMN is nginx's, ours is two behind, that by hand four.
row() {
  printf "| %s | %s | $4 |" "$2" "$3" "$(median "$1" "\$$6")"
  [ -z "$by_hand" ] || printf " $4 |" "$(median "$1" "\$$(($6 + 4))")"
  printf " $4 | $5%.2f$5 |" "$(median "$1" "\$$(($6 + 2))")" "$(median "$1" "\$$(($6 + 2))/\$$6")"
  [ -z "$by_hand" ] || printf " $5%.2f$5 |" "$(median "$1" "\$$(($6 + 2))/\$$(($6 + 4))")"
  echo
}
{
  echo "| file | | nginx |${by_hand:+ SSL_write by hand |} owfat | owfat : nginx |${by_hand:+ owfat : by hand |}"
  echo "|---|---|---|---|---|${by_hand:+---|---|}"
  for file in $files; do
    case $file in 1k*) size='1 KiB' ;; 64k*) size='64 KiB' ;; *) size='1 MiB' ;; esac
    row "$file" "$size" 'requests per second' %.0f '**' 2
    row "$file" "$size" 'processor time of the server, µs' %.1f '' 3
  done
} >"$folder/table"
cat "$folder/table"
# Puts the text of one file between the marks of a part in another.
fill() {
  awk -v text="$1" -v part="$2" '
    index($0, "<!-- " part ":end -->") { inside = 0 }
    !inside { print }
    index($0, "<!-- " part ":begin -->") { inside = 1; while ((getline line < text) > 0) print line }
  ' "$3" >"$folder/filled"
  cat "$folder/filled" >"$3"
}
[ -z "$by_hand" ] || {
  fill "$folder/table" tls benches/README.md
  exit 0
}
fill "$folder/table" nginx benches/README.md
ratio() { printf %.2f "$(median "$1" '$4/$2')"; }
cat >"$folder/line" <<LINE
- **Example web server**: it answers $(ratio 1k.bin) times as many requests a second as nginx for files of 1 KiB, and $(ratio 1m.bin) times
  as many for files of 1 MiB, with one worker each (\`make bench-nginx\`).
LINE
fill "$folder/line" nginx README.md
