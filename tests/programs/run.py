#!/usr/bin/python3
"""run.py [--library DIRECTORY|system] [--only TEXT] [--list]: the program tests.

Every case runs in three pairings of client and server library (ours/ours, ours/system, system/ours) for TLS 1.3 and
TLS 1.2; with `--library system` it runs with the system's library on both sides, which checks the tests themselves.
Prints one line a case and at the end `N passed, N failed`; exits with 1 if any failed.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import curl_nginx  # noqa: F401 (each of these registers its cases)
import openssl_dtls  # noqa: F401
import openssl_old_versions  # noqa: F401
import openssl_psk  # noqa: F401
import openssl_sessions  # noqa: F401
import openssl_extensions  # noqa: F401
import openssl_tools  # noqa: F401
import python_ssl  # noqa: F401
from harness import CASES, Failure, Library, Setting

CASE_SECONDS = 180


def out_of_time(*_):
    """The alarm's handler."""
    raise Failure(f"not done in {CASE_SECONDS} s")


def run(case, setting):
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


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", default=here.parent.parent / "target/lib", help="directory of libssl.so.3, or system")
    parser.add_argument("--only", default="", help="only the lines (pairing, version, title) that contain this")
    parser.add_argument("--list", action="store_true", help="only print what would run")
    options = parser.parse_args()

    system = Library("system")
    if str(options.library) == "system":
        pairings = [(system, system)]
    else:
        ours = Library("ours", Path(options.library).resolve())
        if not options.list and not os.path.exists(ours.file):
            sys.exit(f"{ours.file} does not exist: run make first")
        pairings = [(ours, ours), (ours, system), (system, ours)]

    signal.signal(signal.SIGALRM, out_of_time)
    passed = failed = 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as directory:
        top = Path(directory)
        pki = top / "pki"
        if not options.list:
            subprocess.run([here / "pki.sh", pki], check=True, timeout=120)
        for case in CASES:
            for client, server in pairings:
                for version in case.versions:
                    line = f"{client.name}/{server.name} {version} {case.title}"
                    if options.only not in line:
                        continue
                    if options.list:
                        print(line)
                        continue
                    begun = time.monotonic()
                    problem = run(case, Setting(client, server, version, pki, top / "scratch"))
                    seconds = time.monotonic() - begun
                    if problem is None:
                        passed += 1
                        print(f"ok    {line} ({seconds:.1f} s)", flush=True)
                    else:
                        failed += 1
                        indented = problem.strip().replace("\n", "\n      ")
                        print(f"FAIL  {line} ({seconds:.1f} s)\n      {indented}", flush=True)
    if not options.list:
        print(f"program tests took {time.monotonic() - started:.0f} s")
        print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
