"""Runs cases in all pairings of libraries and versions, prints a line for each, and counts."""

import argparse
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import CASES, Case, Failure, Library, Setting

HERE = Path(__file__).resolve().parent
CASE_SECONDS = 180


@dataclasses.dataclass(frozen=True)
class Result:
    """How one case went with one pairing and version; `problem` is None if it passed."""

    case: Case
    pairing: str
    version: str
    problem: str | None


def arguments(description):
    """A parser of the options that all runs of cases share."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--library", default=HERE.parent.parent / "target/lib", help="directory of libssl.so.3, or system")
    parser.add_argument("--only", default="", help="only the lines (pairing, version, title) that contain this")
    parser.add_argument("--without", default=[], action="append", help="not the lines that contain this")
    parser.add_argument("--list", action="store_true", help="only print what would run")
    return parser


def pairings(library):
    """Client's and server's library of each run: the given one on both sides and on each; or the system's alone."""
    system = Library("system")
    if str(library) == "system":
        return [(system, system)]
    ours = Library("ours", Path(library).resolve())
    if not os.path.exists(ours.file):
        sys.exit(f"{ours.file} does not exist: run make first")
    return [(ours, ours), (ours, system), (system, ours)]


def out_of_time(*_):
    """The alarm's handler."""
    raise Failure(f"not done in {CASE_SECONDS} s")


def run_case(case, setting):
    """Runs one case in a fresh directory; returns what went wrong, or None."""
    setting.scratch.mkdir()
    signal.alarm(CASE_SECONDS)
    try:
        case.function(setting)
        return None
    except Failure as failure:
        return str(failure)
    except Exception as error:  # a broken test is a failed test
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
        shutil.rmtree(setting.scratch, ignore_errors=True)


def run(options, title, short=False):
    """Runs all registered cases that the options ask for; returns their results.

    A short run takes the first of the pairings and the first of a case's versions alone.
    """
    chosen = []
    end = 1 if short else None
    for case in CASES:
        for client, server in pairings(options.library)[:end]:
            for version in case.versions[:end]:
                line = f"{client.name}/{server.name} {version} {case.title}"
                if options.only in line and not any(text in line for text in options.without):
                    chosen.append((line, case, client, server, version))
    if options.list:
        print("\n".join(line for line, *_ in chosen))
        return []

    signal.signal(signal.SIGALRM, out_of_time)
    results = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as directory:
        top = Path(directory)
        top.chmod(0o755)  # servers that run as another user look in here
        subprocess.run([HERE / "pki.sh", top / "pki"], check=True, timeout=120)
        for line, case, client, server, version in chosen:
            begun = time.monotonic()
            problem = run_case(case, Setting(client, server, version, top / "pki", top / "scratch"))
            seconds = time.monotonic() - begun
            results.append(Result(case, f"{client.name}/{server.name}", version, problem))
            if problem is None:
                print(f"ok    {line} ({seconds:.1f} s)", flush=True)
            else:
                indented = problem.strip().replace("\n", "\n      ")
                print(f"FAIL  {line} ({seconds:.1f} s)\n      {indented}", flush=True)
    failed = sum(result.problem is not None for result in results)
    print(f"{title} took {time.monotonic() - started:.0f} s")
    print(f"{len(results) - failed} passed, {failed} failed")
    return results


def all_passed(results):
    """Whether none failed."""
    return all(result.problem is None for result in results)
