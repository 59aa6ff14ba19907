#!/usr/bin/python3
"""load.py [--library DIRECTORY|system] [--seconds N] [--connections N]: nginx and HAProxy under load, and while reloaded.

docs/PROGRAMS.md says what runs, and takes the figures of a run of ten minutes or more. Exits with 1 if a request failed or
memory grew.
"""

import argparse
import contextlib
import dataclasses
import datetime
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import page
import runner
from curl import compare, fetch
from debian.haproxy import HAProxy
from harness import Failure, Library, Program, Setting, check, children
from nginx import Site, nginx

SAMPLE_SECONDS = 5
RELOAD_SECONDS = 10
GROWTH_FACTOR = 1.1
GROWTH_KILOBYTES = 4096


def resident(pids):
    """The resident memory of processes, in kB."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
    return total


@dataclasses.dataclass
class Client:
    """A load generator, how its numbers of requests and of failures are read, and its name in the report."""

    name: str
    program: Program
    done: str
    failed: str

    def figures(self):
        """How many requests were done and how many failed."""
        output = self.program.output
        done = re.search(self.done, output)
        check(done, f"{self.name} printed no result:\n{output[-2000:]}")
        return int(done[1]), sum(int(count) for found in re.finditer(self.failed, output) for count in found.groups() if count)


def h2load(library, site, connections, seconds):
    """HTTP/2 on connections that stay."""
    command = ["/usr/bin/h2load", "-c", connections, "-m", 2, "-D", seconds, "--warm-up-time", 1, site.url("page")]
    return Client(
        f"h2load, {connections} connections",
        Program(library, command),
        r", (\d+) succeeded",
        r"(\d+) failed, (\d+) errored, (\d+) timeout",
    )


def wrk(library, site, connections, seconds):
    """A new connection for each request."""
    command = ["/usr/bin/wrk", "-t", 1, "-c", connections, "-d", f"{seconds}s", "--timeout", "60s"]
    command += ["-H", "Connection: close", site.url("page")]
    return Client(
        f"wrk, {connections} at once, each request a new connection",
        Program(library, command),
        r"(\d+) requests in",
        r"connect (\d+), read (\d+), write (\d+), timeout (\d+)|Non-2xx or 3xx responses: (\d+)",
    )


def ab(library, site, connections, seconds):
    """The same, in TLS 1.2."""
    command = ["/usr/bin/ab", "-q", "-r", "-s", 60, "-f", "TLS1.2", "-c", connections, "-t", seconds, "-n", 10_000_000]
    return Client(
        f"ab, {connections} at once, each request a new connection",
        Program(library, [*command, site.url("page")]),
        r"Complete requests:\s+(\d+)",
        r"(?:Failed requests|Non-2xx responses|Write errors):\s+(\d+)",
    )


@contextlib.contextmanager
def servers(setting, name, version, content):
    """An nginx, and a HAProxy with TLS to it; gives what clients ask and the two programs."""
    directory = setting.scratch / name
    (directory / "nginx").mkdir(parents=True)
    setting = dataclasses.replace(setting, version=version, scratch=directory)
    site = Site()
    (directory / "nginx/page").write_bytes(content)
    with nginx(dataclasses.replace(setting, scratch=directory / "nginx"), site) as web:
        back = f"""
backend back
  server nginx 127.0.0.1:{site.port} ssl verify required ca-file {setting.pki}/root.pem sni str(localhost)
"""
        proxy = HAProxy(setting, front="default_backend back", more=back)
        with proxy.running() as balancer:
            yield setting, (site, proxy), (web, balancer)


class Memory:
    """Samples of the resident memory of processes."""

    def __init__(self, name, pids):
        self.name = name
        self.pids = pids
        self.samples = []

    def take(self):
        """One more sample."""
        self.samples.append(resident(self.pids))

    def quarters(self):
        """The most of each quarter of the time."""
        count = len(self.samples)
        check(count >= 8, f"only {count} samples of the memory")
        return [max(self.samples[count * part // 4 : count * (part + 1) // 4]) for part in range(4)]

    def is_flat(self):
        """Whether the last quarter is not above the second by more than what is allowed for."""
        _, second, _, last = self.quarters()
        return last <= second * GROWTH_FACTOR + GROWTH_KILOBYTES


def watch(clients, memories, steady, reloaded, seconds):
    """Samples memory, reloads, and fetches the page until the clients are done; returns how often it reloaded."""
    begun = time.monotonic()
    turn = reloads = 0
    while any(client.program.status() is None for client in clients):
        check(time.monotonic() - begun < seconds * 1.5 + 120, "the clients do not end")
        time.sleep(max(0, begun + turn * SAMPLE_SECONDS - time.monotonic()))
        turn += 1
        for memory in memories:
            memory.take()
        if turn * SAMPLE_SECONDS % RELOAD_SECONDS == 0 and turn * SAMPLE_SECONDS < seconds:
            for program, hangup in zip(reloaded[2], (signal.SIGHUP, signal.SIGUSR2)):
                os.kill(program.pid, hangup)
            reloads += 1
        for setting, sites, _ in (steady, reloaded):
            for site in sites:
                fetch(setting, [site.url("page")], "-o", "got")
                compare(setting.scratch / "nginx/page", setting.scratch / "got")
    for program in (*steady[2], *reloaded[2]):
        program.check_library()
    return reloads


def load(library, pki, scratch, seconds, connections):
    """The whole run; returns the report's lines and whether all was well."""
    setting = Setting(library, library, "TLSv1.3", pki, scratch)
    content = os.urandom(10_000)
    many, some, few = connections * 7 // 20, connections // 10, connections // 20
    with contextlib.ExitStack() as stack:
        steady = stack.enter_context(servers(setting, "steady", "TLSv1.3", content))
        reloaded = stack.enter_context(servers(setting, "reloaded", "TLSv1.2", content))
        (web, balancer), (reloaded_web, _) = steady[2], reloaded[2]
        memories = [
            Memory("nginx, both workers", children(web.pid)),
            Memory("HAProxy, worker", children(balancer.pid)),
            Memory("nginx that is reloaded, master", [reloaded_web.pid]),
        ]
        clients = [
            (make(library, site, count, seconds), f"{kind} {name}")
            for kind, sites, makers in (
                ("", steady[1], ((h2load, many), (wrk, some))),
                ("reloaded", reloaded[1], ((ab, few),)),
            )
            for name, site in zip(("nginx", "HAProxy"), sites)
            for make, count in makers
        ]
        for client, _ in clients:
            stack.enter_context(client.program)
            client.program.check_library()
        reloads = watch([client for client, _ in clients], memories, steady, reloaded, seconds)
        well = True
        lines = ["| server | client | requests | failed |", "|---|---|---|---|"]
        for client, server in clients:
            done, failed = client.figures()
            well &= done > 0 and failed == 0
            lines.append(f"| {server.strip()} | {client.name} | {done:,} | {failed} |")
        lines += ["", "| resident memory in MB | " + " | ".join(f"quarter {n}" for n in range(1, 5)) + " | flat |", "|---|---|---|---|---|---|"]
        for memory in memories:
            well &= memory.is_flat()
            cells = [f"{kilobytes / 1024:.1f}" for kilobytes in memory.quarters()]
            lines.append(f"| {memory.name} | {' | '.join(cells)} | {'yes' if memory.is_flat() else '**no**'} |")
        lines.append("")
        lines.append(f"{seconds} s with {connections:,} connections and {reloads} reloads, on {datetime.date.today()}.")
    return lines, well


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", default=runner.HERE.parent.parent / "target/lib", help="directory of libssl.so.3, or system")
    parser.add_argument("--seconds", type=int, default=600, help="how long")
    parser.add_argument("--connections", type=int, default=1000, help="how many at once")
    options = parser.parse_args()
    library, _ = runner.pairings(options.library)[0]
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as name:
        top = Path(name)
        top.chmod(0o755)
        subprocess.run([runner.HERE / "pki.sh", top / "pki"], check=True, timeout=120)
        try:
            lines, well = load(library, top / "pki", top / "scratch", options.seconds, options.connections)
        except Failure as failure:
            sys.exit(f"load: {failure}")
    print("\n".join(lines))
    if options.seconds >= 600 and library.directory:
        page.write("load", "\n".join(lines) + "\n")
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
