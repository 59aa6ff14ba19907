#!/usr/bin/python3
"""sanitized.py [--library DIRECTORY] [--seed N] [--count N]: random calls on a library with AddressSanitizer.

The sequences of run.py, on ours alone, which `scripts/sanitized address` has built; the runner has AddressSanitizer,
LeakSanitizer and UndefinedBehaviorSanitizer. Prints the sequences that did not come to their end, and how they ended: `exit` is a
sanitizer's, `crash` a signal; exits with 1 if there is one.
"""

import argparse
import concurrent.futures
import os
import sys
from pathlib import Path

from run import BATCH, CRASH, TOP, Library, build, check_library, run

RUNNER = TOP / "target/sanitize/runner"


def ended(library, first, count):
    """Which of the sequences from the first one on did not come to their end, with their last lines."""
    traces = run(library, (first, count, 1), RUNNER)
    return [f"{seed}: {trace[-1]}" for seed, trace in traces.items() if trace and CRASH.search(trace[-1])]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=TOP / "target/asan/lib")
    parser.add_argument("--seed", type=int, default=1, help="the first sequence")
    parser.add_argument("--count", type=int, default=2000, help="how many sequences")
    options = parser.parse_args()
    library = Library("ours", options.library.resolve())
    build(RUNNER, ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"])
    check_library(library, RUNNER)

    last = options.seed + options.count
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        firsts = range(options.seed, last, BATCH)
        found = sum(pool.map(lambda first: ended(library, first, min(BATCH, last - first)), firsts), [])
    print("".join(f"sequence {line}\n" for line in found) + f"{options.count} sequences, {len(found)} did not come to their end")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
