#!/usr/bin/python3
"""Writes the C file that lets the compiler compare src/libcrypto/sys.rs with the headers of libcrypto.

usage: declarations.py SYS_RS >FILE.c

Each function is declared once more, as sys.rs says it is: a prototype that differs from the header's does not compile.
The layout of structs, the types of callbacks and the values of constants are asserted. What stands between a comment
that says "in no public header" and the next empty line is left out: there is nothing to compare it with.
"""
import re
import sys

HEADERS = """asn1 async bio bn bioerr buffer conf core_names crypto ct dh dsa ec engine err evp hmac kdf lhash objects ocsp
opensslv params pem pkcs12 provider rand rsa safestack sha srp store types x509 x509v3 x509_vfy""".split()

TYPES = {
    "c_char": "char", "c_int": "int", "c_long": "long", "c_uchar": "unsigned char", "c_uint": "unsigned int",
    "c_ulong": "unsigned long", "c_void": "void", "usize": "size_t", "isize": "ssize_t", "u8": "uint8_t",
    "u32": "uint32_t", "u64": "uint64_t", "i32": "int32_t", "i64": "int64_t", "()": "void", "...": "...",
}


def split(text):
    """The parts between the commas that stand in no brackets."""
    parts, depth, part = [], 0, ""
    for character in re.sub(r"->", "\x00", text):
        depth += (character in "(<[{") - (character in ")>]}")
        if character == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += character
    return [part.replace("\x00", "->").strip() for part in parts + [part] if part.strip()]


def c_type(rust):
    rust = rust.strip()
    if rust in TYPES:
        return TYPES[rust]
    if rust.startswith("*mut "):
        return c_type(rust[5:]) + " *"
    if rust.startswith("*const "):
        return c_type(rust[7:]) + " const *"
    if option := re.fullmatch(r"Option<(.*)>", rust, re.S):
        return c_type(option[1])
    if function := re.fullmatch(r'(?:unsafe )?extern "C" fn\((.*?)\)(?: -> (.*))?', rust, re.S):
        return f"__typeof__({function_type(function[1], function[2])} *)"
    if rust in CALLBACKS:
        return f"declared_{rust} *"
    if rust.startswith("stack_st_"):
        return f"struct {rust}"
    return rust.removeprefix("libc::")


def function_type(parameters, result):
    """Wrapped so that a pointer to it can be written behind it."""
    types = [c_type(re.sub(r"^\w+\s*:\s*", "", parameter)) for parameter in split(parameters)]
    return f"__typeof__({c_type(result or '()')} ({', '.join(types) or 'void'}))"


source = open(sys.argv[1]).read()
source = re.sub(r"//[^\n]*in no public header.*?\n\s*\n", "\n", source, flags=re.S)
source = re.sub(r"//[^\n]*", "", source)

aliases = re.findall(r"pub type (\w+)\s*=\s*([^;]+);", source)
CALLBACKS = {name for name, rust in aliases if "fn(" in rust}

lines = [f"#include <openssl/{header}.h>" for header in HEADERS]
lines.insert(0, "#define OPENSSL_SUPPRESS_DEPRECATED\n#include <stdint.h>\n#include <stdio.h>\n#include <sys/types.h>")
lines.append("#define SAME(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b))")
for name, rust in aliases:
    if name in CALLBACKS:
        parts = re.fullmatch(r'(?:unsafe )?extern "C" fn\((.*)\)(?: -> (.*))?', " ".join(rust.split()))
        lines.append(f"typedef {function_type(parts[1], parts[2])} declared_{name};")
        lines.append(f'_Static_assert(SAME({name}, declared_{name}) || SAME({name}, declared_{name} *), "{name}");')
for name, body in re.findall(r"#\[repr\(C\)\]\s*(?:#\[[^\]]*\]\s*)*pub struct (\w+) \{(.*?)\n\}", source, re.S):
    fields = [field.removeprefix("pub ").split(":", 1) for field in split(body)]
    lines.append(f"struct declared_{name} {{ {' '.join(f'__typeof__({c_type(t)}) {f};' for f, t in fields)} }};")
    lines.append(f'_Static_assert(sizeof(struct declared_{name}) == sizeof({name}), "size of {name}");')
    for field, _ in fields:
        ours, theirs = f"((struct declared_{name} *)0)->{field}", f"(({name} *)0)->{field}"
        lines.append(f'_Static_assert(SAME({ours}, {theirs}), "type of {name}.{field}");')
        offsets = f"offsetof(struct declared_{name}, {field}) == offsetof({name}, {field})"
        lines.append(f'_Static_assert({offsets}, "offset of {name}.{field}");')
constants = re.findall(r"pub const (\w+): \w+ = ([^;]+);", source)
for name, value in constants:
    lines.append(f'_Static_assert(({name}) == ({value.replace("_", "")}), "{name}");')
functions = re.findall(r"pub (?:safe )?fn (\w+)\((.*?)\)(?:\s*-> ([^;>]+>?))?;", source, re.S)
for name, parameters, result in functions:
    types = [c_type(re.sub(r"^\w+\s*:\s*", "", parameter)) for parameter in split(parameters)]
    lines.append(f"extern {c_type(result or '()')} ({name})({', '.join(types) or 'void'});")
lines.append(f"/* {len(functions)} functions, {len(constants)} constants, {len(aliases)} types */")
if len(functions) != len(re.findall(r"\bfn \w+\(", source)):
    sys.exit("declarations.py: sys.rs is not written as this script reads it")
print("\n".join(lines))
