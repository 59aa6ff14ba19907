#!/usr/bin/python3
"""macro.py [--library DIRECTORY] [--seconds N] [--write]: nginx and HAProxy on the system's libssl and on ours, from other processes.

`openssl s_time` makes new connections, full and resumed, h2load sends requests over connections that stay, curl fetches a
file of 100 MB. The clients always use the system's library. The figure is the CPU time that the server's process spends on
one connection, request or MB, from /proc: it counts all the server does, the kernel's part too. Each measurement runs on the
system's library, on ours, and on the system's again: `noise` is the ratio of the last to the first. --write puts the tables into docs/PERFORMANCE.md.
"""

import argparse
import contextlib
import os
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from page import put
from run import HERE, build, headline, number

NGINX = """
daemon off; master_process off; pid {directory}/nginx.pid; error_log {directory}/error.log;
worker_rlimit_nofile 4096; events {{ worker_connections 2000; }}
http {{
  access_log off; client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  keepalive_requests 1000000000; root {directory};
  server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {certificates}/{kind}-chain.pem;
    ssl_certificate_key {certificates}/{kind}-leaf.key; ssl_session_cache shared:all:10m;
    ssl_protocols TLSv1.2 TLSv1.3; }}
  server {{ listen 127.0.0.1:{plain}; }}
}}
"""
HAPROXY = """
global
  nbthread 1
  maxconn 2000
defaults
  mode http
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend all
  bind 127.0.0.1:{port} ssl crt {directory}/both.pem
  http-request return status 200 content-type text/plain string "hello" if {{ path /small }}
  default_backend files
backend files
  server nginx 127.0.0.1:{plain}
"""
# OpenSSL's client makes as many connections as it can in the time; it says how many there were.
CONNECTIONS = re.compile(r"^(\d+) connections in \d+ real seconds", re.MULTILINE)
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment(library):
    own = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
    return own if library is None else own | {"LD_LIBRARY_PATH": str(library)}


@contextlib.contextmanager
def running(command, library, port):
    """A server that answers on a port; stopped by its process id."""
    process = subprocess.Popen(command, env=environment(library), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{command[0]} does not answer")
        maps = Path(f"/proc/{process.pid}/maps").read_text()
        wanted = "/usr/lib/" if library is None else str((library / "libssl.so.3").resolve())
        if not any(wanted in line for line in maps.splitlines() if "libssl" in line):
            raise RuntimeError(f"{command[0]} does not use {wanted}")
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def spent(pid):
    """CPU seconds of a process so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def client(*command):
    result = subprocess.run(command, env=environment(None), capture_output=True, text=True, timeout=300)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {result.stdout[-300:]}{result.stderr[-300:]}")
    return result.stdout


def connections(port, seconds, how, version):
    command = ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", how, "-time", str(seconds), version]
    return int(CONNECTIONS.search(client(*command))[1])


def requests(port, seconds):
    output = client("h2load", "--h1", "-c", "20", "-D", str(seconds), f"https://127.0.0.1:{port}/small")
    return int(re.search(r"(\d+) succeeded", output)[1])


def megabytes(port, _seconds):
    for _ in range(3):
        client("curl", "-ksS", "-o", "/dev/null", f"https://127.0.0.1:{port}/large")
    return 300


MEASUREMENTS = {
    "full handshake, TLS 1.3": lambda port, seconds: connections(port, seconds, "-new", "-tls1_3"),
    "full handshake, TLS 1.2": lambda port, seconds: connections(port, seconds, "-new", "-tls1_2"),
    "resumed, TLS 1.2": lambda port, seconds: connections(port, seconds, "-reuse", "-tls1_2"),
    "request on a connection that stays": requests,
    "MB of a file of 100 MB": megabytes,
}


def measure(command, library, port, work, seconds):
    """Microseconds of the server's CPU time for one of what `work` counts."""
    with running(command, library, port) as pid:
        work(port, 1)
        before = spent(pid)
        count = work(port, seconds)
        return (spent(pid) - before) * 1e6 / count


def compare(name, command, library, port, seconds):
    """A Markdown table, printed as it comes."""
    lines = [f"| {name}, CPU us of the server for one | system | FerroSSL | better | noise |", "|---|---|---|---|---|"]
    print("", *lines, sep="\n")
    for what, work in MEASUREMENTS.items():
        first, ours, last = (measure(command, each, port, work, seconds) for each in (None, library, None))
        theirs = (first + last) / 2
        lines.append(f"| {what} | {number(theirs)} | {number(ours)} | {theirs / ours:.2f} | {first / last:.2f} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=HERE.parent / "target/lib", help="directory of our libssl.so.3")
    parser.add_argument("--seconds", type=int, default=5, help="how long each measurement takes")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/PERFORMANCE.md")
    options = parser.parse_args()
    library = options.library.resolve()
    _, certificates = build()

    head = headline()
    print(head)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        (directory / "small").write_text("hello")
        (directory / "large").write_bytes(os.urandom(1 << 20) * 100)
        both = [(certificates / f"ecdsa-{part}").read_text() for part in ("chain.pem", "leaf.key")]
        (directory / "both.pem").write_text("".join(both))
        words = {"directory": directory, "certificates": certificates.resolve(), "kind": "ecdsa"}
        words |= {"port": free_port(), "plain": free_port()}
        (directory / "nginx.conf").write_text(NGINX.format(**words))
        command = ["/usr/sbin/nginx", "-c", directory / "nginx.conf", "-p", directory]
        tables = [compare("nginx", command, library, words["port"], options.seconds)]
        with running(command, None, words["plain"]):
            words["port"] = free_port()
            (directory / "haproxy.cfg").write_text(HAPROXY.format(**words))
            command = ["/usr/sbin/haproxy", "-db", "-f", directory / "haproxy.cfg"]
            tables.append(compare("HAProxy", command, library, words["port"], options.seconds))
    if options.write:
        put("macro", "\n\n".join([head, *tables]))


if __name__ == "__main__":
    main()
