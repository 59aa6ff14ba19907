# What the tests of the package share: `expect WHAT WANTED FOUND` ends the test unless both are the same.
expect() {
	[ "$2" = "$3" ] || {
		echo "$1: expected '$2', found '$3'" >&2
		exit 1
	}
	echo "ok: $1"
}

# debian ROOT PACKAGES [COPY]: puts an empty Debian with these packages there, or a copy of another.
debian() {
	[ -z "$3" ] || {
		cp -a "$3/." "$1"
		return
	}
	debootstrap --variant=minbase --include="$2" "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$1" >"$1.log" 2>&1 || {
		tail "$1.log" >&2
		rm -f "$1.log"
		exit 1
	}
	rm -f "$1.log"
	# mktemp makes it for root alone; the daemons of the system run as others.
	chmod 755 "$1"
}
