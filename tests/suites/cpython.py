"""CPython's own tests of everything that uses the ssl module, on Debian's python3.11 with the tests from its package.

Python is unpacked, not installed, so that program and tests are of one version. Tests that use the network are off.
"""

from suite import Suite, junit, run, unpacked

PACKAGES = (
    "python3.11",
    "python3.11-minimal",
    "libpython3.11-minimal",
    "libpython3.11-stdlib",
    "libpython3.11-testsuite",
)
MODULES = (
    "test_ssl",
    "test_httplib",
    "test_urllib2_localnet",
    "test_ftplib",
    "test_poplib",
    "test_imaplib",
    "test_smtplib",
    "test_nntplib",
    "test_logging",
)
# test_asyncio is one module to the test runner; these are its parts that use TLS.
ASYNCIO = (
    "test.test_asyncio.test_ssl.*",
    "test.test_asyncio.test_sslproto.*",
    "test.test_asyncio.test_streams.*",
    "test.test_asyncio.test_events.*ssl*",
    "test.test_asyncio.test_sendfile.*",
)


def fetch():
    """The directory with Debian's Python and its tests."""
    return unpacked("cpython", PACKAGES)


def tests(library, scratch):
    """Runs them; the outcome of each."""
    python = fetch() / "usr/bin/python3.11"
    outcomes = {}
    patterns = [word for pattern in ASYNCIO for word in ("--match", pattern)]
    for name, arguments in (("modules", MODULES), ("asyncio", (*patterns, "test_asyncio"))):
        report = scratch / f"{name}.xml"
        run(library, [python, "-m", "test", "--junit-xml", report, *arguments], scratch, 1800)
        outcomes |= junit(report)
    return outcomes


SUITE = Suite("cpython", "CPython 3.11", fetch, tests)
