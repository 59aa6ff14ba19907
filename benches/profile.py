#!/usr/bin/python3
"""profile.py [--library DIRECTORY] [--seconds N] [--write] [VARIANT...]: where the time of rows of the benchmark goes.

Without variants (`sslbench -l`), of those of which a side misses its goal in what run.py measured last: both sides. `perf record`
takes samples of sslbench on our library. A sample is credited to what our own code called when it was taken: AWS-LC, libcrypto,
libc, with which the little that is sslbench's own is counted; to the kernel if it was there; else to our own. The sides of a
connection are told apart by the functions of sslbench. The last column is what the ratio would be if our own code took no time at
all. --write puts the table into docs/PERFORMANCE.md.
"""

import argparse
import collections
import csv
import re
import subprocess
import tempfile
from pathlib import Path

from page import put
from run import HERE, build, headline

PARTS = ("AWS-LC", "libcrypto", "libc and sslbench", "kernel", "our own")
FRAME = re.compile(r"^\s+[0-9a-f]+ (.*) \((.*)\)$")
AWS_LC = re.compile(r"^aws_lc_\d+_\d+_\d+_")
# How the names of sslbench's functions begin, and the metric that they belong to.
SIDES = {
    "hs": {"side_client": "client", "side_server": "server"},
    "bulk": {"side_send": "send", "side_receive": "recv"},
    "churn": {"server_ctx": "cpu", "churn_": "cpu"},
}


def part_of(symbol, library):
    """Whose code a frame is."""
    if library.startswith("[kernel"):
        return "kernel"
    if "libcrypto" in library:
        return "libcrypto"
    if "libssl" in library:
        return "AWS-LC" if AWS_LC.match(symbol) else "our own"
    return "libc and sslbench"


def credit(frames, sides):
    """The side, the part and the call that a sample, its innermost frame first, is credited to; None if it is of no side."""
    for depth, (symbol, _) in enumerate(frames):
        side = next((name for prefix, name in sides.items() if symbol.startswith(prefix)), None)
        if side is not None:
            break
    else:
        # Private keys are used on a stack of their own, in these benchmarks by servers alone.
        is_signing = "server" in sides.values() and frames[-1][0] != "_start" and part_of(*frames[0]) == "AWS-LC"
        return ("server", "AWS-LC", "signing") if is_signing else None
    if part_of(*frames[0]) == "kernel":
        return side, "kernel", "kernel"
    outside = [frame for frame in frames[:depth] if part_of(*frame) != "our own"]
    if not outside:
        return side, "our own", "our own"
    part = part_of(*outside[-1])
    # The outermost that has a name.
    names = (symbol for symbol, _ in reversed(outside) if symbol != "[unknown]")
    return side, part, AWS_LC.sub("", next(names, part))


def samples(library, variant, seconds):
    """How many samples each side, part and call of one variant has."""
    binary, certificates = build()
    with tempfile.NamedTemporaryFile() as data:
        measure = variant.partition(".")[0]
        command = [binary, "-c", certificates, "-m", measure, "-x", variant, "-d", str(seconds)]
        record = ["perf", "record", "-q", "-F", "1500", "--call-graph", "dwarf,16384", "-o", data.name]
        environment = ["env", f"LD_LIBRARY_PATH={library}"]
        subprocess.run([*environment, *record, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        script = ["perf", "script", "--no-inline", "-i", data.name, "-F", "comm,ip,sym,dso"]
        text = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    counts = collections.Counter()
    for sample in text.split("\n\n"):
        frames = [match.groups() for match in map(FRAME.match, sample.split("\n")) if match]
        where = credit(frames, SIDES[measure]) if frames else None
        if where is not None:
            counts[where] += 1
    return counts


def figures(path):
    """Of each variant and metric that was measured the ratio, and the goal or 1."""
    with path.open() as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return {
            (f"{row['measure']}.{row['variant']}", row["metric"]): (float(row["ratio"]), float(row["goal"] or 1))
            for row in rows
            if row["measure"] in SIDES and row["ratio"]
        }


def lines(library, variant, seconds, measured):
    """The lines of the table for one variant."""
    counts = samples(library, variant, seconds)
    for metric in sorted({side for side, _, _ in counts}):
        of_side = {key[1:]: count for key, count in counts.items() if key[0] == metric}
        total = sum(of_side.values())
        shares = {part: sum(n for key, n in of_side.items() if key[0] == part) / total for part in PARTS}
        calls = sorted(((n / total, call) for (part, call), n in of_side.items() if part not in PARTS[3:]), reverse=True)
        most = ", ".join(f"`{call}` {share:.0%}" for share, call in calls[:5] if share >= 0.03)
        ratio, goal = measured.get((variant, metric), (None, None))
        ends = ("–", "–", "–") if ratio is None else (f"{goal:.2f}", f"{ratio:.2f}", f"{ratio / (1 - shares['our own']):.2f}")
        cells = [f"{shares[part]:.0%}" for part in PARTS]
        yield f"| {variant} {metric} | {' | '.join(cells)} | {most} | {' | '.join(ends)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=HERE.parent / "target/lib", help="directory of our libssl.so.3")
    parser.add_argument("--seconds", type=float, default=3, help="CPU seconds of each variant")
    parser.add_argument("--tsv", type=Path, default=HERE.parent / "target/bench/results.tsv", help="what run.py measured")
    parser.add_argument("--write", action="store_true", help="put the table into docs/PERFORMANCE.md")
    parser.add_argument("variants", nargs="*", metavar="VARIANT")
    options = parser.parse_args()
    measured = figures(options.tsv)
    missed = dict.fromkeys(variant for (variant, _), (ratio, goal) in measured.items() if ratio < goal)
    table = [headline(), ""]
    table.append(f"| % of the time | {' | '.join(PARTS)} | most of it | goal | ratio | without our own |")
    table.append("|---" * (len(PARTS) + 5) + "|")
    print(*table, sep="\n")
    for variant in options.variants or missed:
        for line in lines(options.library.resolve(), variant, options.seconds, measured):
            table.append(line)
            print(line, flush=True)
    if options.write:
        put("profile", "\n".join(table))


if __name__ == "__main__":
    main()
