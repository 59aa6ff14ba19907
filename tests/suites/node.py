"""Node's own tests of TLS and HTTPS, from Debian's source package, on Debian's Node as scripts/setup-matrix unpacks it."""

import re
import shutil
import subprocess

from suite import TOP, Suite, check, run, source

ROOT = TOP / "target/unpacked/root/usr"
# Asserts the alert that OpenSSL sends for a wrong PSK binder; ours is RFC 8446's (README.md, deliberate differences).
DELIBERATE = {"test-tls-psk-circuit.js"}
# Runs the files one after the other with the flags that they ask for, and says where each begins and how it ends.
LOOP = """
for file; do
  echo "=== $file"
  timeout 120 $NODE $(sed -n 's,^// Flags: ,,p' $file | head -n 1) $file 2>&1
  echo "
=== $?"
done
"""


def fetch():
    """Node itself comes with the programs of the matrix."""
    subprocess.run([TOP / "scripts/setup-matrix"], check=True)
    source("nodejs")


def tests(library, scratch):
    """Runs them; the outcome of each file."""
    shutil.copytree(source("nodejs") / "test", scratch / "test", symlinks=True)
    there = scratch / "test/parallel"
    names = [path.name for path in sorted(there.glob("test-*.js")) if re.match(r"test-(tls|https)", path.name)]
    names = [name for name in names if name not in DELIBERATE]
    settings = {"LD_LIBRARY_PATH": str(ROOT / "lib/x86_64-linux-gnu"), "NODE": str(ROOT / "bin/node"), "NODE_TEST_DIR": str(scratch)}
    output = run(library, ["sh", "-c", LOOP, "sh", *names], there, 2400, settings, maps=False)
    found = re.findall(r"^=== (test-\S+\.js)\n(.*?)^=== (\d+)$", output, re.M | re.S)
    check(len(found) == len(names), f"{len(found)} of {len(names)} files of tests were run:\n{output[-2000:]}")
    return {name: outcome(text, status) for name, text, status in found}


def outcome(text, status):
    """What the output of one file comes to."""
    if status == "0":
        skipped = re.search(r"^1\.\.0 # Skipped: (.*)$", text, re.M)
        return f"skipped: {skipped[1]}" if skipped else "passed"
    code = re.search(r"^  actual: ('[A-Z_]+')", text, re.M) or re.search(r"^  code: ('[A-Z_]+')", text, re.M)
    return f"failed: status {status}, {code[1] if code else 'no code'}"


SUITE = Suite("node", "Node 18, TLS and HTTPS (files of tests)", fetch, tests)
