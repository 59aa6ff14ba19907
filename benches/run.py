#!/usr/bin/python3
"""run.py [--library DIRECTORY] [--long] [--only REGEX] [--tsv FILE]: sslbench on the system's libssl (A) and on ours (B).

Each variant on its own is run A B A, A B A, ... so that what is compared lies within a second or so: on a shared machine
the speed drifts by a third over a minute. Printed are Markdown tables with the medians and, in brackets, the median of
the rounds' ratios, turned so that more than 1 means that ours is better, and the goal where there is one. The column
`noise` is the null control: the same ratio of A's second run to its first, farthest from 1 among the row's figures. A ratio
no farther from 1 than that tells nothing. The same figures go to a file of tab-separated values, one a line, from which
report.py makes docs/PERFORMANCE.md. The default takes about twelve minutes; --long, or BENCH_LONG=1, runs every variant and
takes about an hour and a half.
"""

import argparse
import collections
import datetime
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from goals import goal

HERE = Path(__file__).resolve().parent
QUICK = (
    r"hs\..*\.full\..*\.(X25519|P-256)\.(verify|unseen)"
    r"|hs\.tls13\.full\.ecdsa\.X25519\.noverify"
    r"|hs\..*\.X25519MLKEM768\..*"
    r"|hs\..*\.resume\..*"
    r"|hs\..*(seen|never|newleaf).*"
    r"|bulk\.(pair|tcp)\.tls13\.TLS_AES_128_GCM_SHA256\..*"
    r"|bulk\.(pair|tcp)\.tls13\.(TLS_AES_256|TLS_CHACHA).*\.(16384|1024|100)"
    r"|bulk\.pair\.tls12\..*\.(16384|1024|100)"
    r"|mem\..*"
    r"|churn\..*"
    r"|threads\.(tls13\.ticket|tls12\.id)\..*"
    r"|library\..*"
)
TITLES = {
    "hs": "Handshakes, client and server in one process over memory: CPU time of each side",
    "bulk": "Bulk data: pair is a BIO pair, tcp and unix are sockets; the last part is the bytes of one SSL_write",
    "mem": "Memory of one idle connection, among thousands",
    "churn": "Contexts and connections made and freed",
    "threads": "Threads that share one server context, x1 and x2 of them, and as many processes that share nothing",
    "library": "The library itself: what loading it adds to the time of `true`, and its size without symbols",
}
COLUMNS = ["measure", "variant", "metric", "unit", "system", "ferrossl", "ratio", "noise", "goal"]

Figure = collections.namedtuple("Figure", "value unit")
Row = collections.namedtuple("Row", COLUMNS)


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

    def __init__(self, binary, certificates, library, seconds, connections):
        self._command = [binary, "-c", certificates, "-d", str(seconds), "-n", str(connections)]
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
    """Runs one variant; returns a row for each of its figures, or None if ours failed."""
    samples = [(system.measure(name), ours.measure(name), system.measure(name)) for _ in range(rounds)]
    mine = [sample[1] for sample in samples]
    if any(each is None for each in mine):
        return None
    measure, variant = name.split(".", 1)
    rows = []
    for metric, (_, unit) in mine[0].items():
        if metric == "kept":
            continue
        value = statistics.median(each[metric].value for each in mine)
        reference = ratio = noise = float("nan")
        if samples[0][0] is not None and metric in samples[0][0]:
            reference = statistics.median(each[metric].value for first, _, last in samples for each in (first, last))
            ratio = statistics.median(better(b[metric], a[metric]) for a, b, _ in samples)
            noise = statistics.median(better(last[metric], first[metric]) for first, _, last in samples)
        goals = goal(measure, variant, metric)
        rows.append(Row(measure, variant, metric, unit, reference, value, ratio, noise, goals))
    return rows


def loading(library):
    """The microseconds of CPU that `true` takes with this library loaded into it, and those without it."""
    times = []
    for preload in (str(library), ""):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["/bin/true"], env={**environment, "LD_PRELOAD": preload}, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6)
    return times


def compare_loading(libraries, rounds):
    """A row for the time that loading takes. What the machine does in between is left out by taking medians of differences."""
    samples = [[loading(each) for each in (*libraries, libraries[0])] for _ in range(rounds)]
    theirs, mine, again = (statistics.median(loaded - bare for loaded, bare in each) for each in zip(*samples))
    return Row("library", "loading", "added", "us", theirs, mine, theirs / mine, theirs / again, None)


def stripped_size(library):
    """The bytes of a library without its symbols."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / "library"
        subprocess.run(["strip", "-o", copy, Path(library).resolve()], check=True)
        return copy.stat().st_size


def library_rows(ours, pattern):
    """The rows of the library itself."""
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"libssl\.so\.3 .*=> (\S+)", listed)
    if not found:
        return []
    libraries = [Path(found[1]), ours / "libssl.so.3"]
    rows = []
    if re.search(pattern, "library.loading"):
        rows.append(compare_loading(libraries, 50))
    if re.search(pattern, "library.stripped"):
        theirs, mine = (stripped_size(each) / 1e6 for each in libraries)
        rows.append(Row("library", "stripped", "size", "MB", theirs, mine, theirs / mine, 1.0, None))
    return rows


def cell(row):
    """A figure as a table shows it."""
    if row.ratio != row.ratio:
        return f"– → {number(row.ferrossl)}"
    wanted = f", goal {row.goal:.2f}" if row.goal else ""
    return f"{number(row.system)} → {number(row.ferrossl)} ({row.ratio:.2f}{wanted})"


def table(measure, rows):
    """One Markdown table: a row a variant, a column a metric."""
    columns = list(dict.fromkeys(f"{row.metric} {row.unit}" for row in rows))
    lines = [f"\n**{TITLES[measure]}** (system → FerroSSL)\n", f"| {measure} | {' | '.join(columns)} | noise |"]
    lines.append("|---" * (len(columns) + 2) + "|")
    for variant in dict.fromkeys(row.variant for row in rows):
        mine = {f"{row.metric} {row.unit}": row for row in rows if row.variant == variant}
        noises = [row.noise for row in mine.values() if row.noise == row.noise] or [1.0]
        noise = max(noises, key=lambda each: abs(each - 1))
        cells = [cell(mine[column]) if column in mine else "" for column in columns]
        lines.append(f"| {variant} | {' | '.join(cells)} | {noise:.2f} |")
    return "\n".join(lines)


def processor():
    """The machine's processor and how many of it."""
    text = Path("/proc/cpuinfo").read_text()
    models = re.findall(r"^model name\s*: (.*)$", text, re.MULTILINE)
    flags = re.search(r"^flags\s*: (.*)$", text, re.MULTILINE)
    vectors = [each for each in ("avx2", "avx512f", "vaes") if flags and each in flags[1].split()]
    return f"{len(models)} × {models[0]} ({', '.join(vectors)})" if models else "unknown processor"


def headline():
    """The day, the machine and the system's library, on one line."""
    version = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    return f"{datetime.date.today()}, {processor()}, against OpenSSL {version}"


def write_tsv(path, head, rows):
    """All figures, one a line, behind a comment that says where they were taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        print(f"# {head}", file=file)
        print("\t".join(COLUMNS), file=file)
        for row in rows:
            values = [f"{each:.5g}" if isinstance(each, float) else each or "" for each in row]
            print("\t".join(map(str, values)), file=file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=HERE.parent / "target/lib", help="directory of our libssl.so.3")
    parser.add_argument("--long", action="store_true", default=os.environ.get("BENCH_LONG", "") not in ("", "0"))
    parser.add_argument("--only", default="", help="only the variants that match this regular expression")
    parser.add_argument("--tsv", type=Path, default=HERE.parent / "target/bench/results.tsv")
    options = parser.parse_args()

    binary, certificates = build()
    seconds, rounds, connections = (0.3, 9, 10000) if options.long else (0.15, 5, 2000)
    system = Bench(binary, certificates, None, seconds, connections)
    ours = Bench(binary, certificates, options.library.resolve(), seconds, connections)
    names = system.output("-l")
    if not options.long and not options.only:
        names = [name for name in names if re.fullmatch(QUICK, name)]
    names = [name for name in names if re.search(options.only, name)]

    head = headline()
    print(head)
    everything, failed = [], []
    for measure in TITLES:
        rows = []
        for name in names:
            if name.startswith(measure + "."):
                # Memory hardly varies from run to run, and takes long.
                found = compare(name, system, ours, 1 if measure == "mem" else rounds)
                failed += [name] if found is None else []
                rows += found or []
        if measure == "library":
            rows = library_rows(options.library.resolve(), options.only)
        if rows:
            print(table(measure, rows))
            sys.stdout.flush()
        everything += rows
    write_tsv(options.tsv, head, everything)
    for name in failed:
        print(f"FAILED: {name}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
