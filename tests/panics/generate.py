#!/usr/bin/python3
"""Writes the C program that makes every exported function panic, on a library built for it (`make panics`).

usage: generate.py INCLUDE LIBRARY >FILE.c

Each function that the library exports is called with objects of its own. A panic on the way in must come out as the
function's failure value and ERR_R_INTERNAL_ERROR; the object must refuse further use and can be freed. Then each is called
again with the panic while a context is changed under its lock, and while a connection's core is borrowed, as far as the
function comes there. The program makes handshakes in between: it lives, and no lock stays taken.
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "ctests"))
from prototypes import HEADERS, declarations  # noqa: E402

# They hand out what is constant, or take a reference, and run no code of ours that could panic; those of PEM only call
# libcrypto, which calls a guarded function back when it has read something.
PLAIN = set("""
SSL_COMP_add_compression_method SSL_COMP_get0_name SSL_COMP_get_id SSL_COMP_get_name SSL_CTX_up_ref SSL_SESSION_up_ref
SSL_add_ssl_module SSL_alert_desc_string SSL_alert_desc_string_long SSL_alert_type_string SSL_alert_type_string_long
SSL_client_hello_isv2 SSL_extension_supported SSL_get_current_compression SSL_get_current_expansion SSL_is_connection
SSL_is_quic SSL_test_functions SSL_up_ref SSL_get0_connection SSL_get0_domain SSL_get0_listener SSL_is_domain SSL_is_listener
SSL_get_ex_data_X509_STORE_CTX_idx SSL_get_value_uint SSL_set_value_uint SSL_set_debug
PEM_read_SSL_SESSION PEM_read_bio_SSL_SESSION OSSL_default_cipher_list OSSL_default_ciphersuites
""".split())

METHODS = {f"{version}_{side}method" for version in ("TLS", "TLSv1_2", "TLSv1_1", "TLSv1", "DTLS", "DTLSv1_2", "DTLSv1")
           for side in ("", "client_", "server_")}

# What a function returns when it fails, where that is not NULL, 0 or -1.
FAILURES = {
    "SSL_get_verify_result": "X509_V_ERR_UNSPECIFIED", "SSL_select_next_proto": "OPENSSL_NPN_NO_OVERLAP",
    "SSL_srp_server_param_with_username": "SSL3_AL_FATAL", "SSL_get_error": "SSL_ERROR_SSL",
    "SSL_CTX_set_tlsext_use_srtp": "1", "SSL_set_tlsext_use_srtp": "1", "SSL_CTX_set_alpn_protos": "1",
    "SSL_set_alpn_protos": "1",
}
# The texts and functions that stand for nothing.
NOTHING = {
    "SSL_CIPHER_get_name", "SSL_CIPHER_standard_name", "SSL_CIPHER_get_version", "OPENSSL_cipher_name",
    "SSL_CTX_get_security_callback", "SSL_get_security_callback",
}
# Arguments without which a function returns before it does anything.
ARGUMENTS = {
    "SSL_CONF_cmd_argv": "o->ssl_conf_ctx, NULL, &o->arguments", "SSL_get_servername": "o->ssl, TLSEXT_NAMETYPE_host_name",
    "SSL_CTX_set_alpn_protos": 'o->ssl_ctx, (const unsigned char *)"\\1a", 2', "SSL_write_ex2": "o->ssl, o->room, 1, 0, (size_t *)o->room",
    "SSL_set_alpn_protos": 'o->ssl, (const unsigned char *)"\\1a", 2', "SSL_get_error": "o->ssl, -1",
    "SSL_get_event_timeout": "o->ssl, (struct timeval *)o->room, (int *)o->room",
    "SSL_bytes_to_cipher_list": "o->ssl, (const unsigned char *)o->room, 2, 0, NULL, NULL",
}

# Through these a program makes and frees objects: the panic is in no object that could refuse anything.
NO_OBJECT = set("""
SSL_new SSL_free SSL_CTX_free SSL_SESSION_free SSL_CONF_CTX_free BIO_new_ssl BIO_new_ssl_connect BIO_new_buffer_ssl_connect
SSL_group_to_name SSL_trace SSL_CIPHER_find
""".split())


def functions(include):
    """Name, type of what it returns and types of what it takes."""
    for statement in declarations(include):
        if match := re.match(r".*\(\s*\*\s*(\w+)\((.*?)\)\)\(", statement):
            yield match[1], "void *", split(match[2])
        elif match := re.match(r"(?:extern )?([\w\s*]*?)\b(\w+)\s*\((.*)\)(?:\s*__attribute__.*)?;$", statement):
            if not match[1].startswith("typedef"):
                yield match[2], match[1].strip(), split(match[3])


def split(parameters):
    parts, depth, part = [], 0, ""
    for character in parameters:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += character
    parts.append(part)
    return [part.strip() for part in parts if part.strip() not in ("", "void")]


def argument(name, parameter):
    """An expression for a parameter."""
    if "(*" in parameter:
        return "NULL"
    bare = re.sub(r"\bconst\b|\bstruct\b", "", parameter)
    if match := re.match(r"\s*(SSL|SSL_CTX|SSL_SESSION|SSL_CONF_CTX|SSL_CIPHER|SSL_METHOD|BIO|FILE|X509|EVP_PKEY|RSA"
                         r"|X509_STORE|X509_VERIFY_PARAM|X509_NAME)\s*\*\s*\w*$", bare):
        return "o->" + match[1].lower().replace("bio", "ssl_bio" if name.startswith("BIO_ssl") else "bio")
    if re.match(r".*\b(ssl_(crock_)?st)\s*\*\s*\w*$", bare):
        return "o->ssl"
    if "*" in bare or "[" in bare:
        return "(void *)o->room" if re.match(r"\s*(unsigned |signed )?(char|void|int|long|size_t|uint\w+_t|short)\b", bare) \
            or bare.count("*") > 1 else "NULL"
    if re.search(r"(_cb|_callback|_func|_fn|_CB)\b", bare) and not re.match(r"\s*(int|unsigned|size_t|long)", bare):
        return "NULL"
    return "1"


def main():
    include, library = sys.argv[1:]
    listing = subprocess.run(["readelf", "-W", "--dyn-syms", library], capture_output=True, text=True, check=True).stdout
    exported = set(re.findall(r"FUNC +GLOBAL +DEFAULT +\d+ (\w+)@@", listing))
    known = {name: (result, parameters) for name, result, parameters in functions(include)}
    if missing := sorted(exported - set(known)):
        sys.exit(f"no prototype of {', '.join(missing)}")
    print("#define OPENSSL_SUPPRESS_DEPRECATED\n#define FERROSSL_LATER_FUNCTIONS")
    for header in HEADERS:
        print(f"#include <openssl/{header}.h>")
    print('#include "panics.h"\n')
    rows = []
    for name in sorted(exported):
        result, parameters = known[name]
        arguments = ARGUMENTS.get(name) or ", ".join(argument(name, parameter) for parameter in parameters)
        handles = sum({1 << "SSL SSL_CTX SSL_SESSION SSL_CONF_CTX".split().index(match[1]) for parameter in parameters
                      if (match := re.match(r"(?:const )?(SSL|SSL_CTX|SSL_SESSION|SSL_CONF_CTX) ?\*\w*$", parameter))})
        call = f'((__typeof__(&{name}))find("{name}"))({arguments})'
        if result == "void":
            body = f"{call}; return FAILED;"
        elif name in NOTHING:
            body = f"return {call} != NULL ? FAILED : 1;"
        elif result.endswith("*"):
            body = f"return {call} == NULL ? FAILED : 1;"
        else:
            body = f"long value = (long){call}; return value == {FAILURES.get(name, '0 || value == -1')} ? FAILED : value;"
        print(f"static long call_{name}(struct objects *o) {{ (void)o; {body} }}")
        flags = [flag for flag, names in (("PLAIN", PLAIN | METHODS), ("NO_OBJECT", NO_OBJECT))
                 if name in names]
        rows.append(f'    {{"{name}", call_{name}, {handles}, {" | ".join(flags) or 0}}},')
    print("\nconst struct function functions[] = {", *rows, "    {NULL, NULL, 0, 0},\n};", sep="\n")


if __name__ == "__main__":
    main()
