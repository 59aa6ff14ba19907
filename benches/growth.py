#!/usr/bin/python3
"""growth.py [--library DIRECTORY] [--long] [--only TEXT] [--write]: what operations cost against how many things there are.

Runs growth.c on the system's libssl and on ours, and prints a Markdown table for each measure: contexts that the server
name chooses, sessions in the cache, names of CAs that a server sends, certificates in its chain, writes that take turns.
`contexts` and `sessions` tell the cost of one, so that a column that does not grow is linear in all. --long goes to
10,000,000 sessions, for which OpenSSL takes 16 GB of memory. --write puts the tables into docs/PERFORMANCE.md and draws
the sessions in docs/growth.svg.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from page import DOCS, put
from plot import plot
from run import HERE, build, headline, number

# Seconds for one run.
LONGEST = 300
NUMBERS = {
    "contexts": [100, 1000, 10000],
    "sessions": [1000, 10000, 100000, 1000000],
    "names": [1, 10, 100, 500],
    "chain": [1, 2, 5, 10],
    "writes": [100, 10000, 100000],
}


def measure(binary, certificates, library, name, count):
    """One run's figures by metric and unit; {} if it failed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LD_")}
    if library is not None:
        environment["LD_LIBRARY_PATH"] = str(library)
    command = [binary, certificates, name, str(count)]
    try:
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        print(f"growth {name} {count}: more than {LONGEST} s", file=sys.stderr)
        return {}
    if result.returncode != 0:
        print(f"growth {name} {count}: {result.stderr.strip()[-300:] or result.returncode}", file=sys.stderr)
        return {}
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    return {f"{metric} {unit}": float(value) for _, _, metric, value, unit in rows}


def table(name, rows):
    """A Markdown table of one measure: `rows` has the figures of both libraries by how many things there are."""
    metrics = next(iter(rows.values()))[1]
    lines = [f"| {name} (system → FerroSSL) | {' | '.join(metrics)} |", "|---" * (len(metrics) + 1) + "|"]
    for count, (theirs, ours) in rows.items():
        cells = [f"{number(theirs.get(each, float('nan')))} → {number(ours.get(each, float('nan')))}" for each in metrics]
        lines.append(f"| {count:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def points(rows, metric):
    """What `plot` takes of one metric."""
    libraries = enumerate(("system", "FerroSSL"))
    return {name: [(count, row[each][metric]) for count, row in rows.items() if metric in row[each]] for each, name in libraries}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=HERE.parent / "target/lib", help="directory of our libssl.so.3")
    parser.add_argument("--long", action="store_true", help="ten million sessions as well")
    parser.add_argument("--only", default="", help="only the measures whose name contains this")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/PERFORMANCE.md and draw docs/growth.svg")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write takes all measures")
    _, certificates = build()
    binary = certificates.parent / "growth"
    command = ["cc", "-std=c11", "-Wall", "-Wextra", "-O2", "-o", binary, HERE / "growth.c", "-lssl", "-lcrypto"]
    subprocess.run(command, check=True)
    if options.long:
        NUMBERS["sessions"].append(10_000_000)

    head = headline()
    print(head)
    everything = {}
    for name, counts in NUMBERS.items():
        if options.only not in name:
            continue
        libraries = (None, options.library.resolve())
        everything[name] = {count: [measure(binary, certificates, each, name, count) for each in libraries] for count in counts}
        print(f"\n{table(name, everything[name])}", flush=True)
    if not all(ours for rows in everything.values() for _, ours in rows.values()):
        sys.exit(1)
    if options.write:
        put("growth", "\n\n".join([head, *(table(name, rows) for name, rows in everything.items())]))
        metrics = next(iter(everything["sessions"].values()))[1]
        panels = {metric: points(everything["sessions"], metric) for metric in metrics}
        (DOCS / "growth.svg").write_text(plot(f"What one session in a cache takes, against how many there are: {head}", panels))


if __name__ == "__main__":
    main()
