#!/usr/bin/python3
"""run.py [--library DIRECTORY] [--seed N] [--count N] [--strings] [--show N] [--shrink]: random calls, ours against the system's libssl.

The runner makes the same random sequences of API calls in two processes, one on each library, and prints what they
return, the states, the errors and the callbacks. Sequences whose traces differ are grouped by their first difference;
of each group the shortest trace is printed. `deliberate.txt` lists the differences that are meant, with the reason.
With --strings only the sequences about cipher strings, lists and SSL_CONF are run.
A sequence in which the system's library crashes says nothing; a crash of ours is never explained. Exits with 1 if a difference
is unexplained.
"""

import argparse
import concurrent.futures
import dataclasses
import functools
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(TOP / "tests/programs"))
from harness import Library  # noqa: E402

RUNNER = TOP / "target/differential/runner"
BATCH = 100
# As in runner.c.
STRING_STRIDE = 8
STEP = re.compile(r"(\d+) \w")
# The line may have been begun by what crashed.
CRASH = re.compile(r"(crash|exit) \d+$")
STATE = re.compile(r"    (client|server) .*, state \d+, init ")


@dataclasses.dataclass(frozen=True)
class Rule:
    """A difference that is meant: the lines on either library, which of their parts differ, and what must have come before."""

    reason: str
    system: re.Pattern
    ours: re.Pattern
    parts: re.Pattern
    before: re.Pattern

    def explains(self, difference):
        return bool(
            not CRASH.search(difference.ours)
            and self.system.search(difference.system) and self.ours.search(difference.ours)
            and all(self.parts.search(part) for pair in difference.group() for part in pair)
            and self.before.search("\n".join(difference.before))
        )


@functools.cache
def read_rules():
    """The rules of deliberate.txt, and what is not compared: patterns whose groups are left out of the traces.

    A rule is a paragraph of `reason:`, `system:`, `ours:`, `parts:` and `before:`, all but the first regular expressions, and
    stands for one rule of each side if they name SIDE; what is not compared is a paragraph of `reason:` and `left out:`.
    """
    rules, left_out = [], []
    text = re.sub(r"(?m)^#.*\n", "", (HERE / "deliberate.txt").read_text())
    for paragraph in filter(str.strip, re.split(r"\n\s*\n", text)):
        fields = dict(line.split(": ", 1) for line in paragraph.strip().splitlines())
        reason = fields.pop("reason")
        if "left out" in fields:
            left_out.append(re.compile(fields.pop("left out")))
        else:
            texts = [fields.pop(name, "") for name in ("system", "ours", "parts", "before")]
            for side in ("client", "server") if "SIDE" in "".join(texts) else ("",):
                rules.append(Rule(reason, *(re.compile(text.replace("SIDE", side), re.DOTALL) for text in texts)))
        if fields:
            sys.exit(f"deliberate.txt: unknown fields {', '.join(fields)}")
    return rules, left_out


def compared(trace):
    """The lines of a trace as they are compared: without what is left out, and without states that are then repeated."""
    lines, last = [], {}
    for line in trace:
        for pattern in read_rules()[1]:
            found = pattern.search(line)
            if found:
                line = line[: found.start(1)] + "-" + line[found.end(1) :]
        state = STATE.match(line)
        if state:
            if last.get(state[1]) == line:
                continue
            last[state[1]] = line
        lines.append(line)
    return lines


@dataclasses.dataclass
class Difference:
    """The first lines that differ in a sequence."""

    seed: int
    before: list
    system: str
    ours: str

    def step(self):
        """The number and the name of the step in which it happened."""
        return next((line for line in reversed(self.before) if STEP.match(line)), "0 start")

    def group(self):
        """What differs: of lines with many parts, those that do."""
        parts = tuple(zip(self.system.split(", "), self.ours.split(", ")))
        return tuple(pair for pair in parts if pair[0] != pair[1]) or (self.system, self.ours)


def run(library, arguments, runner=RUNNER):
    """The traces of the sequences, by their numbers."""
    process = subprocess.run(
        [runner, TOP / "target/ctests/certs", *map(str, arguments)],
        env=library.environment() | {"OPENSSL_CONF": "/dev/null"}, stdout=subprocess.PIPE, text=True, errors="replace", check=True,
    )
    traces, lines = {}, None
    for line in process.stdout.splitlines():
        if line.startswith("sequence "):
            lines = traces[int(line.split()[1])] = []
        elif line != "end":
            lines.append(line)
    return traces


def compare(seed, system, ours):
    """The first difference, or our crash behind it; None if there is none, or if the system's library crashed."""
    if system and CRASH.search(system[-1]):
        return None
    if ours and CRASH.search(ours[-1]):
        return Difference(seed, ours[:-1], "", ours[-1])
    system, ours = compared(system), compared(ours)
    for at in range(max(len(system), len(ours))):
        theirs = system[at] if at < len(system) else ""
        mine = ours[at] if at < len(ours) else ""
        if theirs != mine:
            return Difference(seed, system[:at], theirs, mine)
    return None


def batch(libraries, first, count, stride):
    """The differences of some sequences, and how often the system's library crashed."""
    system, ours = (run(library, (first, count, stride)) for library in libraries)
    found = (compare(seed, system[seed], ours[seed]) for seed in system)
    crashes = sum(bool(trace and CRASH.search(trace[-1])) for trace in system.values())
    return [difference for difference in found if difference], crashes


def shrink(libraries, difference):
    """The same difference with the steps left out that it does not need."""
    skipped = []
    steps = [int(line.split()[0]) for line in difference.before if STEP.match(line)]
    for step in reversed(steps):
        trial = [*skipped, step]
        system, ours = (run(library, (difference.seed, 1, 1, *trial))[difference.seed] for library in libraries)
        smaller = compare(difference.seed, system, ours)
        if smaller and smaller.group() == difference.group():
            skipped, difference = trial, smaller
    return difference, skipped


def check_library(library, runner=RUNNER):
    """Fails unless the runner would have the library mapped."""
    command = ["/bin/sh", "-c", f"ldd {runner}"]
    mapped = subprocess.run(command, env=library.environment(), capture_output=True, text=True, check=True).stdout
    path = re.search(r"libssl\.so\.3 => (\S+)", mapped)
    if path is None or os.path.realpath(path[1]) != library.file:
        sys.exit(f"the runner does not have {library.file} mapped")


def build(runner=RUNNER, more_flags=()):
    """The runner and the certificates."""
    runner.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["make", "-s", "-C", TOP / "ctests", f"{TOP}/target/ctests/certs/stamp"], check=True)
    flags = ["-O1", "-g", "-std=c11", "-D_DEFAULT_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations"]
    subprocess.run(["gcc", *flags, *more_flags, "-o", runner, *sorted(HERE.glob("*.c")), "-lssl", "-lcrypto"], check=True)


def show(number, difference, full):
    """Prints a group's example."""
    print(f"\n{number} × in {difference.step()!r}, sequence {difference.seed}")
    if full:
        print("\n".join(f"  | {line}" for line in difference.before))
    print(f"  system: {difference.system}\n  ours:   {difference.ours}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=TOP / "target/lib")
    parser.add_argument("--seed", type=int, default=1, help="the first sequence")
    parser.add_argument("--count", type=int, default=2000, help="how many sequences")
    parser.add_argument("--strings", action="store_true", help="only the languages of the configuration")
    parser.add_argument("--show", type=int, default=10, help="how many groups of differences to print")
    parser.add_argument("--brief", action="store_true", help="without the traces")
    parser.add_argument("--shrink", action="store_true", help="leave out steps that a difference does not need")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    libraries = Library("system"), Library("ours", options.library.resolve())
    build()
    for library in libraries:
        check_library(library)

    rules, explained, groups, crashes = read_rules()[0], Counter(), {}, 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        stride, offset = (STRING_STRIDE, STRING_STRIDE - 1) if options.strings else (1, 0)
        last = options.seed + options.count
        work = [
            pool.submit(batch, libraries, first * stride + offset, min(BATCH, last - first), stride)
            for first in range(options.seed, last, BATCH)
        ]
        for done in work:
            differences, lost = done.result()
            crashes += lost
            for difference in differences:
                rule = next((rule for rule in rules if rule.explains(difference)), None)
                if rule:
                    explained[rule.reason] += 1
                else:
                    groups.setdefault(difference.group(), []).append(difference)

    different = sum(map(len, groups.values()))
    for group in sorted(groups.values(), key=len, reverse=True)[: options.show]:
        example = min(group, key=lambda difference: len(difference.before))
        if options.shrink:
            example, skipped = shrink(libraries, example)
            print(f"\nrunner target/ctests/certs {example.seed} 1 1 {' '.join(map(str, skipped))}", end="")
        show(len(group), example, not options.brief)
    for reason, number in explained.most_common():
        print(f"{number:6} deliberately different: {reason}")
    print(f"{options.count} sequences, {crashes} in which the system's library crashed, {sum(explained.values())} explained, "
          f"{different} different in {len(groups)} ways")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
