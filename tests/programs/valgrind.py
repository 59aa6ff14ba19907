#!/usr/bin/python3
"""valgrind.py [--library DIRECTORY] [C-TEST...]: curl and the C tests under valgrind, on our libssl.

Prints for each program the errors, the bytes definitely lost and the failed cases; what is not clean runs on the system's
libssl too. Exits with 1 if ours has more of one of them than the system's, or if curl failed. The logs stay in
target/valgrind. A C test runs each of its cases in a process of its own, whose findings are added up.
"""

import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from curl import curl
from harness import VERSIONS, Library, Setting
from nginx import Site, nginx

TOP = Path(__file__).resolve().parent.parent.parent
# The most that a C test may take; it has failed then, and ends with all that it started.
SECONDS = 3600
# The stacks of asynchronous jobs and the one that we work on meanwhile are less than 2 MB apart; what valgrind takes for one large
# frame, not for another stack, it closes to reads and does not search for pointers.
OPTIONS = ["--leak-check=full", "--errors-for-leak-kinds=none", "--num-callers=40", "--max-stackframe=30000"]

Finding = collections.namedtuple("Finding", "errors lost failed", defaults=[0])
CLEAN = Finding(0, 0)


def runner(log):
    """The valgrind command that writes to this file."""
    return ["/usr/bin/valgrind", *OPTIONS, f"--log-file={log}"]


def finding(log):
    """What valgrind found, from its log."""
    text = log.read_text(errors="replace")
    errors = re.search(r"ERROR SUMMARY: ([\d,]+) errors", text)
    lost = re.search(r"definitely lost: ([\d,]+) bytes", text)
    if errors is None:
        return None
    return Finding(*(int(found.group(1).replace(",", "")) if found else 0 for found in (errors, lost)))


def curl_findings(library, system, logs, directory):
    """curl on this library against nginx on the system's: name of the run -> finding."""
    findings = {}
    for version in VERSIONS:
        scratch = directory / f"{library.name}-{version}"
        scratch.mkdir()
        (scratch / "page").write_bytes(os.urandom(1 << 20))
        setting = Setting(library, system, version, directory / "pki", scratch)
        site, expired = Site(settings="ssl_session_cache shared:tests:1m;"), Site(certificate="expired")
        with nginx(setting, site, expired):
            page = site.url("page")
            for name, urls, options, wanted in (
                ("HTTP/1.1, three connections", [page] * 3, ["--http1.1", "-H", "Connection: close"], 0),
                ("HTTP/2 down", [page], ["--http2"], 0),
                ("HTTP/2 up", [site.url("up")], ["--http2", "-T", scratch / "page"], 0),
                ("expired certificate", [expired.url("page")], [], 60),
            ):
                name = f"curl {version} {name}"
                log = logs / f"{name.replace(' ', '-').replace('/', '')}.log"
                discard = ["-o", "/dev/null"] * len(urls)
                status, output = curl(setting, urls, *options, *discard, runner=runner(log))
                findings[name] = finding(log) if status == wanted else None
                if status != wanted:
                    print(f"{name} on {library.name} ended with {status}: {output[-500:]}", file=sys.stderr)
    return findings


def c_test(library, logs, name):
    """This C test on this library."""
    environment = dict(os.environ, RUNNER=" ".join(runner(logs / f"ctest-{name}-%p.log")))
    command = ["timeout", "--kill-after=60", str(SECONDS), TOP / "ctests/run.sh", library.directory or "system", name]
    run = subprocess.run(command, env=environment, capture_output=True, text=True)
    (logs / f"ctest-{name}.out").write_text(run.stdout + run.stderr)
    failed = re.search(r"^\d+ passed, (\d+) failed$", run.stdout, re.M)
    parts = [finding(log) for log in logs.glob(f"ctest-{name}-*.log")]
    found = None
    if failed is not None and parts and None not in parts:
        found = Finding(sum(part.errors for part in parts), sum(part.lost for part in parts), int(failed.group(1)))
    print(f"{library.name}: {name}: {found}", file=sys.stderr)
    return found


def c_test_findings(library, logs, names):
    """The C tests of these names on this library, as many at once as there are processors: name -> finding."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = pool.map(lambda name: c_test(library, logs, name), names)
        return {f"ctest {name}": found for name, found in zip(names, findings)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=TOP / "target/lib")
    parser.add_argument("tests", nargs="*", metavar="C-TEST", help="only these C tests, without curl")
    options = parser.parse_args()
    system, ours = Library("system"), Library("ours", options.library.resolve())

    with tempfile.TemporaryDirectory(prefix="ferrossl-") as name:
        directory = Path(name)
        subprocess.run([TOP / "tests/programs/pki.sh", directory / "pki"], check=True, timeout=120)

        logs = {library: TOP / "target/valgrind" / library.name for library in (system, ours)}
        for folder in logs.values():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)

        found_ours = {} if options.tests else curl_findings(ours, system, logs[ours], directory)
        tests = [source.stem for source in sorted(TOP.glob("ctests/*.c")) if re.search("^TEST", source.read_text(), re.M)]
        found_ours |= c_test_findings(ours, logs[ours], options.tests or tests)
        dirty = [name for name, mine in found_ours.items() if mine != CLEAN]
        found_system = {}
        if any(name.startswith("curl ") for name in dirty):
            found_system = curl_findings(system, system, logs[system], directory)
        suspects = [name.split()[1] for name in dirty if name.startswith("ctest ")]
        found_system |= c_test_findings(system, logs[system], suspects)

    worse = 0
    print(f"{'program':<48} {'errors':>15} {'bytes lost':>21} {'failed':>15}")
    print(f"{'':<48} {'ours':>7} {'system':>7} {'ours':>10} {'system':>10} {'ours':>7} {'system':>7}")
    for name, mine in found_ours.items():
        theirs = found_system.get(name, CLEAN)
        if theirs is None or mine is None:
            verdict, columns = "did not run", ""
        else:
            verdict = "WORSE" if any(ours > system for ours, system in zip(mine, theirs)) else ""
            columns = f"{mine.errors:>7} {theirs.errors:>7} {mine.lost:>10} {theirs.lost:>10}"
            columns += f" {mine.failed:>7} {theirs.failed:>7}"
        worse += bool(verdict)
        print(f"{name:<48} {columns} {verdict}".rstrip())
    print(f"{len(found_ours) - worse} programs as clean as on the system's library, {worse} not")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
