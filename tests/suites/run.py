#!/usr/bin/python3
"""run.py [SUITE...] [--library DIRECTORY] [--write] [--show DIRECTORY]: languages' own test suites on both libraries.

Each suite is run on the system's libssl and on ours, at the same time, and compared test by test: what passes on one must
pass on the other, what is skipped be skipped for the same reason, what fails fail the same way. Prints the figures and
every difference; exits with 1 if there is one. --write puts the figures into docs/PROGRAMS.md.
"""

import argparse
import collections
import os
import re
import shutil
import sys
import tempfile
import threading
from pathlib import Path

import cpython
import node
import perl
from suite import TOP, Failure, Library

SUITES = {each.SUITE.name: each.SUITE for each in (cpython, node, perl)}
PAGE = TOP / "docs/PROGRAMS.md"
BEGIN = "<!-- suites: written by tests/suites/run.py --write -->"
END = "<!-- end of suites -->"


def on_both(suite, libraries, scratch):
    """What the suite comes to on each library: two times {test: outcome}, or a text about what went wrong."""
    results = {}

    def one(library):
        directory = scratch / f"{suite.name}-{library.name}"
        directory.mkdir()
        try:
            results[library.name] = suite.run(library, directory)
        except Failure as failure:
            results[library.name] = str(failure)
        shutil.rmtree(directory, ignore_errors=True)

    threads = [threading.Thread(target=one, args=(library,)) for library in libraries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results.get(library.name, "the suite could not be run") for library in libraries]


def figures(outcomes):
    """How many passed, were skipped and failed, as a text."""
    counts = collections.Counter(outcome.split(":")[0] for outcome in outcomes.values())
    return ", ".join(f"{counts.pop(kind, 0)} {kind}" for kind in ("passed", "skipped", "failed")) + "".join(
        f", {count} {kind}" for kind, count in sorted(counts.items())
    )


def write(rows):
    """Replaces the figures of these suites in docs/PROGRAMS.md, and keeps those of the others."""
    text = PAGE.read_text() if PAGE.exists() else "# Programs that were tried\n"
    if BEGIN not in text:
        text += f"\n## Languages' own test suites\n\n{BEGIN}\n{END}\n"
    before, rest = text.split(BEGIN, 1)
    old, after = rest.split(END, 1)
    lines = dict(re.findall(r"^\| (.+?) \| (.*)$", old, re.M))
    lines.update(rows)
    lines = {title: line for title, line in lines.items() if title not in ("suite", "---")}
    table = "| suite | on the system's libssl | on FerroSSL | differences |\n|---|---|---|---|\n"
    table += "".join(f"| {title} | {lines[title]}\n" for title in sorted(lines))
    PAGE.write_text(f"{before}{BEGIN}\n{table}{END}{after}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suites", nargs="*", choices=[*SUITES, []], help="all without one")
    parser.add_argument("--library", type=Path, default=TOP / "target/lib", help="directory of our libssl.so.3")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/PROGRAMS.md")
    options = parser.parse_args()
    libraries = [Library("system"), Library("ours", options.library.resolve())]
    if not os.path.exists(libraries[1].file):
        sys.exit(f"{libraries[1].file} does not exist: run make first")

    differences, rows = 0, {}
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as directory:
        for name in options.suites or SUITES:
            suite = SUITES[name]
            suite.fetch()
            theirs, ours = on_both(suite, libraries, Path(directory))
            broken = [result for result in (theirs, ours) if isinstance(result, str)]
            if broken:
                print(f"FAIL  {suite.title}: " + "\n".join(broken), flush=True)
                differences += 1
                continue
            different = [test for test in sorted(theirs | ours) if theirs.get(test) != ours.get(test)]
            differences += len(different)
            print(f"{'FAIL ' if different else 'ok   '} {suite.title}")
            print(f"      system: {figures(theirs)}\n      ours:   {figures(ours)}")
            for test in different:
                print(f"      {test}: {theirs.get(test)} on the system's, {ours.get(test)} on ours")
            sys.stdout.flush()
            rows[suite.title] = f"{figures(theirs)} | {figures(ours)} | {len(different) or 'none'} |"
    if options.write:
        write(rows)
    print(f"{differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
