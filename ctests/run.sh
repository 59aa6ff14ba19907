#!/bin/sh
# Runs the built C tests on one libssl.
#
# usage: run.sh LIBDIR|system [NAME...]
#
# LIBDIR holds the libssl.so.3 to test; "system" is the oracle. Prints a line for each program and,
# last, "N passed, N failed". Fails when a test failed, or when another libssl than the intended one
# was mapped. RUNNER may hold a command that runs the programs, such as valgrind; they get more time then.
#
# SYSROOT may hold a directory with another Debian's libraries: the programs run on its C library and libcrypto, and "system" is
# its libssl. RESULTS may name a file for a line per test that failed: "PROGRAM TEST".
set -u

[ $# -ge 1 ] || { echo "usage: $0 LIBDIR|system [NAME...]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$here/../target/ctests}
library=$1
shift

# The tests speak of the built-in defaults, not of what a machine's openssl.cnf makes of them.
OPENSSL_CONF=/dev/null
export OPENSSL_CONF
[ -z "${RUNNER:-}" ] || export CTEST_SECONDS=1200 CTEST_WARM_UP=1
unset LD_PRELOAD SSLKEYLOGFILE

if [ -n "${SYSROOT:-}" ]; then
    libraries=$SYSROOT/usr/lib/x86_64-linux-gnu
    export CTEST_SYSROOT="$SYSROOT" OPENSSL_MODULES="$libraries/ossl-modules"
    start() { "$libraries/ld-linux-x86-64.so.2" --library-path "$1:$libraries" "$2"; }
else
    start() { LD_LIBRARY_PATH=$1 ${RUNNER:-} "$2"; }
fi
mapped() { RUNNER='' start "$1" "$out/which_libssl"; }

if [ "$library" = system ]; then
    path=
    [ "$(mapped "")" != "" ] || exit 1
else
    path=$(cd "$library" && pwd) || exit 2
    if [ "$(mapped "$path")" != "$(readlink -f "$path/libssl.so.3")" ]; then
        echo "$0: $path/libssl.so.3 is not the libssl that was mapped, but $(mapped "$path")" >&2
        exit 1
    fi
fi
echo "libssl: $(mapped "$path")"

if [ $# -eq 0 ]; then
    for source in "$here"/*.c; do
        grep -q '^TEST' "$source" && set -- "$@" "$(basename "$source" .c)"
    done
fi

passed=0
failed=0
for name in "$@"; do
    report=$(start "$path" "$out/$name")
    summary=$(printf '%s\n' "$report" | tail -n 1)
    printf '%s\n' "$report" | sed '$d'
    [ -z "${RESULTS:-}" ] || printf '%s\n' "$report" | sed -n "s/^  FAILED /$name /p" >>"$RESULTS"
    case $summary in
    *" passed, "*" failed")
        printf '%s: %s\n' "$name" "$summary"
        passed=$((passed + ${summary%% passed*}))
        summary=${summary#* passed, }
        failed=$((failed + ${summary% failed}))
        ;;
    *)
        printf '%s: did not run\n' "$name"
        failed=$((failed + 1))
        ;;
    esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
