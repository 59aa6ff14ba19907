"""What the program tests share: the two libraries, child processes that always end, and the list of cases.

A case runs real programs from Debian's packages. Which libssl each of them uses is chosen by LD_LIBRARY_PATH and
then proved by reading /proc/PID/maps while the program lives.
"""

import contextlib
import dataclasses
import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

SYSTEM_LIBRARY = Path("/usr/lib/x86_64-linux-gnu/libssl.so.3")
VERSIONS = ("TLSv1.3", "TLSv1.2")


class Failure(Exception):
    """What a case expected did not happen."""


def check(condition, message):
    """Fails the case with `message` unless `condition` holds."""
    if not condition:
        raise Failure(message)


def check_in(expected, text):
    """Fails the case unless `expected` occurs in `text`."""
    check(expected in text, f"no {expected!r} in:\n{text[-2000:]}")


@dataclasses.dataclass(frozen=True)
class Library:
    """A libssl.so.3: the system's when `directory` is None, else the one in that directory."""

    name: str
    directory: Path | None = None

    @property
    def file(self):
        """The file that must show up in /proc/PID/maps."""
        library = SYSTEM_LIBRARY if self.directory is None else self.directory / "libssl.so.3"
        return os.path.realpath(library)

    def environment(self):
        """A small environment, without the caller's settings for TLS, that puts this library first.

        What a library built by `scripts/sanitized` needs in every program stands beside it. Programs may lose memory there, as many
        do that end.
        """
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}
        if self.directory is not None:
            environment["LD_LIBRARY_PATH"] = str(self.directory)
            for runtime in self.directory.glob("lib?san.so"):
                environment |= {"LD_PRELOAD": str(runtime), "ASAN_OPTIONS": "leak_check_at_exit=0"}
        for name in ("FERROSSL_LOG", "RUST_BACKTRACE"):
            if name in os.environ:
                environment[name] = os.environ[name]
        return environment


@dataclasses.dataclass(frozen=True)
class Setting:
    """What one run of a case is about: a library for each side, the protocol version, and where files are."""

    client: Library
    server: Library
    version: str
    pki: Path
    scratch: Path

    @property
    def pairing(self):
        """Client's and server's library, as printed."""
        return f"{self.client.name}/{self.server.name}"


@dataclasses.dataclass(frozen=True)
class Case:
    """One registered test function."""

    title: str
    function: object
    versions: tuple


CASES = []


def case(title, versions=VERSIONS):
    """Registers a function taking a Setting as a case, for each of the protocol versions."""

    def register(function):
        CASES.append(Case(title, function, versions))
        return function

    return register


class Program:
    """A child process on one of the libraries, whose output is collected as it comes.

    Used in a `with` block, at the end of which the process is gone, whatever happened.
    """

    def __init__(self, library, command, cwd=None, environment=None, user=None):
        """Starts `command`, with more variables in its environment, and as another user if root runs the tests."""
        self.library = library
        self.command = [str(word) for word in command]
        self._output = b""
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            self.command,
            cwd=cwd,
            env=library.environment() | (environment or {}),
            user=user if os.geteuid() == 0 else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join(5)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()

    def _collect(self):
        while chunk := os.read(self._process.stdout.fileno(), 65536):
            with self._changed:
                self._output += chunk
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @property
    def pid(self):
        """The process id."""
        return self._process.pid

    @property
    def output(self):
        """What the program has printed so far, standard output and error together."""
        with self._changed:
            return self._output.decode(errors="replace")

    def expect(self, text, count=1, seconds=20):
        """Waits until `text` was printed `count` times; returns all the output."""
        wanted = text.encode()
        with self._changed:
            self._changed.wait_for(
                lambda: self._output.count(wanted) >= count or not self._reader.is_alive(), timeout=seconds
            )
            found = self._output.count(wanted)
        check(
            found >= count,
            f"{self.command[0]} printed {text!r} {found} times, not {count}:\n{self.output[-2000:]}",
        )
        return self.output

    def send(self, text):
        """Writes to the program's standard input."""
        try:
            self._process.stdin.write(text.encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failure(f"{self.command[0]} ended early:\n{self.output[-2000:]}") from None

    def close_input(self):
        """Ends the program's standard input."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def finish(self, seconds=30):
        """Waits for the program's own end; returns its exit status."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"{self.command[0]} did not end in {seconds} s:\n{self.output[-2000:]}") from None
        self._reader.join(5)
        return status

    @contextlib.contextmanager
    def paused(self):
        """Stops the process and those it started, so that a client of it can be looked at before it ends."""
        stopped = tree(self.pid)
        for pid in stopped:
            send_signal(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                send_signal(pid, signal.SIGCONT)

    def status(self):
        """The exit status, or None while the program runs."""
        return self._process.poll()

    def check_library(self, seconds=20):
        """Fails unless this process and those it started have mapped the library they should, and no other libssl.

        One of them at least must have mapped it: the parent of a server's processes may have nothing to do with TLS.
        """
        deadline = time.monotonic() + seconds
        while not (mapped := mapped_by_tree(self.pid)):
            check(self._process.poll() is None, f"{self.command[0]} ended early:\n{self.output[-2000:]}")
            check(time.monotonic() < deadline, f"{self.command[0]} did not map a libssl")
            time.sleep(0.001)
        check(
            mapped == {self.library.file},
            f"{self.command[0]} mapped {', '.join(sorted(mapped))}, not {self.library.file}",
        )


def one_version(setting):
    """The environment of a program that cannot be told a version: libcrypto's configuration file does."""
    path = setting.scratch / f"{setting.version}.cnf"
    lines = ["openssl_conf = all", "[all]", "ssl_conf = modules", "[modules]", "system_default = limits", "[limits]"]
    path.write_text("\n".join([*lines, f"MinProtocol = {setting.version}", f"MaxProtocol = {setting.version}", ""]))
    return {"OPENSSL_CONF": str(path)}


def run_client(setting, server, command, *, send="", seconds=60, **options):
    """Runs a client to its end; returns its exit status and output.

    The server stands still until it was seen which library the client has mapped.
    """
    with contextlib.ExitStack() as stack:
        with server.paused():
            client = stack.enter_context(Program(setting.client, command, **options))
            client.check_library()
        client.send(send)
        client.close_input()
        return client.finish(seconds), client.output


@contextlib.contextmanager
def connection_log(setting):
    """Has FerroSSL write a line for each connection that is made meanwhile, on either side; gives the file."""
    before = os.environ.get("FERROSSL_LOG")
    path = setting.scratch / "connections"
    os.environ["FERROSSL_LOG"] = str(path)
    try:
        yield path
    finally:
        if before is None:
            del os.environ["FERROSSL_LOG"]
        else:
            os.environ["FERROSSL_LOG"] = before


def mapped_libraries(pid):
    """The files of every libssl.so that a process has mapped."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return set()
    return {os.path.realpath(path) for path in re.findall(r"(/\S*/libssl\.so\S*)", maps)}


def mapped_by_tree(pid):
    """The files of every libssl.so that a process or one of its descendants has mapped."""
    return set().union(*map(mapped_libraries, tree(pid)))


def tree(pid):
    """The process ids of a process and its descendants, parents first."""
    return [pid, *(below for child in children(pid) for below in tree(child))]


def send_signal(pid, number):
    """Sends a signal to a process that may have ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def children(pid):
    """The process ids of a process's children."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def free_ports(count):
    """That many TCP ports that nothing on the loopback interface uses now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def free_datagram_port():
    """A UDP port that nothing on the loopback interface uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as each:
        each.bind(("127.0.0.1", 0))
        return each.getsockname()[1]


def wait_for_listener(program, port, seconds=20):
    """Returns when a connection to the loopback port is accepted."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            ended = program.status()
            check(ended is None, f"{program.command[0]} ended with {ended}:\n{program.output[-2000:]}")
            check(time.monotonic() < deadline, f"nothing listens on port {port}:\n{program.output[-2000:]}")
            time.sleep(0.01)
