#!/usr/bin/python3
"""run.py [--library DIRECTORY|system] [--only TEXT] [--list]: the program tests.

Every case runs in three pairings of client and server library (ours/ours, ours/system, system/ours) for TLS 1.3 and
TLS 1.2; with `--library system` it runs with the system's library on both sides, which checks the tests themselves.
Prints one line a case and at the end `N passed, N failed`; exits with 1 if any failed.
"""

import sys

import curl_nginx  # noqa: F401 (each of these registers its cases)
import openssl_dtls  # noqa: F401
import openssl_old_versions  # noqa: F401
import openssl_psk  # noqa: F401
import openssl_sessions  # noqa: F401
import openssl_extensions  # noqa: F401
import openssl_tools  # noqa: F401
import python_ssl  # noqa: F401
import seeing  # noqa: F401
import runner

if __name__ == "__main__":
    results = runner.run(runner.arguments(__doc__).parse_args(), "program tests")
    sys.exit(0 if runner.all_passed(results) else 1)
