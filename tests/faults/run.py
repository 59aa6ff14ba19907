#!/usr/bin/python3
"""Makes each call of libcrypto, and each of its allocations, fail in turn in handshakes. What must follow is an error or
success: no crash, no hang, no memory left behind, and the next handshake works.

usage: run.py --library DIR|system [--only SCENARIO] [--kind calls|memory]
"""
import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "target" / "faults"
# Without these a peer would be less thoroughly verified than the program wants: no connection may go on.
VERIFYING = re.compile(r"X509_VERIFY_PARAM_|X509_STORE_CTX_|X509_verify_cert|EVP_DigestVerify")
# What puts our own check of signatures into a verification: without it libcrypto's takes its place.
FASTER = re.compile(r"X509_STORE_CTX_(get_verify|set_verify|set_ex_data)$")
SCENARIOS = ["context", "tls13", "tls12", "tls13-client", "tls12-client", "tls12-dhe", "dtls12-client"]


def build(library):
    """The program and the shim for this library."""
    OUT.mkdir(parents=True, exist_ok=True)
    ctests = ROOT / "target" / "ctests"
    support = [str(ctests / f"{name}.o") for name in ("certs", "wire", "datagrams", "pair", "toy_provider")]
    test = OUT / "test.o"
    # The harness without its main().
    subprocess.run(["gcc", "-O1", "-g", "-Dmain=test_main", "-c", "-o", test, ROOT / "ctests" / "test.c"], check=True)
    subprocess.run(["gcc", "-O1", "-g", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", OUT / "handshakes",
                    ROOT / "tests/faults/handshakes.c", test, *support, "-lssl", "-lcrypto", "-pthread"], check=True)
    file = "/usr/lib/x86_64-linux-gnu/libssl.so.3" if library == "system" else os.path.join(library, "libssl.so.3")
    assembly = OUT / "shim.s"
    assembly.write_text(subprocess.run([sys.executable, ROOT / "tests/faults/shim.py", file], check=True, text=True,
                                       capture_output=True).stdout)
    subprocess.run(["gcc", "-O1", "-fPIC", "-shared", "-o", OUT / "shim.so", assembly, ROOT / "tests/faults/shim.c"], check=True)


def run(library, kind, scenario):
    """Runs one scenario to its end. How many faults there were, and what went wrong."""
    environment = dict(os.environ, OPENSSL_CONF="/dev/null", MALLOC_ARENA_MAX="1")
    if library != "system":
        environment["LD_LIBRARY_PATH"] = os.path.abspath(library)
    if kind == "calls":
        environment["LD_PRELOAD"] = str(OUT / "shim.so")
    first, faults, wrong, outcomes = 1, 0, [], collections.Counter()
    while True:
        process = subprocess.run([OUT / "handshakes", kind, scenario, str(first)], env=environment, capture_output=True,
                                 text=True, errors="replace")
        lines = process.stdout.splitlines()
        last = first - 1
        for line in lines:
            words = line.split()
            if words and words[0].isdigit():
                last = int(words[0])
                if len(words) == 3:
                    faults += 1
                    outcomes[words[2]] += 1
                    if words[2] == "well" and VERIFYING.match(words[1]) and not FASTER.match(words[1]):
                        wrong.append(f"{line}: went on without it")
            elif words and words[0] in ("leak", "silent", "broken", "wrong"):
                wrong.append(line)
        if lines and lines[-1] == "done":
            break
        if process.returncode not in (0, 4):
            wrong.append(f"ended with {process.returncode} at {last}: {process.stderr.strip()[-300:]}")
        if last < first or len(wrong) > 200:
            wrong.append(f"gave up at {last}")
            break
        first = last + 1
    return faults, wrong, outcomes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--only")
    parser.add_argument("--kind", choices=["calls", "memory"])
    options = parser.parse_args()
    build(options.library)
    bad = total = 0
    for kind in [options.kind] if options.kind else ["calls", "memory"]:
        for scenario in [options.only] if options.only else SCENARIOS:
            faults, wrong, outcomes = run(options.library, kind, scenario)
            total += faults
            bad += len(wrong)
            print(f"{kind} {scenario}: {faults} faults, {outcomes['error']} errors, {outcomes['well']} without consequence, "
                  f"{len(wrong)} wrong", flush=True)
            for line in wrong[:40]:
                print(f"    {line}")
    print(f"{total} faults, {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
