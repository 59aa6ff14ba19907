#!/bin/bash
# Builds curl, nginx and CPython's ssl module from Debian's source packages against our headers and library, and has them
# talk to each other. docs/BUILDING-AGAINST.md says what for.
#
# usage: run.sh [WORK]     WORK (an empty directory by default) keeps the sources and what is built
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work/apt/partial" "$work/lists/partial" "$work/source"
work=$(cd "$work" && pwd)
prefix=$work/ferrossl
jobs=$(nproc)
pids=()
trap '[ ${#pids[@]} = 0 ] || kill "${pids[@]}"; [ $# -gt 0 ] || rm -rf "$work"' EXIT

say() { echo "sources: $*"; }
die() {
	echo "sources: $*" >&2
	exit 1
}

make --no-print-directory -s -C "$here/../.." install PREFIX="$prefix"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib

# Debian's source packages, with an apt configuration of their own: the system's is left alone.
cat >"$work/sources.list" <<END
deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main
END
cat >"$work/apt.conf" <<END
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$work/lists";
Dir::Cache "$work/apt";
Acquire::Languages "none";
APT::Sandbox::User "$(id -un)";
END
source_of() {
	[ -n "$(find "$work/source" -maxdepth 1 -type d -name "$1-*")" ] ||
		(cd "$work/source" && APT_CONFIG=$work/apt.conf apt-get source -qq "$1" >"$work/$1.fetch" 2>&1) ||
		die "$1: $(tail -n 3 "$work/$1.fetch")"
	find "$work/source" -maxdepth 1 -type d -name "$1-*"
}
APT_CONFIG=$work/apt.conf apt-get update -qq

# same_code NAME FLAGS…: the file of these flags compiles to the same machine code with our headers and with the system's.
same_code() {
	name=$1
	shift
	cc -O1 -w -c "$@" -o "$work/$name.system.o"
	cc -O1 -w -c -I"$prefix/include" "$@" -o "$work/$name.ours.o"
	cmp "$work/$name.system.o" "$work/$name.ours.o"
	say "$name compiles to the same machine code with the system's headers"
}

# built NAME LOG OBJECT-DEPENDENCIES: our header was used, and the compiler had nothing to say about it.
built() {
	grep -q "$prefix/include/openssl/ssl.h" "$3" || die "$1: our ssl.h was not used"
	! grep -E "$prefix/include/.*(warning|error):" "$2" || die "$1: see $2"
	say "$1 is built"
}

curl_source=$(source_of curl)
if [ ! -x "$curl_source/src/curl" ]; then
	cd "$curl_source"
	./configure -q --with-openssl="$prefix" --disable-shared --disable-ldap --disable-manual --without-zlib --without-brotli \
		--without-zstd --without-libpsl --without-libidn2 --without-nghttp2 CFLAGS="-O1 -Wall -Wextra" >"$work/curl.log" 2>&1 ||
		die "curl: see $work/curl.log"
	make -s -j"$jobs" >>"$work/curl.log" 2>&1 || die "curl: see $work/curl.log"
fi
built curl "$work/curl.log" "$curl_source/lib/vtls/.deps/libcurl_la-openssl.Plo"
cd "$curl_source"
same_code openssl -Ilib -Iinclude -DHAVE_CONFIG_H -DBUILDING_LIBCURL -DCURL_STATICLIB lib/vtls/openssl.c

nginx_source=$(source_of nginx)
if [ ! -x "$nginx_source/objs/nginx" ]; then
	cd "$nginx_source"
	{
		./configure --with-http_ssl_module --with-stream --with-stream_ssl_module --without-http_rewrite_module \
			--without-http_gzip_module --with-cc-opt="-O1 -Wall -Wextra -MD -I$prefix/include" --with-ld-opt="-L$prefix/lib" &&
			make -s -j"$jobs"
	} >"$work/nginx.log" 2>&1 || die "nginx: see $work/nginx.log"
fi
built nginx "$work/nginx.log" "$nginx_source/objs/src/event/ngx_event_openssl.d"
cd "$nginx_source"
same_code ngx_event_openssl -Isrc/core -Isrc/event -Isrc/event/modules -Isrc/os/unix -Iobjs src/event/ngx_event_openssl.c

python_source=$(source_of python3.11)
modules=$work/python
mkdir -p "$modules"
read -ra flags <<<"-fPIC -DPy_BUILD_CORE_MODULE $(pkg-config --cflags python3) -I/usr/include/python3.11/internal -I$python_source/Modules"
cc -shared -O1 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -MD -I"$prefix/include" "${flags[@]}" \
	"$python_source/Modules/_ssl.c" -o "$modules/$(python3 -c 'import sysconfig
print("_ssl" + sysconfig.get_config_var("EXT_SUFFIX"))')" -L"$prefix/lib" -lssl -lcrypto >"$work/python.log" 2>&1 ||
	die "python: see $work/python.log"
built "CPython's _ssl" "$work/python.log" "$modules"/*.d
same_code _ssl "${flags[@]}" "$python_source/Modules/_ssl.c"

# They talk to each other: nginx serves a megabyte, curl and python3 fetch it and verify its certificate.
cd "$work"
mkdir -p logs www
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-keyout key.pem -out certificate.pem 2>openssl.log
head -c 1000000 /dev/urandom >www/data
port=$(python3 -c 'import socket
free = socket.socket()
free.bind(("127.0.0.1", 0))
print(free.getsockname()[1])')
cat >nginx.conf <<END
daemon off;
error_log $work/logs/error.log;
pid $work/nginx.pid;
events {}
http {
	access_log off;
	server {
		listen 127.0.0.1:$port ssl;
		ssl_protocols TLSv1.2 TLSv1.3;
		ssl_certificate $work/certificate.pem;
		ssl_certificate_key $work/key.pem;
		root $work/www;
	}
}
END
"$nginx_source/objs/nginx" -p "$work" -c "$work/nginx.conf" &
pids+=($!)
library=$(readlink -f "$prefix/lib/libssl.so.3")
for _ in $(seq 100); do
	grep -qs . "$work/nginx.pid" && break
	sleep 0.1
done
grep -q "$library" "/proc/$!/maps" || die "nginx runs on another libssl"
[ "$(LD_TRACE_LOADED_OBJECTS=1 "$curl_source/src/curl" | sed -n 's/.*libssl.so.3 => \(\S*\).*/\1/p' | xargs readlink -f)" = "$library" ] ||
	die "curl runs on another libssl"
for version in 1.2 1.3; do
	"$curl_source/src/curl" -sS --tlsv$version --tls-max $version --cacert certificate.pem -o fetched "https://localhost:$port/data" \
		--resolve "localhost:$port:127.0.0.1"
	cmp www/data fetched
	say "curl fetched from nginx, TLS $version"
done
PYTHONPATH=$modules python3 - "$port" "$library" <<'END'
import http.client, ssl, sys, _ssl
port, library = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile="certificate.pem")
connection = http.client.HTTPSConnection("localhost", port, context=context)
connection.connect()
version = connection.sock.version()
connection.request("GET", "/data")
assert connection.getresponse().read() == open("www/data", "rb").read()
mapped = {line.split()[-1] for line in open("/proc/self/maps") if "libssl" in line}
assert mapped == {library}, mapped
print(f"sources: python3 fetched from nginx, {version}, with {_ssl.__file__}")
END
say "all is well"
