#!/bin/sh
# check.sh: what `ferrossl-run --check` says of programs that need all kinds of things, which are made for it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
run=$here/../../packaging/ferrossl-run
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# says STATUS TEXT PROGRAM: the check of the program ends with this status, and has this in a line.
says() {
	status=0
	"$run" --check "$3" >output 2>&1 || status=$?
	if [ "$status" != "$1" ] || ! grep -qE "$2" output; then
		echo "check of $3: expected status $1 and '$2', found status $status and:" >&2
		cat output >&2
		exit 1
	fi
	echo "ok: $(grep -E "$2" output | sed "s|$work/||")"
}
# A library of this soname with this function, in a directory.
library() {
	mkdir -p "$1"
	echo "int $3(void) { return 0; }" >library.c
	printf '%s' "${4:-}" >versions
	cc -shared -fPIC -o "$1/$2" library.c -Wl,-soname,"$2" ${4:+-Wl,--version-script=versions}
}

cc -o plain "$here/handshake.c" -lssl -lcrypto
says 0 'plain: [0-9]+ functions of libssl, 0 of them missing' "$work/plain"

mkdir other-directory
library later libssl.so.3 SSL_of_the_future 'OPENSSL_3.0.0 { SSL_of_the_future; };'
echo 'int SSL_of_the_future(void); int main(void) { return SSL_of_the_future(); }' >future.c
cc -o future future.c later/libssl.so.3
says 1 'missing: SSL_of_the_future' "$work/future"

cc -o fixed future.c later/libssl.so.3 -Wl,--disable-new-dtags,-rpath,"$work/later"
says 1 "fixed path to $work/later/libssl.so.3: use ferrossl-run -p" "$work/fixed"

echo 'int main(void) { return 0; }' >nothing.c
cc -o nothing nothing.c
says 0 'nothing is not linked with libssl.so.3' "$work/nothing"

# The functions are named. A program that ignores the variables is told apart; a script and a directory are no programs.
says 0 '^    SSL_.* SSL_do_handshake ' "$work/plain"
cp plain privileged
chmod u+s privileged
says 0 'privileged is set-user-ID or set-group-ID' "$work/privileged"
printf '#!/usr/bin/perl -w\n' >script
says 0 'script is a script: check what runs it,/usr/bin/perl -w' "$work/script"
says 127 "no program '$work/other-directory'" "$work/other-directory"

for name in libgnutls.so.30 libssl.so.1.1 libssl-3e69114b.so.3 libmbedtls.so.14; do
	library other "$name" another_tls
	echo 'int another_tls(void); int main(void) { return another_tls(); }' >other.c
	cc -o with-other other.c "other/$name" -Wl,-rpath,"$work/other"
	says 0 "/$name: another TLS library, which stays" "$work/with-other"
done

# What is linked statically is found by its symbols, and without them by what else is in it.
cc -o static "$here/handshake.c" -l:libssl.a -l:libcrypto.a
says 0 'static: has a libssl of its own inside' "$work/static"
strip static
says 0 'static: has a libssl of its own inside' "$work/static"

# A module that a program opens when it runs is checked by its own name; a library's needs count as well.
cc -shared -fPIC -o module.so "$here/handshake.c" -lssl -lcrypto
says 0 'module.so: [0-9]+ functions of libssl, 0 of them missing' "$work/module.so"
cc -o through nothing.c -Wl,--no-as-needed "$work/module.so"
says 0 'module.so: [0-9]+ functions of libssl, 0 of them missing' "$work/through"

status=0
"$run" --check no-such-program >output 2>&1 || status=$?
[ "$status" = 127 ] && grep -q "no program 'no-such-program'" output
echo "ok: no program at all"
