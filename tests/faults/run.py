#!/usr/bin/python3
"""Makes each call of libcrypto, and each of its allocations, fail in turn, in connections and in what programs do around them. What
must follow is an error or success: no crash, no hang, no memory left behind, and the next time all works.

usage: run.py --library DIR|system [--only SCENARIO] [--kind calls|negative|memory] [--most COUNT|all] [--seed N] [--wells]

"calls" fails with the answer that stands for failure; "negative" with the second one, of functions that have two (0 and -1, say);
"memory" are libcrypto's allocations, of which each k-th fails, so that there are no more than COUNT (2000) in a scenario; which of
the k, --seed (1) says. --wells prints which failures had no consequence.
"""
import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys

import shim

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "target" / "faults"
# Without these a peer would be less thoroughly verified than the program wants: no connection may go on.
VERIFYING = re.compile(r"X509_VERIFY_PARAM_|X509_STORE_CTX_|X509_verify_cert|EVP_DigestVerify|SCT_LIST_validate|CT_POLICY_EVAL_CTX_|SRP_Calc")
# What puts our own check of signatures into a verification: without it libcrypto's takes its place.
FASTER = re.compile(r"X509_STORE_CTX_set_ex_data$")

# What libcrypto does not survive without memory: what it opens by a URI (the next OSSL_STORE_open() crashes), and its own beginning (it
# lacks algorithms then, or crashes in OSSL_PROVIDER_do_all()), on the system's library as well.
NEED_MEMORY = {"verify-settings", "conf", "first"}


def build(library):
    """The program and the shim for this library; the names of the functions that can fail."""
    OUT.mkdir(parents=True, exist_ok=True)
    ctests = ROOT / "target" / "ctests"
    support = [str(ctests / f"{name}.o") for name in ("certs", "timestamps", "wire", "datagrams", "pair", "toy_provider")]
    test = OUT / "test.o"
    # The harness without its main(); the end of a failed check can be told.
    subprocess.run(["gcc", "-O1", "-g", "-Dmain=test_main", "-D_exit=exit", "-c", "-o", test, ROOT / "ctests" / "test.c"], check=True)
    sources = [ROOT / "tests" / "faults" / f"{name}.c" for name in ("handshakes", "connections", "calls")]
    subprocess.run(["gcc", "-O1", "-g", "-std=c11", "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Werror", f'-DCERTS_DIR="{ctests}/certs"',
                    "-o", OUT / "handshakes", *sources, test, *support, "-lssl", "-lcrypto", "-pthread"], check=True)
    file = "/usr/lib/x86_64-linux-gnu/libssl.so.3" if library == "system" else os.path.join(library, "libssl.so.3")
    assembly = OUT / "shim.s"
    assembly.write_text(subprocess.run([sys.executable, ROOT / "tests/faults/shim.py", file], check=True, text=True,
                                       capture_output=True).stdout)
    subprocess.run(["gcc", "-O1", "-fPIC", "-shared", "-o", OUT / "shim.so", assembly, ROOT / "tests/faults/shim.c"], check=True)
    return shim.names_of(file)


def run(library, kind, scenario, options):
    """Runs one scenario to its end. The functions that failed with an error and without consequence, and what went wrong."""
    # The default CA certificates are one; backtraces of panics would take longer than all else. What a thread's cache of malloc()
    # holds counts as used: it would look like a leak while it fills.
    environment = dict(os.environ, OPENSSL_CONF="/dev/null", MALLOC_ARENA_MAX="1", GLIBC_TUNABLES="glibc.malloc.tcache_count=0",
                       RUST_BACKTRACE="0", SSL_CERT_DIR=str(OUT), SSL_CERT_FILE=str(ROOT / "target/ctests/certs/root.pem"))
    if library != "system":
        environment["LD_LIBRARY_PATH"] = os.path.abspath(library)
    if kind != "memory":
        environment["LD_PRELOAD"] = str(OUT / "shim.so")
    step = 1
    if kind == "memory" and options.most:
        count = subprocess.run([OUT / "handshakes", "count", scenario], env=environment, capture_output=True, check=True, cwd=OUT)
        step = -(-int(count.stdout) // options.most)
    known, found = known_faults(scenario), set()
    first, wrong, outcomes = 1 + (options.seed - 1) % step, [], {"error": collections.Counter(), "well": collections.Counter()}
    while True:
        process = subprocess.run([OUT / "handshakes", kind, scenario, str(first), str(step)], env=environment,
                                 capture_output=True, text=True, errors="replace", cwd=OUT)
        lines = process.stdout.splitlines()
        last = 0
        for line in lines:
            words = line.split()
            if words and words[0].isdigit():
                last = int(words[0])
                if len(words) == 3:
                    outcomes[words[2]][words[1]] += 1
                    if words[2] == "well" and VERIFYING.match(words[1]) and not FASTER.match(words[1]):
                        wrong.append(f"{line}: went on without it")
            elif words and words[0] in ("leak", "silent", "broken", "wrong"):
                function = words[2].rstrip(":")
                if "signal" in words:
                    outcomes["error"][function] += 1
                if library != "system" and function in known:
                    found.add(function)
                else:
                    wrong.append(line)
        if lines and lines[-1] == "done":
            break
        if process.returncode not in (0, 4):
            wrong.append(f"ended with {process.returncode} at {last}: {(process.stdout[-300:] + process.stderr[-300:]).strip()}")
        if last < first or len(wrong) > 200:
            wrong.append(f"gave up at {last}")
            break
        first = last + step
    # What is known of allocations does not show in every sample, nor every time.
    if kind == "calls" and library != "system":
        gone = known - found - {"allocation"}
        wrong += [f"{function} stands in known.txt, but nothing is wrong with it any more" for function in gone]
    return outcomes, wrong


def known_faults(scenario):
    """The functions whose failure is known to have a wrong consequence in the scenario."""
    lines = [line.split(maxsplit=2) for line in (ROOT / "tests/faults/known.txt").read_text().splitlines()]
    return {words[1] for words in lines if words and words[0] == scenario}


def check_never(names, failed):
    """Every function that can fail did so, or never.txt says why it does not; no more than that stands there."""
    listed = dict(line.split(maxsplit=1) for line in (ROOT / "tests/faults/never.txt").read_text().splitlines()
                  if line and not line.startswith("#"))
    never = [name for name in names if name not in failed]
    print(f"{len(names)} functions can fail, {len(names) - len(never)} did; not: {' '.join(never)}")
    wrong = [f"{name} never failed, and never.txt does not say why" for name in never if name not in listed]
    return wrong + [f"{name} stands in never.txt, but failed" for name in listed if name in failed]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--only")
    parser.add_argument("--kind", choices=["calls", "negative", "memory"])
    parser.add_argument("--most", type=lambda text: None if text == "all" else int(text), default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wells", action="store_true")
    options = parser.parse_args()
    names = build(options.library)
    scenarios = subprocess.run([OUT / "handshakes", "list"], check=True, capture_output=True, text=True).stdout.split()
    total, bad = 0, []
    wells, failed = {}, set()
    for kind in [options.kind] if options.kind else ["calls", "negative", "memory"]:
        for scenario in [options.only] if options.only else scenarios:
            if kind == "memory" and scenario in NEED_MEMORY:
                continue
            outcomes, wrong = run(options.library, kind, scenario, options)
            if kind == "calls":
                wells[scenario] = outcomes["well"]
                failed |= outcomes["error"].keys() | outcomes["well"].keys()
            elif kind == "negative" and scenario in wells:
                wrong += [f"{name}: an error with one answer, well with the other"
                          for name in outcomes["well"] - wells[scenario]]
            faults = sum(sum(counter.values()) for counter in outcomes.values())
            total += faults
            bad += [f"{kind} {scenario}: {line}" for line in wrong]
            print(f"{kind} {scenario}: {faults} faults, {sum(outcomes['error'].values())} errors, "
                  f"{sum(outcomes['well'].values())} without consequence, {len(wrong)} wrong", flush=True)
            if options.wells:
                print("    " + " ".join(f"{name}:{count}" for name, count in sorted(outcomes["well"].items())))
    if failed and not options.only and options.library != "system":
        bad += check_never(names, failed)
    # At the end, where a reader of a long log finds it.
    for line in bad:
        print(line)
    print(f"{total} faults, {len(bad)} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
