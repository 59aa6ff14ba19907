#!/usr/bin/python3
"""Compares our headers with those of the system's OpenSSL 3.0, which are the measure.

usage: compare.py

Prototypes and types are compared by the compiler when the C tests are built (ctests/prototypes.py). Here: which names each
header defines and declares when a program includes it alone, and ssl.h under every
OPENSSL_NO_…, OPENSSL_API_COMPAT and OPENSSL_NO_DEPRECATED that makes a difference; the attributes of what is deprecated; the value and type of every constant;
what every function-like macro expands to; structs and enums; that each header compiles alone, without a warning, as C99,
C11, C17 and C++17; and that the Rust source has the same reasons and commands.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
OURS = os.path.join(ROOT, "include")
HEADERS = "ssl ssl2 ssl3 tls1 dtls1 srtp sslerr sslerr_legacy prov_ssl".split()
FILE = re.compile(rf"/openssl/({'|'.join(HEADERS)})\.h$")

# What programs define before they include a header.
SETTINGS = [[], ["OPENSSL_NO_DEPRECATED"], ["OPENSSL_API_COMPAT=0x10100000L"], ["OPENSSL_API_COMPAT=30000"],
            ["OPENSSL_NO_DEPRECATED", "OPENSSL_API_COMPAT=0x10000000L"],
            ["OPENSSL_NO_DEPRECATED", "OPENSSL_API_COMPAT=0x10100000L"],
            ["OPENSSL_NO_DEPRECATED", "OPENSSL_API_COMPAT=10101"], ["OPENSSL_NO_DEPRECATED", "OPENSSL_API_COMPAT=30000"],
            ["OPENSSL_SUPPRESS_DEPRECATED"]]
SETTINGS += [[f"OPENSSL_NO_{feature}"] for feature in """COMP CT DEPRECATED_1_1_0 DEPRECATED_3_0 DH DTLS1_2_METHOD
    DTLS1_METHOD ENGINE NEXTPROTONEG PSK SOCK SRP SRTP SSL3_METHOD SSL_TRACE STDIO TLS1_1_METHOD TLS1_2_METHOD
    TLS1_METHOD UNIT_TEST""".split()]

# Function-like macros that are not written as OpenSSL's are, and why.
OTHER_EXPANSION = {
    "SSL_disable_ct": "OpenSSL 3.0's names a function that does not exist",
    "SSL_CTX_disable_ct": "OpenSSL 3.0's names a function that does not exist",
    "SSL_COMP_free_compression_methods": "OpenSSL's is a loop that is never entered, no expression",
    "SSL_CTX_set_tmp_rsa_callback": "OpenSSL's is a loop that is never entered, no expression",
    "SSL_set_tmp_rsa_callback": "OpenSSL's is a loop that is never entered, no expression",
}

complaints = []


def complain(text):
    complaints.append(text)
    print(text, file=sys.stderr)


def compiler(arguments, source, language="c"):
    return subprocess.run(["g++" if language == "c++" else "gcc", *arguments, "-x", language, "-"], input=source,
                          capture_output=True, text=True)


def include(header):
    return f"#include <openssl/{header}.h>\n"


class Header:
    """What one header gives a program that includes nothing else."""

    def __init__(self, name, settings, ours):
        flags = [f"-D{setting}" for setting in settings] + (["-I", OURS] if ours else [])
        result = compiler(["-E", "-dD", *flags], include(name))
        if result.returncode:
            sys.exit(f"{name}.h, {settings}: {result.stderr}")
        self.macros, self.functions, self.definitions = {}, {}, []
        origin, depth, statement = "", 0, ""
        for line in result.stdout.splitlines():
            if marker := re.match(r'# \d+ "([^"]*)"', line):
                origin = marker[1]
            elif define := re.match(r"#define (\w+)(\([^)]*\))?\s*(.*)", line):
                if FILE.search(origin):
                    self.macros[define[1]] = (define[2], define[3])
            elif undefine := re.match(r"#undef (\w+)", line):
                self.macros.pop(undefine[1], None)
            elif FILE.search(origin):
                for character in line + " ":
                    statement += character
                    depth += (character in "({") - (character in ")}")
                    if depth == 0 and (character == ";" or (character == "}" and "inline" in statement)):
                        self.take(" ".join(statement.split()))
                        statement = ""

    def take(self, statement):
        plain = re.sub(r"__attribute__ ?\(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\)", "", statement)
        if "{" in statement:
            self.definitions.append("".join(re.findall(r"\w+|\S", re.sub(r"\b(a|b|ptr|sk|cmp|cpy|fr)\b", "", statement))))
        elif "(" in plain and not statement.startswith("typedef"):
            deprecated = re.search(r'deprecated\((.*?)\)\)\)', statement)
            name = re.search(r"(\w+) ?\((?!\*)", plain)[1]
            self.functions[name] = deprecated and deprecated[1].replace('" "', "").strip()


def compare_names():
    checked = 0
    for settings in SETTINGS:
        for name in ["ssl"] if settings else HEADERS:
            theirs, ours = Header(name, settings, False), Header(name, settings, True)
            where = f"{name}.h{''.join(' -D' + setting for setting in settings)}"
            for what, a, b in [("macro", theirs.macros, ours.macros), ("function", theirs.functions, ours.functions)]:
                for missing in sorted(set(a) - set(b)):
                    complain(f"{where}: {what} {missing} is missing")
                for extra in sorted(set(b) - set(a)):
                    complain(f"{where}: {what} {extra} is not in the system's")
                checked += len(a)
            for macro in set(theirs.macros) & set(ours.macros):
                arity = [found[0] and len([p for p in found[0][1:-1].split(",") if p.strip()])
                         for found in (theirs.macros[macro], ours.macros[macro])]
                if arity[0] != arity[1]:
                    complain(f"{where}: {macro} has other parameters: {arity[1]}, not {arity[0]}")
            for function in set(theirs.functions) & set(ours.functions):
                if theirs.functions[function] != ours.functions[function]:
                    complain(f"{where}: {function}: deprecated {ours.functions[function]}, not {theirs.functions[function]}")
            if sorted(theirs.definitions) != sorted(ours.definitions):
                complain(f"{where}: structs, enums: {set(theirs.definitions) ^ set(ours.definitions)}")
    print(f"names: {checked} macros and functions, in {len(HEADERS)} headers under {len(SETTINGS)} settings")


def compare_expansions(macros):
    """Each function-like macro, with arguments of its own, spelled without brackets and spaces; whichever pointer a cast is to."""
    lines = []
    for name, (parameters, _) in macros:
        count = len([p for p in parameters[1:-1].split(",") if p.strip()])
        lines.append(f"@{name}@{name}({', '.join(f'argument{index}' for index in range(count))})")
    expansions = []
    for flags in ([], ["-I", OURS]):
        text = compiler(["-E", "-P", *flags], include("ssl") + "\n".join(lines) + "\n@@\n").stdout
        plain = re.sub(r"\((?:char|void|int) ?\*\)", "CAST:", text)
        expansions.append({name: re.sub(r"[\s()]", "", body) for name, body in re.findall(r"@ ?(\w+) ?@([^@]*)", plain)})
    same = 0
    for name, _ in macros:
        theirs, ours = (found.get(name) for found in expansions)
        if theirs == ours and name in OTHER_EXPANSION:
            complain(f"{name} is written as the system's: take it from the list of those that are not")
        elif theirs != ours and name not in OTHER_EXPANSION:
            complain(f"{name} is\n  {ours}, not\n  {theirs}")
        same += theirs == ours
    print(f"function-like macros: {same} of {len(macros)} expand to the same")


PRINT = r"""
#include <stdio.h>
static void show_text(const char *name, size_t size, const char *value)
{
    printf("%s \"%s\", %zu bytes\n", name, value, size);
}
static void show_signed(const char *name, size_t size, long long value)
{
    printf("%s %lld, %zu bytes, signed\n", name, value, size);
}
static void show_unsigned(const char *name, size_t size, unsigned long long value)
{
    printf("%s %llu, %zu bytes, unsigned\n", name, value, size);
}
#define SHOW(name, value) _Generic((value), char *: show_text, int: show_signed, long: show_signed, \
    unsigned int: show_unsigned, unsigned long: show_unsigned)(name, sizeof(value), value)
int main(void)
{
"""


def compare_values(macros, definitions):
    """Prints every constant with its type, by a program that is compiled with either header."""
    source = "".join(map(include, ["ssl"])) + PRINT
    shown = 0
    for name, (_, body) in macros:
        if not body or re.fullmatch(r"(SSL|TLS)\w*_\w*[a-z]\w*|TLS_\w*method", body):
            continue
        source += f'    SHOW("{name}", {name});\n'
        shown += 1
    for definition in definitions:
        if "enum" in definition:
            for name in re.findall(r"[{,](\w+)", definition):
                source += f'    SHOW("{name}", {name});\n'
                shown += 1
    for field in ["name", "id"]:
        source += f'    SHOW("{field}", offsetof(SRTP_PROTECTION_PROFILE, {field}));\n'
    for field in ["length", "data"]:
        source += f'    SHOW("{field}", offsetof(TLS_SESSION_TICKET_EXT, {field}));\n'
    source += "    SHOW(\"\", sizeof(SRTP_PROTECTION_PROFILE));\n    SHOW(\"\", sizeof(TLS_SESSION_TICKET_EXT));\n    return 0;\n}\n"
    outputs = []
    with tempfile.TemporaryDirectory() as work:
        for flags in ([], ["-I", OURS]):
            program = os.path.join(work, "values")
            result = compiler(["-w", "-o", program, *flags], source)
            if result.returncode:
                sys.exit(result.stderr)
            outputs.append(subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines())
    for theirs, ours in zip(*outputs):
        if theirs != ours:
            complain(f"value: {ours}, not {theirs}")
    print(f"constants: {shown} have the same value and type")
    aliases = [name for name, (_, body) in macros if re.fullmatch(r"(SSL|TLS)\w*_\w*[a-z]\w*|TLS_\w*method", body)]
    texts = [re.findall(r"@ ?(\w+) ?@ ?(\w+)", compiler(
        ["-E", "-P", *flags], include("ssl") + "".join(f"@{name}@{name}\n".replace(f"@{name}@", f"@x{name}@") for name in aliases)).stdout)
        for flags in ([], ["-I", OURS])]
    for theirs, ours in zip(*texts):
        if theirs != ours:
            complain(f"alias: {ours}, not {theirs}")
    print(f"other names of functions: {len(aliases)}")


def compare_source():
    """The numbers that the Rust source has, under the names of headers/constants.tsv."""
    values, checked = {}, 0
    for line in open(os.path.join(ROOT, "headers", "constants.tsv")):
        columns = line.rstrip("\n").split("\t")
        if len(columns) == 4 and re.fullmatch(r"0x[0-9A-Fa-f]+|\d+", columns[2]):
            values[columns[1]] = int(columns[2], 0)
    for file, pattern, names in [
            ("error/reason.rs", r"pub const (\w+): Self = Self\((\d+)\);", ["SSL_R_"]),
            ("capi/ctrl/command.rs", r"^    (\w+) = (\d+),", ["SSL_CTRL_", "DTLS_CTRL_"])]:
        for name, value in re.findall(pattern, open(os.path.join(ROOT, "src", file)).read(), re.M):
            bare = name.removeprefix("DTLS_") if "DTLS_CTRL_" in names else name
            found = {values.get(prefix + bare) for prefix in names}
            if int(value) not in found:
                complain(f"src/{file}: {name} is {value}, in headers/constants.tsv {found}")
            checked += 1
    if checked < 200:
        complain(f"only {checked} numbers found in src/: it is not written as this script reads it")
    print(f"numbers in src/: {checked} as in headers/constants.tsv")


def warnings_of(standard, flags, source):
    """What the compiler says of the source, whichever header it comes from; ours stand in files of the system's kind."""
    result = compiler([f"-std={standard}", "-Wall", "-Wextra", "-pedantic", "-fsyntax-only", *flags], source,
                      "c++" if "+" in standard else "c")
    return result.returncode, re.findall(r"^(\S+):\d+:\d+: (?:warning|error): (.*)", result.stderr, re.M)


STANDARDS = ["c99", "c11", "c17", "c++17"]


def compile_alone():
    for header in HEADERS:
        for standard in STANDARDS:
            others = [["-DOPENSSL_NO_DEPRECATED"], ["-DFERROSSL_LATER_FUNCTIONS"]] if header == "ssl" else []
            for settings in [[], *others]:
                status, warnings = warnings_of(standard, ["-Wsystem-headers", "-I", OURS, *settings], include(header) + "int something;\n")
                ours = [text for file, text in warnings if file.startswith(OURS)]
                if status or ours:
                    complain(f"{header}.h as {standard} {settings}: {ours or warnings}")
    print(f"{len(HEADERS)} headers compile alone as C99, C11, C17 and C++17 without a warning")


def compare_warnings(macros):
    """Each function-like macro as a statement of its own, as programs write them: no warning that the system's headers, which the
    compiler is silent about, do not give."""
    lines = []
    for name, (parameters, _) in macros:
        count = len([p for p in parameters[1:-1].split(",") if p.strip()])
        lines.append(f"    {name}({', '.join('0' for _ in range(count))});")
    usable = [line for line in lines if not re.match(r"    (sk_|lh_|ossl_|DEFINE|DECLARE|SKM|SSL_OP_BIT)", line)]
    # What does not compile with zeros, as a statement, is no statement for programs either.
    source = "int main(void)\n{\n" + "\n".join(usable) + "\n    return 0;\n}\n"
    for standard in STANDARDS:
        found = []
        for flags in ([], ["-I", OURS]):
            _, warnings = warnings_of(standard, flags, include("ssl") + source)
            found.append(sorted(text for file, text in warnings))
        for extra in sorted(set(found[1]) - set(found[0])):
            complain(f"as {standard}, in a program: {extra}")
    print(f"macros as statements: {len(usable)} give no warning of their own in {', '.join(STANDARDS)}")


version = re.search(r'OPENSSL_VERSION_TEXT "([^"]*)"', compiler(["-E", "-dM"], include("opensslv")).stdout)
if not version or not version[1].startswith("OpenSSL 3.0."):
    print(f"the system's headers are of {version and version[1]}: nothing to compare with")
    sys.exit(0)
compare_source()
compile_alone()
compare_names()
whole, lines = {}, []
for name in HEADERS:
    header = Header(name, [], False)
    whole.update(header.macros)
    lines += header.definitions
compare_expansions([(name, found) for name, found in whole.items() if found[0]])
compare_warnings([(name, found) for name, found in whole.items() if found[0]])
compare_values([(name, found) for name, found in whole.items() if not found[0]], sorted(set(lines)))
sys.exit(1 if complaints else 0)
