#!/usr/bin/python3
"""run.py [--library DIRECTORY] [--long] [--only REGEX]: sslbench on the system's libssl (A) and on ours (B).

Each variant on its own is run A B A, A B A, ... so that what is compared lies within a second or so: on a shared machine
the speed drifts by a third over a minute. Printed are Markdown tables with the medians and, in brackets, the median of
the rounds' ratios, turned so that more than 1 means that ours is better. The column `noise` is the same ratio of A's
second run to its first, farthest from 1 among the row's figures: a ratio no farther from 1 than that tells nothing.
The default takes about four minutes; --long, or BENCH_LONG=1, runs every variant and takes about an hour.
"""

import argparse
import collections
import datetime
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
QUICK = (
    r"hs\..*\.full\..*\.(X25519|P-256)\.verify"
    r"|hs\..*\.X25519MLKEM768\..*"
    r"|hs\..*\.resume\..*"
    r"|bulk\.(pair|tcp)\.tls13\..*"
    r"|bulk\.pair\.tls12\.ECDHE-RSA-AES128-GCM-SHA256\..*"
    r"|mem\.tls13\.handshake|mem\.tls1[23]\.traffic"
)
TITLES = {
    "hs": "Handshakes, client and server in one process over memory: CPU time of each side",
    "bulk": "Bulk data: pair is a BIO pair, tcp and unix are sockets; the last part is the bytes of one SSL_write",
    "mem": "Memory of one idle connection, among 10,000",
    "churn": "Contexts and connections made and freed",
    "threads": "Threads sharing one server context",
}

Figure = collections.namedtuple("Figure", "value unit")


def build():
    """Compiles sslbench and makes its certificates under target/bench."""
    directory = HERE.parent / "target/bench"
    directory.mkdir(parents=True, exist_ok=True)
    binary, source = directory / "sslbench", HERE / "sslbench.c"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        warnings = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic"]
        libraries = ["-lssl", "-lcrypto", "-lpthread"]
        subprocess.run(["cc", "-O2", "-g", *warnings, "-o", binary, source, *libraries], check=True)
    certificates = directory / "certs"
    if not (certificates / "rsa-chain.pem").exists():
        subprocess.run([HERE / "gencerts.sh", certificates], check=True, stderr=subprocess.DEVNULL)
    return binary, certificates


class Bench:
    """sslbench with one of the two libraries."""

    def __init__(self, binary, certificates, library, seconds):
        self._command = [binary, "-c", certificates, "-d", str(seconds)]
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
        if library is not None:
            self._environment["LD_LIBRARY_PATH"] = str(library)

    def output(self, *options):
        """Runs it; returns the lines it printed, or None if it failed."""
        result = subprocess.run(
            [*self._command, *options], env=self._environment, capture_output=True, text=True, timeout=600
        )
        if result.returncode != 0:
            print(f"sslbench {' '.join(options)}: {result.stderr.strip()[-500:] or result.returncode}", file=sys.stderr)
            return None
        return result.stdout.splitlines()

    def measure(self, name):
        """The figures of one variant by their metric; {} if the library lacks it, None if it failed."""
        lines = self.output("-m", name.split(".")[0], "-x", name)
        if lines is None:
            return None
        rows = [line.split("\t") for line in lines if not line.startswith("#")]
        return {metric: Figure(float(value), unit) for _, _, metric, value, unit, _ in rows}


def better(figure, other):
    """How many times better a figure is than another of the same metric."""
    if not (figure.value and other.value):
        return float("nan")
    return figure.value / other.value if figure.unit.endswith("/s") else other.value / figure.value


def number(value):
    """Four digits, never with an exponent."""
    return f"{value:.0f}" if value >= 1000 else f"{value:.4g}"


def compare(name, system, ours, rounds):
    """Runs one variant; returns its row of the table."""
    samples = [(system.measure(name), ours.measure(name), system.measure(name)) for _ in range(rounds)]
    mine = [sample[1] for sample in samples]
    if any(each is None for each in mine):
        return {}, "FAILED"
    cells, noise = {}, [1.0]
    for metric in mine[0]:
        if metric == "kept":
            continue
        unit = mine[0][metric].unit
        value = statistics.median(each[metric].value for each in mine)
        if samples[0][0] is None or metric not in samples[0][0]:
            cells[f"{metric} {unit}"] = f"– → {number(value)}"
            continue
        reference = statistics.median(each[metric].value for first, _, last in samples for each in (first, last))
        ratio = statistics.median(better(b[metric], a[metric]) for a, b, _ in samples)
        noise.append(statistics.median(better(last[metric], first[metric]) for first, _, last in samples))
        cells[f"{metric} {unit}"] = f"{number(reference)} → {number(value)} ({ratio:.2f})"
    return cells, f"{max(noise, key=lambda each: abs(each - 1)):.2f}"


def print_table(measure, rows):
    """One Markdown table: a row a variant, a column a metric."""
    columns = list(dict.fromkeys(column for cells, _ in rows.values() for column in cells))
    print(f"\n**{TITLES[measure]}** (system → FerroSSL)\n")
    print(f"| {measure} | {' | '.join(columns)} | noise |")
    print("|---" * (len(columns) + 2) + "|")
    for name, (cells, noise) in rows.items():
        print(f"| {name} | {' | '.join(cells.get(column, '') for column in columns)} | {noise} |")


def processor():
    """The machine's processor and how many of it."""
    text = Path("/proc/cpuinfo").read_text()
    models = re.findall(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return f"{len(models)} × {models[0]}" if models else "unknown processor"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=HERE.parent / "target/lib", help="directory of our libssl.so.3")
    parser.add_argument("--long", action="store_true", default=os.environ.get("BENCH_LONG", "") not in ("", "0"))
    parser.add_argument("--only", default="", help="only the variants that match this regular expression")
    options = parser.parse_args()

    binary, certificates = build()
    seconds, rounds = (0.3, 9) if options.long else (0.1, 5)
    system = Bench(binary, certificates, None, seconds)
    ours = Bench(binary, certificates, options.library.resolve(), seconds)
    names = system.output("-l")
    if not options.long and not options.only:
        names = [name for name in names if re.fullmatch(QUICK, name)]
    names = [name for name in names if re.search(options.only, name)]

    version = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    print(f"{datetime.date.today()}, {processor()}, against OpenSSL {version}")
    failed = False
    for measure in TITLES:
        rows = {}
        for name in names:
            if name.startswith(measure + "."):
                # Memory hardly varies from run to run, and takes long.
                row = compare(name, system, ours, 1 if measure == "mem" else rounds)
                failed |= row[1] == "FAILED"
                if row[0] or row[1] == "FAILED":
                    rows[name.removeprefix(measure + ".")] = row
        if rows:
            print_table(measure, rows)
            sys.stdout.flush()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
