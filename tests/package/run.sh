#!/bin/sh
# run.sh PACKAGE.deb [DEBIAN]: installs, enables, disables, removes and purges the package in an empty Debian of its own (debootstrap),
# or in a copy of the one given, and looks at what the dynamic linker does and at every file of /etc after each step. Needs
# root, debootstrap and lintian.
set -eu
. "$(dirname "$0")/shared.sh"
package=$1
root=$(mktemp -d)
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
trap 'exit 1' HUP INT TERM

lintian --fail-on error --allow-root "$package"
debian "$root" openssl "${2:-}"
mount -t proc proc "$root/proc"

inside() { LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" "$@"; }
# Everything that enabling could have changed.
state() { inside sh -c 'find /etc -type f ! -name "ld.so.cache" -exec md5sum {} + | sort -k 2; find /etc/systemd -type d | sort; ldconfig -p'; }
loaded() { inside ldd /usr/bin/openssl | sed -n 's/.*libssl.so.3 => \(.*\) (.*/\1/p'; }
refused() {
	what=$1
	shift
	if inside "$@" >"$root/tmp/output" 2>&1; then
		cat "$root/tmp/output" >&2
		echo "$what: was not refused" >&2
		exit 1
	fi
	echo "ok: $what: $(tail -n 1 "$root/tmp/output")"
}

theirs=$(loaded)
before=$(state)
cp "$package" "$root/tmp/ferrossl.deb"
inside dpkg -i /tmp/ferrossl.deb >/dev/null
expect "installing changes no program" "$theirs" "$(loaded)"
expect "ferrossl-run runs a program on it" /usr/lib/ferrossl/libssl.so.3 \
	"$(inside ferrossl-run ldd /usr/bin/openssl | sed -n 's/.*libssl.so.3 => \(.*\) (.*/\1/p')"
expect "nothing is enabled" "whole system: disabled" "$(inside ferrossl-system status | head -n 1)"

inside ferrossl-system enable
expect "enabled, programs load it" /usr/lib/ferrossl/libssl.so.3 "$(loaded)"
expect "status says so" "whole system: enabled" "$(inside ferrossl-system status | head -n 1)"
expect "openssl works on it" 0 "$(inside openssl ciphers >/dev/null 2>&1; echo $?)"
inside ferrossl-system disable
expect "disabled, all is as it was" "$before" "$(state)"
refused "disabling twice" ferrossl-system disable

inside ferrossl-system enable nginx postfix@-.service
expect "a service has its drop-in" "Environment=LD_LIBRARY_PATH=/usr/lib/ferrossl" \
	"$(tail -n 1 "$root/etc/systemd/system/nginx.service.d/50-ferrossl.conf")"
expect "status names the services" "services: nginx postfix@- " "$(inside ferrossl-system status | sed -n 2p)"
refused "a service that is a path" ferrossl-system enable ../nginx
inside ferrossl-system disable nginx postfix@-
expect "services disabled, all is as it was" "$before" "$(state)"

# A library that cannot do a handshake is not let loose on the system.
mv "$root/usr/lib/ferrossl/libssl.so.3" "$root/tmp/good"
head -c 100000 "$root/tmp/good" >"$root/usr/lib/ferrossl/libssl.so.3"
refused "enabling a broken library" ferrossl-system enable
refused "enabling a broken library for a service" ferrossl-system enable nginx
expect "refused, all is as it was" "$before" "$(state)"
mv "$root/tmp/good" "$root/usr/lib/ferrossl/libssl.so.3"

# An update brings a library that does not work: nobody is left with it.
inside ferrossl-system enable
inside /var/lib/dpkg/info/ferrossl.postinst configure 0.0.1
expect "an update that works changes nothing" "whole system: enabled" "$(inside ferrossl-system status | head -n 1)"
mv "$root/usr/lib/ferrossl/libssl.so.3" "$root/tmp/good"
head -c 100000 "$root/tmp/good" >"$root/usr/lib/ferrossl/libssl.so.3"
inside /var/lib/dpkg/info/ferrossl.postinst configure 0.0.1
expect "after an update that does not work, all is as it was" "$before" "$(state)"
mv "$root/tmp/good" "$root/usr/lib/ferrossl/libssl.so.3"

inside ferrossl-system enable
inside ferrossl-system enable nginx
inside dpkg --remove ferrossl >/dev/null
expect "removed while enabled, all is as it was" "$before" "$(state)"
inside dpkg --purge ferrossl >/dev/null 2>&1 || true
expect "purged, nothing is left" "" "$(find "$root/usr" "$root/etc" "$root/var/lib/dpkg/info" -name '*ferrossl*')"
