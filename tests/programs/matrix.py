#!/usr/bin/python3
"""matrix.py [--library DIRECTORY|system] [--only TEXT] [--short] [--list] [--packages]: the matrix of programs.

Runs the cases in `debian/` and, unless `--short`, those of run.py too. A whole run writes the tables in docs/PROGRAMS.md.
`--short` takes each row once, with the library on both sides and the first of its versions. `--packages` prints the Debian
packages that the rows need.
"""

import datetime
import importlib
import subprocess
import sys

import page
import runner
import unpacked
from harness import CASES
from packages import PACKAGES, UNPACKED

PAIRINGS = ("ours/ours", "ours/system", "system/ours")


def programs(case):
    """The programs that a case is about, by its title: `client-server: what is done`."""
    return case.title.partition(":")[0].partition(" ")[0].split("-")


def packages_of(program):
    """The packages whose versions are worth telling."""
    return UNPACKED.get(program, PACKAGES[program])


def job(case):
    """What the case does, by its title."""
    return case.title.partition(":")[2].strip()


def version_of(package):
    """The installed version of a Debian package."""
    query = ["dpkg-query", "-W", "-f", "${Version}", package]
    installed = subprocess.run(query, capture_output=True, text=True).stdout
    return unpacked.version(package) or installed or "not installed"


def outcome(results):
    """A cell of the table: the versions that passed and those that failed."""
    by_problem = {False: [], True: []}
    for result in results:
        by_problem[result.problem is not None].append(result.version.replace("v", " "))
    cells = [", ".join(by_problem[False])]
    if by_problem[True]:
        cells.append("**FAIL** " + ", ".join(by_problem[True]))
    return "; ".join(filter(None, cells))


def tables(results):
    """The generated part of the page."""
    cases = list(dict.fromkeys(result.case for result in results))
    rows = {case: [result for result in results if result.case is case] for case in cases}
    failed = sum(result.problem is not None for result in results)
    lines = [
        f"Run on {datetime.date.today()} with the system's libssl3 {version_of('libssl3')}: "
        f"{len(results) - failed} passed, {failed} failed.",
        "",
        "| program | Debian package | rows |",
        "|---|---|---|",
    ]
    for program in sorted({program for case in cases for program in programs(case)}):
        versions = ", ".join(f"{package} {version_of(package)}" for package in packages_of(program))
        lines.append(f"| {program} | {versions} | {sum(program in programs(case) for case in cases)} |")
    lines += ["", f"| client, server | job | {' | '.join(PAIRINGS)} |", "|---|---|" + "---|" * len(PAIRINGS)]
    for case, mine in sorted(rows.items(), key=lambda row: programs(row[0])):
        cells = [outcome([result for result in mine if result.pairing == pairing]) for pairing in PAIRINGS]
        lines.append(f"| {', '.join(programs(case))} | {job(case)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main():
    parser = runner.arguments(__doc__)
    parser.add_argument("--short", action="store_true", help="each row of debian/ once, with the library on both sides")
    parser.add_argument("--packages", action="store_true", help="only print the packages that are needed")
    options = parser.parse_args()
    if options.packages:
        print("\n".join(sorted({package for needed in PACKAGES.values() for package in needed})))
        return
    if not options.short:
        importlib.import_module("run")
    for module in sorted((runner.HERE / "debian").glob("*.py")):
        importlib.import_module(f"debian.{module.stem}")
    for case in CASES:
        unknown = set(programs(case)) - set(PACKAGES)
        if unknown:
            sys.exit(f"matrix.py: packages.py does not know {', '.join(unknown)} of the row {case.title!r}")
    results = runner.run(options, "the matrix of programs", options.short)
    if not (options.only or options.list or options.short or str(options.library) == "system"):
        page.write("matrix", tables(results))
    sys.exit(0 if runner.all_passed(results) else 1)


if __name__ == "__main__":
    main()
