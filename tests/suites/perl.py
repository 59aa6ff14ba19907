"""The tests of Perl's Net::SSLeay and IO::Socket::SSL, from Debian's source packages, on Debian's modules.

The outcome of a file of tests says how many assertions passed, failed and were skipped: their order and texts, with ports
and addresses, differ from run to run. Tests that use the network (t/external) are left out.
"""

import re
import shutil

from suite import Suite, check, run, source, unpacked

PACKAGES = {"libnet-ssleay-perl": ("t/local", "t/handle"), "libio-socket-ssl-perl": ("t",)}
# Runs the files one after the other, and says where each begins and how it ends.
LOOP = 'for file; do echo "=== $file"; perl -Iinc "$file" 2>&1; echo; echo "=== $?"; done'


def fetch():
    """The directory with Debian's modules; the sources are fetched as well."""
    for package in PACKAGES:
        source(package)
    return unpacked("perl", list(PACKAGES))


def tests(library, scratch):
    """Runs them; the outcome of each file."""
    root = fetch()
    modules = [str(path) for path in (*root.glob("usr/lib/*/perl5/*"), root / "usr/share/perl5")]
    outcomes = {}
    for package, directories in PACKAGES.items():
        # A copy: the tests write into their directory.
        there = scratch / package
        shutil.copytree(source(package), there)
        files = [f"{directory}/{file.name}" for directory in directories for file in sorted((there / directory).glob("*.t"))]
        settings = {"PERL5LIB": ":".join(modules)}
        output = run(library, ["sh", "-c", LOOP, "sh", *files], there, 2400, settings, maps=False)
        for file, text, status in re.findall(r"^=== (\S+\.t)\n(.*?)^=== (\d+)$", output, re.M | re.S):
            outcomes[f"{package} {file}"] = outcome(text, status)
        check(len(outcomes) >= len(files), f"{package}: not all files of tests were run:\n{output[-2000:]}")
    return outcomes


def outcome(text, status):
    """What the output of one file (TAP) comes to."""
    lines = re.findall(r"^(ok|not ok)\b(.*)$", text, re.M)
    skipped = sum(1 for _, rest in lines if re.search(r"# skip", rest, re.I))
    failed = sum(1 for word, rest in lines if word == "not ok" and not re.search(r"# todo", rest, re.I))
    if not lines and (reason := re.search(r"^1\.\.0 # skip(.*)$", text, re.M | re.I)):
        return f"skipped:{reason[1]}"
    kind = "failed" if failed or status != "0" else "passed"
    return f"{kind}: {len(lines) - failed - skipped} ok, {failed} not ok, {skipped} skipped, status {status}"


SUITE = Suite("perl", "Net::SSLeay and IO::Socket::SSL (files of tests)", fetch, tests)
