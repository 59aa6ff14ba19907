#!/usr/bin/python3
"""Writes the C file that lets the compiler compare our headers with the system's.

usage: prototypes.py INCLUDE >FILE.c

Behind the system's headers each function and each type of ours is declared once more, as the headers in INCLUDE declare
them: what differs does not compile. So do the types of callbacks as the Rust source has them (callback_types.h). Structs
and enums cannot be declared twice; tests/headers/compare.py compares them.
"""
import os
import re
import subprocess
import sys

HEADERS = "prov_ssl sslerr_legacy sslerr ssl2 ssl3 tls1 dtls1 srtp ssl".split()


def declarations(include):
    """What the headers in this folder declare, without macros and without what has a body."""
    source = "".join(f"#include <openssl/{header}.h>\n" for header in HEADERS)
    preprocessed = subprocess.run(
        ["gcc", "-E", "-I", include, "-x", "c", "-DFERROSSL_LATER_FUNCTIONS", "-DOPENSSL_SUPPRESS_DEPRECATED", "-"],
        input=source, capture_output=True, text=True, check=True).stdout
    ours, depth, statement, origin, found = os.path.join(include, ""), 0, "", "", []
    for line in preprocessed.splitlines():
        if marker := re.match(r'# \d+ "([^"]*)"', line):
            origin = marker[1]
            continue
        if not origin.startswith(ours):
            continue
        for character in line + " ":
            statement += character
            depth += (character in "({") - (character in ")}")
            if depth == 0 and (character == ";" or (character == "}" and "inline" in statement)):
                found.append(" ".join(statement.split()))
                statement = ""
    return [statement for statement in found if "{" not in statement]


if __name__ == "__main__":
    print("#define OPENSSL_SUPPRESS_DEPRECATED")
    for header in HEADERS:
        print(f"#include <openssl/{header}.h>")
    print("#pragma GCC diagnostic ignored \"-Wredundant-decls\"")
    statements = declarations(sys.argv[1])
    print("\n".join(statements))
    print('#include "callback_types.h"')
    functions = sum(not statement.startswith(("typedef", "struct")) for statement in statements)
    print(f"/* {functions} functions, {len(statements) - functions} types */")
