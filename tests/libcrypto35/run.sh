#!/bin/bash
# usage: run.sh LIBDIR ROOT
#
# Runs the C tests on the libssl.so.3 in LIBDIR with libcrypto 3.5 from Debian 13's package, which scripts/trixie has unpacked
# below ROOT. Those that different.txt lists must fail, there and on 3.5's own libssl; all others must pass.
set -u
here=$(cd "$(dirname "$0")" && pwd)
run=$here/../../ctests/run.sh
export SYSROOT
SYSROOT=$(cd "$2" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
touch "$work/ours" "$work/theirs"

RESULTS=$work/ours "$run" "$1" | sed '$d'
mapfile -t programs < <(cut -d' ' -f1 "$work/ours" | sort -u)
if [ ${#programs[@]} -gt 0 ]; then
	RESULTS=$work/theirs "$run" system "${programs[@]}" >"$work/log"
fi

status=0
complain() {
	echo "test-libcrypto35: $1" >&2
	status=1
}
while read -r test; do
	grep -q "^$test:" "$here/different.txt" || complain "$test fails"
	grep -qxF "$test" "$work/theirs" || complain "$test passes on libssl 3.5"
done <"$work/ours"
while IFS=: read -r test _; do
	grep -qxF "$test" "$work/ours" || complain "$test passes: different.txt need not list it"
done < <(grep -v '^#' "$here/different.txt")
[ $status -ne 0 ] || echo "libcrypto 3.5: all C tests pass but $(wc -l <"$work/ours"), which fail on libssl 3.5 as well"
exit $status
