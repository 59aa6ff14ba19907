"""The programs that titles of cases name, and the Debian packages they are in."""

PACKAGES = {
    "curl": ("curl", "libcurl4"),
    "h2load": ("nghttp2-client",),
    "nginx": ("nginx",),
    "python": ("python3.11", "libpython3.11-minimal"),
    "s_client": ("openssl",),
    "s_server": ("openssl",),
    "s_time": ("openssl",),
    "turnserver": ("coturn",),
    "turnutils_uclient": ("coturn",),
}
