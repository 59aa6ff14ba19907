"""The programs that titles of cases name, and the Debian packages they are in."""

PACKAGES = {
    "curl": ("curl", "libcurl4"),
    "h2load": ("nghttp2-client",),
    "mariadb": ("mariadb-client",),
    "mariadbd": ("mariadb-server",),
    "nginx": ("nginx",),
    "openvpn": ("openvpn",),
    "postgres": ("postgresql-15",),
    "psql": ("postgresql-client-15",),
    "python": ("python3.11", "libpython3.11-minimal"),
    "redis_cli": ("redis-tools",),
    "redis_server": ("redis-server", "redis-tools"),
    "s_client": ("openssl",),
    "s_server": ("openssl",),
    "s_time": ("openssl",),
    "socat": ("socat",),
    "stunnel": ("stunnel4",),
    "turnserver": ("coturn",),
    "turnutils_uclient": ("coturn",),
}
