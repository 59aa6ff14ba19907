#!/bin/sh
# Runs the built C tests on one libssl.
#
# usage: run.sh LIBDIR|system [NAME...]
#
# LIBDIR holds the libssl.so.3 to test; "system" is the oracle. Prints a line for each program and,
# last, "N passed, N failed". Fails when a test failed, or when another libssl than the intended one
# was mapped. RUNNER may hold a command that runs the programs, such as valgrind; they get more time then.
#
# not_yet.txt lists tests that ours is not meant to pass yet; on the system's library it means nothing.
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

mapped() { LD_LIBRARY_PATH=$1 "$out/which_libssl"; }

if [ "$library" = system ]; then
    path=
    [ "$(mapped "")" != "" ] || exit 1
    unset CTEST_NOT_YET
else
    export CTEST_NOT_YET="$here/not_yet.txt"
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
    report=$(LD_LIBRARY_PATH=$path ${RUNNER:-} "$out/$name")
    summary=$(printf '%s\n' "$report" | tail -n 1)
    printf '%s\n' "$report" | sed '$d'
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
