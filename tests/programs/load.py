#!/usr/bin/python3
"""load.py [--library DIRECTORY|system] [--seconds N] [--connections N]: nginx and HAProxy under load, and while
reloaded and restarted.

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
from harness import Failure, Library, Program, Setting, check, children, mapped_by_tree, send_signal, tree, wait_for_listener
from nginx import Site, configure, nginx

SAMPLE_SECONDS = 5
RELOAD_SECONDS = 10
# Of the reloads each third is a restart.
RESTART_TURN = 3
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


class BackgroundNginx:
    """An nginx that another can take the place of: a daemon, as it must be for that, known by its file with the process id."""

    def __init__(self, setting, site):
        self.setting = setting
        self.command = configure(setting, site, daemon="on")
        self.port = site.port

    @property
    def pid(self):
        """The master that accepts connections."""
        return int((self.setting.scratch / "nginx.pid").read_text())

    def status(self):
        """As a Program's: None while it runs."""
        return None if Path(f"/proc/{self.pid}").exists() else 1

    output = ""

    @contextlib.contextmanager
    def running(self):
        """Starts it, and stops whoever has taken its place in the end."""
        with Program(self.setting.server, self.command, cwd=self.setting.scratch) as launcher:
            launcher.finish()
        try:
            wait_for_listener(self, self.port)
            self.check_library()
            yield self
        finally:
            self._end(self.pid, signal.SIGTERM)

    def _end(self, pid, number, seconds=60):
        """Sends a signal and waits for the end of a process."""
        send_signal(pid, number)
        wait_until(lambda: not is_alive(pid), f"process {pid} of nginx does not end", seconds)

    def reload(self):
        """New workers with the configuration as it is now."""
        os.kill(self.pid, signal.SIGHUP)

    def restart(self):
        """A new nginx gets the listening sockets; then the old one ends when its connections have."""
        old = self.pid
        os.kill(old, signal.SIGUSR2)
        wait_until(lambda: self._successor(old) and len(children(self.pid)) >= 2, "no other nginx comes up")
        os.kill(old, signal.SIGWINCH)
        self._end(old, signal.SIGQUIT)

    def _successor(self, old):
        with contextlib.suppress(OSError, ValueError):
            return self.pid != old
        return False

    def check_library(self):
        """As a Program's."""
        mapped = mapped_by_tree(self.pid)
        check(mapped == {self.setting.server.file}, f"nginx mapped {', '.join(sorted(mapped))}")


class ForegroundHAProxy:
    """A HAProxy that another can take the place of."""

    def __init__(self, proxy, stack):
        self.proxy = proxy
        self.stack = stack
        self.program = stack.enter_context(proxy.running())

    @property
    def pid(self):
        """The master that accepts connections."""
        return self.program.pid

    def reload(self):
        """The master starts itself again, and a new worker."""
        os.kill(self.pid, signal.SIGUSR2)

    def restart(self):
        """A new HAProxy gets the listening sockets from the old one and tells it to end when its connections have."""
        old = self.program
        words = ["-x", self.proxy.admin, "-sf", *tree(old.pid)]
        self.program = self.stack.enter_context(self.proxy.running(*words))
        old.finish(60)

    def check_library(self):
        """As a Program's."""
        self.program.check_library()


def is_alive(pid):
    """Whether the process is there and has not ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until(condition, problem, seconds=20):
    """Returns when the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, problem)
        time.sleep(0.05)


def prepared(setting, name, version, content):
    """The setting and the site of an nginx with the page, in a directory of its own."""
    directory = setting.scratch / name
    (directory / "nginx").mkdir(parents=True)
    (directory / "nginx/page").write_bytes(content)
    return dataclasses.replace(setting, version=version, scratch=directory), Site()


def balancer_of(setting, site):
    """A HAProxy with TLS to the site."""
    back = f"""
backend back
  server nginx 127.0.0.1:{site.port} ssl verify required ca-file {setting.pki}/root.pem sni str(localhost)
"""
    return HAProxy(setting, front="default_backend back", more=back)


@contextlib.contextmanager
def steady_servers(setting, content):
    """An nginx, and a HAProxy with TLS to it; gives the setting, what clients ask, and the two programs."""
    setting, site = prepared(setting, "steady", "TLSv1.3", content)
    with nginx(dataclasses.replace(setting, scratch=setting.scratch / "nginx"), site) as web:
        proxy = balancer_of(setting, site)
        with proxy.running() as balancer:
            yield setting, (site, proxy), (web, balancer)


@contextlib.contextmanager
def changing_servers(setting, content):
    """The same, of servers that are reloaded and restarted."""
    setting, site = prepared(setting, "changing", "TLSv1.2", content)
    with BackgroundNginx(dataclasses.replace(setting, scratch=setting.scratch / "nginx"), site).running() as web:
        proxy = balancer_of(setting, site)
        with contextlib.ExitStack() as stack:
            yield setting, (site, proxy), (web, ForegroundHAProxy(proxy, stack))


class Memory:
    """Samples of the resident memory of processes, which a function names."""

    def __init__(self, name, pids):
        self.name = name
        self.pids = pids
        self.samples = []

    def take(self):
        """One more sample."""
        self.samples.append(resident(self.pids()))

    def quarters(self):
        """The most of each quarter of the time."""
        count = len(self.samples)
        check(count >= 8, f"only {count} samples of the memory")
        return [max(self.samples[count * part // 4 : count * (part + 1) // 4]) for part in range(4)]

    def is_flat(self):
        """Whether the last quarter is not above the second by more than what is allowed for."""
        _, second, _, last = self.quarters()
        return last <= second * GROWTH_FACTOR + GROWTH_KILOBYTES


def watch(clients, memories, steady, changing, seconds):
    """Samples memory, reloads, restarts, and fetches the page until the clients are done; returns how often it did the second and
    the third."""
    begun = time.monotonic()
    turn = changes = 0
    while any(client.program.status() is None for client in clients):
        check(time.monotonic() - begun < seconds * 1.5 + 120, "the clients do not end")
        time.sleep(max(0, begun + turn * SAMPLE_SECONDS - time.monotonic()))
        turn += 1
        for memory in memories:
            memory.take()
        if turn * SAMPLE_SECONDS % RELOAD_SECONDS == 0 and turn * SAMPLE_SECONDS < seconds:
            changes += 1
            for program in changing[2]:
                if changes % RESTART_TURN == 0:
                    program.restart()
                    program.check_library()
                else:
                    program.reload()
        for setting, sites, _ in (steady, changing):
            for site in sites:
                fetch(setting, [site.url("page")], "-o", "got")
                compare(setting.scratch / "nginx/page", setting.scratch / "got")
    for program in (*steady[2], *changing[2]):
        program.check_library()
    restarts = changes // RESTART_TURN
    return changes - restarts, restarts


def load(library, pki, scratch, seconds, connections):
    """The whole run; returns the report's lines and whether all was well."""
    setting = Setting(library, library, "TLSv1.3", pki, scratch)
    content = os.urandom(10_000)
    many, some, few = connections * 7 // 20, connections // 10, connections // 20
    with contextlib.ExitStack() as stack:
        steady = stack.enter_context(steady_servers(setting, content))
        changing = stack.enter_context(changing_servers(setting, content))
        (web, balancer), (changing_web, _) = steady[2], changing[2]
        memories = [
            Memory("nginx, both workers", lambda: children(web.pid)),
            Memory("HAProxy, worker", lambda: children(balancer.pid)),
            Memory("nginx that is reloaded and restarted, master", lambda: [changing_web.pid]),
        ]
        clients = [
            (make(library, site, count, seconds), f"{kind} {name}")
            for kind, sites, makers in (
                ("", steady[1], ((h2load, many), (wrk, some))),
                ("changing", changing[1], ((ab, few),)),
            )
            for name, site in zip(("nginx", "HAProxy"), sites)
            for make, count in makers
        ]
        for client, _ in clients:
            stack.enter_context(client.program)
            client.program.check_library()
        reloads, restarts = watch([client for client, _ in clients], memories, steady, changing, seconds)
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
        lines.append(f"{seconds} s with {connections:,} connections, {reloads} reloads and {restarts} restarts, on {datetime.date.today()}.")
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
