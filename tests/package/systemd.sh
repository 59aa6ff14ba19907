#!/bin/sh
# systemd.sh PACKAGE.deb [DEBIAN]: boots an empty Debian of its own (debootstrap), or a copy of the one given, in namespaces, with
# nginx under systemd. Looks into nginx' processes as the package is installed, with FerroSSL for the service, with the service
# locked up as systemd can, with FerroSSL for the whole system over a reboot, and without it again. Needs root.
set -eu
. "$(dirname "$0")/shared.sh"
boot=$(dirname "$0")/boot
root=$(mktemp -d)
outside= systemd=
# A group of its own in the hierarchy that systemd takes for its own.
groups=$(mktemp -d)
mount -t cgroup2 cgroup2 "$groups"
group=$groups/$(sed -n 's/^0:://p' /proc/self/cgroup)/ferrossl-$$
mkdir "$group"
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

theirs=/usr/lib/x86_64-linux-gnu/libssl.so.3
ours=/usr/lib/ferrossl/libssl.so.3

inside() { nsenter --target "$systemd" --pid --mount --uts --ipc --net --cgroup --root --wd env LC_ALL=C.UTF-8 "$@"; }

# until_true COMMAND...: waits for it, for a minute.
until_true() {
	for _ in $(seq 300); do
		! "$@" || return 0
		sleep 0.2
	done
	echo "in a minute it did not come to this: $*" >&2
	[ -z "$systemd" ] || inside systemctl list-jobs >&2
	exit 1
}

has_booted() {
	kill -0 "$outside"
	systemd=$(tr -d ' ' <"/proc/$outside/task/$outside/children")
	[ "$(cat "/proc/${systemd:-none}/comm" 2>/dev/null)" = systemd ] && [ -S "/proc/$systemd/root/run/systemd/private" ]
}

has_started() {
	state=$(inside systemctl is-system-running || true)
	[ "$state" != initializing ] && [ "$state" != starting ]
}

# Boots, and waits until systemd has started all that there is.
start() {
	sh -c 'echo $$ >"$1/cgroup.procs" && exec unshare --pid --fork --kill-child --mount --uts --ipc --net --cgroup "$2" "$3"' \
		sh "$group" "$boot" "$root" >"$root/boot.log" 2>&1 &
	outside=$!
	until_true has_booted
	until_true has_started
	expect "$1" running "$state"
}

halt() {
	[ -n "$outside" ] || return 0
	kill -KILL "${systemd:-$outside}" 2>/dev/null || true
	wait "$outside" || true
	outside= systemd=
}

clean_up() {
	halt
	find "$group" -depth -type d -exec rmdir {} +
	umount "$groups"
	rmdir "$groups"
	rm -rf --one-file-system "$root"
}

# Which libssl nginx' processes have mapped.
mapped() {
	inside sh -c 'cat $(sed "s|.*|/proc/&/maps|" /sys/fs/cgroup/system.slice/nginx.service/cgroup.procs)' |
		sed -n 's/.* \(\/.*\/libssl\.so[^ ]*\)$/\1/p' | sort -u
}

# What a client gets from nginx, whose certificate it verifies.
asked() {
	inside sh -c 'printf "GET / HTTP/1.0\r\n\r\n" | openssl s_client -quiet -ign_eof -verify_return_error -CAfile /etc/nginx/test.pem \
		-verify_hostname localhost -connect 127.0.0.1:8443 2>/dev/null' | tail -n 1
}

warned() { inside ferrossl-system enable "$1" 2>&1 | sed -n 's/.*warning: //p'; }

unit() { cat >"$root/etc/systemd/system/$1"; }

debian "$root" openssl,systemd,dbus,nginx-light "${2:-}"
cp "$1" "$root/root/ferrossl.deb"
chroot "$root" dpkg -i /root/ferrossl.deb >/dev/null
chroot "$root" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost -keyout /etc/nginx/test.key -out /etc/nginx/test.pem 2>/dev/null
cat >"$root/etc/nginx/conf.d/tls.conf" <<'END'
server {
	listen 127.0.0.1:8443 ssl;
	ssl_certificate /etc/nginx/test.pem;
	ssl_certificate_key /etc/nginx/test.key;
	return 200 "it works";
}
END
printf '[Service]\nType=oneshot\nExecStart=/bin/true\n' | unit starter.service
printf '[Service]\nExecStart=/bin/sleep 1000\nEnvironment=LD_LIBRARY_PATH=/opt/own\n' | unit own.service

start "systemd boots"
expect "installed, a service stays as it was" "$theirs" "$(mapped)"

expect "enabled for a service, without a warning" "" "$(warned nginx)"
expect "its processes keep what they have" "$theirs" "$(mapped)"
inside systemctl restart nginx
expect "restarted, they have FerroSSL" "$ours" "$(mapped)"
expect "it answers" "it works" "$(asked)"
expect "status looks into the process" \
	"nginx, process $(inside systemctl show --property=MainPID --value nginx), has loaded: $ours " "$(inside ferrossl-system status | grep process)"
inside systemctl reload nginx
expect "reloaded, it answers" "it works" "$(asked)"

mkdir -p "$root/etc/systemd/system/nginx.service.d"
unit nginx.service.d/locked-up.conf <<'END'
[Service]
MemoryDenyWriteExecute=yes
SystemCallFilter=@system-service
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
ProtectSystem=strict
ReadWritePaths=/run /var/log/nginx /var/lib/nginx
PrivateTmp=yes
ProtectHome=yes
ProtectKernelTunables=yes
RestrictNamespaces=yes
RestrictRealtime=yes
LockPersonality=yes
NoNewPrivileges=yes
END
inside systemctl daemon-reload
inside systemctl restart nginx
expect "locked up, it has FerroSSL" "$ours" "$(mapped)"
expect "locked up, it answers" "it works" "$(asked)"
rm "$root/etc/systemd/system/nginx.service.d/locked-up.conf"

expect "a service that starts nothing itself" \
	"starter starts nothing itself; enable the service that does, such as starter@..." "$(warned starter)"
expect "a service that is unknown" "there is no service 'nginks' yet" "$(warned nginks)"
expect "a service with a path of its own" "own has an LD_LIBRARY_PATH of its own, which is replaced" "$(warned own)"
inside ferrossl-system disable --all >/dev/null
inside systemctl restart nginx
expect "disabled, it is as it was" "$theirs" "$(mapped)"
expect "disabled, it answers" "it works" "$(asked)"

inside ferrossl-system enable >/dev/null
halt
start "with FerroSSL for the whole system, systemd boots"
expect "nginx has it" "$ours" "$(mapped)"
expect "nginx answers a client that has it too" "it works" "$(asked)"
inside ferrossl-system disable >/dev/null
halt
start "disabled, systemd boots"
expect "nginx is as it was" "$theirs" "$(mapped)"
