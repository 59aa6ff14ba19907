"""The openssl command's s_server and s_client in TLS 1.0 and 1.1, which the security level 0 alone allows."""

from harness import case, check, check_in
from openssl_tools import client_chain, get_page, s_client, s_server

OLD = ("TLSv1.0", "TLSv1.1")
# What the peer signs with, and how a suite is called that its key is for.
KEYS = {"rsa": ("RSA", "ECDHE-RSA-AES128-SHA"), "p256": ("ECDSA", "ECDHE-ECDSA-AES256-SHA")}


def suites(names="ALL"):
    """The option that allows these suites at the lowest security level."""
    return ["-cipher", f"{names}:@SECLEVEL=0"]


@case("s_client-s_server: each key, and RSA key exchange", versions=OLD)
def keys(setting):
    protocol = setting.version.removesuffix(".0")
    for certificate, (signature, suite) in KEYS.items():
        with s_server(setting, "-www", *suites(), certificate=certificate) as (_, port):
            output = get_page(setting, port, *suites(suite))
            check_in(f"Cipher is {suite}\n", output)
            check_in(f"Protocol  : {protocol}\n", output)
            check_in(f"Peer signature type: {signature}\n", output)
            if certificate == "rsa":
                check_in("Cipher is AES256-SHA\n", get_page(setting, port, *suites("AES256-SHA")))


@case("s_client-s_server: client certificates", versions=OLD)
def client_certificates(setting):
    with s_server(setting, "-www", "-Verify", "3", "-verify_return_error", *suites()) as (_, port):
        for name in ("client", "client-rsa"):
            output = get_page(setting, port, *suites(), *client_chain(setting, name))
            check_in(f"Subject: CN = {name}\n", output.replace("CN=", "CN = "))


@case("s_client-s_server: resumption", versions=OLD)
def resumption(setting):
    for option in ((), ("-no_ticket",)):
        with s_server(setting, "-www", *suites(), *option) as (_, port):
            check_in("New, ", get_page(setting, port, *suites(), "-sess_out", "session.pem"))
            check_in("Reused, ", get_page(setting, port, *suites(), "-sess_in", "session.pem"))


@case("s_client-s_server: the default security level refuses", versions=OLD)
def default_level(setting):
    with s_server(setting, "-www", *suites()) as (server, port):
        with s_client(setting, port, server=server) as client:
            check(client.finish() == 1, f"s_client did not fail:\n{client.output[-2000:]}")
            check_in("legacy sigalg disallowed or unsupported", client.output)
    with s_server(setting, "-www") as (server, port):
        with s_client(setting, port, *suites(), server=server) as client:
            check(client.finish() == 1, f"s_client did not fail:\n{client.output[-2000:]}")
            check_in("alert internal error", client.output)
