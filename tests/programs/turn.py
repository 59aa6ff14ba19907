#!/usr/bin/python3
"""turn.py [--library DIRECTORY|system]: coturn's server and client, which allocate a relay over DTLS and send through it.

The packages (1 MB) are fetched from Debian into target/turn and unpacked there: nothing is installed, no service begins.
In three pairings of client and server library, as in run.py; exits with 1 if one fails.
"""

import argparse
import dataclasses
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import Failure, Library, Program, check, check_in
from openssl_dtls import free_datagram_port

TOP = Path(__file__).resolve().parent.parent.parent
FOLDER = TOP / "target/turn"
MESSAGES = 20


def fetch():
    """Has coturn and what it lacks here unpacked in target/turn."""
    if (FOLDER / "root/usr/bin/turnserver").exists():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    plan = ["apt-get", "install", "--simulate", "--no-install-recommends", "coturn"]
    plan = subprocess.run(plan, check=True, capture_output=True, text=True).stdout
    packages = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    subprocess.run(["apt-get", "download", "-q", *packages], cwd=FOLDER, check=True)
    for package in FOLDER.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, FOLDER / "root"], check=True)


@dataclasses.dataclass(frozen=True)
class WithTurn:
    """A library, and behind it those that coturn needs."""

    library: Library

    @property
    def file(self):
        """As the library's."""
        return self.library.file

    def environment(self):
        """As the library's, with one more directory to look in."""
        environment = self.library.environment()
        there = FOLDER / "root/usr/lib/x86_64-linux-gnu"
        environment["LD_LIBRARY_PATH"] = ":".join(filter(None, (environment.get("LD_LIBRARY_PATH"), str(there))))
        return environment


def relay(client_library, server_library, transport, pki, scratch):
    """An allocation, and messages to an echoing peer and back."""
    programs = FOLDER / "root/usr/bin"
    port, plain_port, peer_port = (free_datagram_port() for _ in range(3))
    command = [programs / "turnserver", "-n", "-v", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--no-cli"]
    command += ["--listening-port", plain_port, "--tls-listening-port", port, "--allow-loopback-peers", "--lt-cred-mech"]
    command += ["--user", "name:word", "--realm", "test", "--log-file", "stdout", "--pidfile", scratch / "pid"]
    command += ["--userdb", scratch / "users", "--cert", pki / "p256.pem", "--pkey", pki / "p256.key"]
    echo = [programs / "turnutils_peer", "-L", "127.0.0.1", "-p", peer_port]
    ask = [programs / "turnutils_uclient", "-S", *transport, "-v", "-c", "-u", "name", "-w", "word", "-e", "127.0.0.1"]
    ask += ["-r", peer_port, "-p", port, "-n", MESSAGES, "127.0.0.1"]
    with Program(WithTurn(server_library), command, scratch) as server, Program(WithTurn(client_library), echo, scratch):
        server.expect("IPv4. TLS/TCP listener opened on")
        server.check_library()
        with Program(WithTurn(client_library), ask, scratch) as client:
            client.check_library()
            check(client.finish(40) == 0, f"the client failed:\n{client.output[-2000:]}")
        check_in("allocate sent", client.output)
        check_in(f"tot_send_msgs={MESSAGES}, tot_recv_msgs={MESSAGES}", client.output)
        server.expect("usage: realm")
        method = "TLSv" if transport else "DTLSv1.2"
        check(re.search(rf"method={re.escape(method)}", server.output), f"no {method}:\n{server.output[-2000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", default=TOP / "target/lib", help="directory of libssl.so.3, or system")
    options = parser.parse_args()
    system = Library("system")
    pairings = [(system, system)]
    if str(options.library) != "system":
        ours = Library("ours", Path(options.library).resolve())
        pairings = [(ours, ours), (ours, system), (system, ours)]
    fetch()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as name:
        pki = Path(name) / "pki"
        subprocess.run(["sh", Path(__file__).parent / "pki.sh", pki], check=True, timeout=120)
        for number, (client, server) in enumerate(pairings):
            for title, transport in (("DTLS", []), ("TLS", ["-t"])):
                scratch = Path(name) / f"{number}-{title}"
                scratch.mkdir()
                try:
                    relay(client, server, transport, pki, scratch)
                    print(f"ok    {client.name}/{server.name} TURN allocation over {title}", flush=True)
                except Failure as failure:
                    failed += 1
                    print(f"FAIL  {client.name}/{server.name} TURN allocation over {title}\n      {failure}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
