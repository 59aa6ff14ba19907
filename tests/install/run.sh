#!/bin/sh
# Installs into an empty directory, compiles a program with the pkg-config file there, as C and as C++, against the shared
# and the static library, and runs it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

make --no-print-directory -s -C "$here/../.." install DESTDIR="$root" PREFIX=/opt/ferrossl
prefix=$root/opt/ferrossl
# As packagers do who build against an image: the file says where things will be, not where they are now.
flags() {
	PKG_CONFIG_PATH="$prefix/lib/pkgconfig" pkg-config --define-variable=prefix="$prefix" "$@"
}
[ "$(flags --variable=includedir libssl)" = "$prefix/include" ]
cmp "$here/../../LICENSE" "$prefix/share/doc/ferrossl/LICENSE"

# check PROGRAM MAPPED: what the program has to print.
check() {
	printed=$(LD_LIBRARY_PATH=$prefix/lib "$1")
	[ "$printed" = "TLSv1.3${2:+
$2}" ] || {
		echo "$1 printed '$printed'" >&2
		exit 1
	}
	echo "$(basename "$1"): TLSv1.3${2:+, shared library}"
}
warnings='-Wall -Wextra -Wpedantic -Werror'
# shellcheck disable=SC2046,SC2086
{
	cc -std=c11 $warnings -o "$root/c" "$here/handshake.c" $(flags --cflags --libs libssl libcrypto)
	check "$root/c" "$prefix/lib/libssl.so.3"
	c++ -std=c++17 $warnings -x c++ -o "$root/c++" "$here/handshake.c" $(flags --cflags --libs libssl libcrypto)
	check "$root/c++" "$prefix/lib/libssl.so.3"

	static=$(flags --static --cflags --libs libssl | sed 's/-lssl\b/-l:libssl.a/')
	cc -std=c11 $warnings -o "$root/static" "$here/handshake.c" $static
	check "$root/static" ""
	if [ -e "$(cc -print-file-name=libcrypto.a)" ]; then
		# The linker warns that libcrypto.a looks up hosts through shared libraries.
		cc -std=c11 -static -o "$root/all-static" "$here/handshake.c" $(flags --static --cflags --libs libssl) 2>"$root/log" ||
			{ cat "$root/log" >&2; exit 1; }
		check "$root/all-static" ""
	fi
}
