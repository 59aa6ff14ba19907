#!/usr/bin/python3
"""valgrind.py [--library DIRECTORY] [C-TEST...]: curl and the C tests under valgrind, on our libssl.

Prints for each program the errors and the bytes definitely lost; what is not clean runs on the system's libssl too.
Exits with 1 if ours has more of either than the system's, or if a program failed. The logs stay in target/valgrind. A
C test runs each of its cases in a process of its own, whose findings are added up; all of them take half an hour.
"""

import argparse
import collections
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
OPTIONS = ["--leak-check=full", "--errors-for-leak-kinds=none", "--num-callers=40"]

Finding = collections.namedtuple("Finding", "errors lost")


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


def c_test_findings(library, logs, names):
    """The C tests of these names, or all, on this library: name -> finding."""
    environment = dict(os.environ, RUNNER=" ".join(runner(logs / "ctest-%p.log")))
    with open(logs / "ctests.out", "w") as output:
        command = [TOP / "ctests/run.sh", library.directory or "system", *names]
        subprocess.run(command, env=environment, stdout=output, stderr=output, timeout=7200)
    findings = {}
    for log in logs.glob("ctest-*.log"):
        if command := re.search(r"Command: (\S+)", log.read_text(errors="replace")):
            name, added = f"ctest {Path(command.group(1)).name}", finding(log)
            before = findings.get(name, Finding(0, 0))
            whole = before is not None and added is not None
            findings[name] = Finding(before.errors + added.errors, before.lost + added.lost) if whole else None
    return findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=TOP / "target/lib")
    parser.add_argument("tests", nargs="*", metavar="C-TEST", help="only these C tests")
    options = parser.parse_args()
    system, ours = Library("system"), Library("ours", options.library.resolve())

    with tempfile.TemporaryDirectory(prefix="ferrossl-") as name:
        directory = Path(name)
        subprocess.run([TOP / "tests/programs/pki.sh", directory / "pki"], check=True, timeout=120)

        logs = {library: TOP / "target/valgrind" / library.name for library in (system, ours)}
        for folder in logs.values():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)

        found_ours = curl_findings(ours, system, logs[ours], directory)
        found_ours |= c_test_findings(ours, logs[ours], options.tests)
        dirty = [name for name, mine in found_ours.items() if mine != Finding(0, 0)]
        found_system = curl_findings(system, system, logs[system], directory) if dirty else {}
        if suspects := [name.split()[1] for name in dirty if name.startswith("ctest ")]:
            found_system |= c_test_findings(system, logs[system], suspects)

    worse = 0
    print(f"{'program':<48} {'errors':>15} {'bytes lost':>21}\n{'':<48} {'ours':>7} {'system':>7} {'ours':>10} {'system':>10}")
    for name, mine in found_ours.items():
        theirs = found_system.get(name, Finding(0, 0))
        if theirs is None or mine is None:
            verdict, columns = "did not run", ""
        else:
            verdict = "WORSE" if mine.errors > theirs.errors or mine.lost > theirs.lost else ""
            columns = f"{mine.errors:>7} {theirs.errors:>7} {mine.lost:>10} {theirs.lost:>10}"
        worse += bool(verdict)
        print(f"{name:<48} {columns} {verdict}".rstrip())
    print(f"{len(found_ours) - worse} programs as clean as on the system's library, {worse} not")
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
