"""The openssl command's pre-shared keys: s_client and s_server with -psk and -psk_session.

Not SRP: the command's own s_server loses the name of the user while it looks for it, on any library.
"""

import contextlib

from harness import Program, case, check, check_in, free_ports
from openssl_tools import OPENSSL, REQUEST, get_page, s_server, version_flag

KEY = "0123456789abcdef0123456789abcdef"


@contextlib.contextmanager
def server_without_certificate(setting, *options):
    """Runs s_server with nothing to authenticate it but what the options say; gives its port."""
    (port,) = free_ports(1)
    command = [OPENSSL, "s_server", "-accept", f"127.0.0.1:{port}", version_flag(setting), "-nocert", "-www", *options]
    with Program(setting.server, command, cwd=setting.scratch) as server:
        server.expect("ACCEPT\n")
        server.check_library()
        yield port


def connect(setting, port, *options):
    """Has s_client ask for a page until the server closes; returns whether it got one, and what it printed."""
    command = [OPENSSL, "s_client", "-connect", f"127.0.0.1:{port}", version_flag(setting), "-ign_eof", *options]
    with Program(setting.client, command, cwd=setting.scratch) as client:
        client.check_library()
        with contextlib.suppress(BrokenPipeError):
            client.send(REQUEST)
        status = client.finish()
        return status == 0 and "HTTP/1.0 200 ok" in client.output, client.output


def check_page(setting, port, *options):
    """As connect(), and the page must come."""
    done, output = connect(setting, port, *options)
    check(done, f"no page:\n{output[-2000:]}")
    return output


@case("s_client-s_server: -psk without a certificate")
def psk(setting):
    with server_without_certificate(setting, "-psk", KEY, "-psk_identity", "somebody") as port:
        output = check_page(setting, port, "-psk", KEY, "-psk_identity", "somebody")
        check_in("no peer certificate available", output)


@case("s_client-s_server: another -psk", versions=("TLSv1.3",))
def wrong_psk(setting):
    with server_without_certificate(setting, "-psk", KEY) as port:
        done, output = connect(setting, port, "-psk", KEY[::-1])
        check(not done, "the wrong key was taken")
        check("alert illegal parameter" in output or "alert decrypt error" in output, output[-2000:])
        check_page(setting, port, "-psk", KEY)


@case("s_client-s_server: -psk after a HelloRetryRequest", versions=("TLSv1.3",))
def psk_and_retry(setting):
    with server_without_certificate(setting, "-psk", KEY, "-groups", "P-521") as port:
        check_page(setting, port, "-psk", KEY, "-groups", "X25519:P-521")


@case("s_client-s_server: -allow_no_dhe_kex with -psk", versions=("TLSv1.3",))
def psk_and_no_dhe(setting):
    with server_without_certificate(setting, "-psk", KEY, "-allow_no_dhe_kex") as port:
        check_page(setting, port, "-psk", KEY, "-allow_no_dhe_kex")


@case("s_client-s_server: -psk_session", versions=("TLSv1.3",))
def psk_session(setting):
    with s_server(setting, "-www") as (_, port):
        get_page(setting, port, "-sess_out", "session.pem")
    with server_without_certificate(setting, "-psk_session", "session.pem") as port:
        output = check_page(setting, port, "-psk_session", "session.pem")
        check_in("Reused, TLSv1.3, Cipher is ", output)


PSK_SUITES = (
    "PSK-AES128-GCM-SHA256",
    "PSK-CHACHA20-POLY1305",
    "PSK-AES256-CBC-SHA384",
    "PSK-AES128-CBC-SHA",
    "ECDHE-PSK-CHACHA20-POLY1305",
    "ECDHE-PSK-AES128-CBC-SHA256",
    "DHE-PSK-AES256-GCM-SHA384",
    "DHE-PSK-AES128-CBC-SHA",
)


@case("s_client-s_server: suites with a pre-shared key, with and without a hint", versions=("TLSv1.2",))
def psk_suites(setting):
    for hint in ([], ["-psk_hint", "the hint"]):
        with server_without_certificate(setting, "-psk", KEY, "-psk_identity", "me", *hint) as port:
            for suite in PSK_SUITES:
                output = check_page(setting, port, "-psk", KEY, "-psk_identity", "me", "-cipher", suite)
                check_in(f"Cipher is {suite}\n", output)
                check_in("PSK identity: me\n", output)
                check_in(f"PSK identity hint: {'the hint' if hint else 'None'}\n", output)


@case("s_client-s_server: suites with a pre-shared key and RSA", versions=("TLSv1.2",))
def rsa_psk_suites(setting):
    with s_server(setting, "-www", "-psk", KEY, certificate="rsa") as (_, port):
        for suite in ("RSA-PSK-AES128-GCM-SHA256", "RSA-PSK-AES256-CBC-SHA"):
            output = get_page(setting, port, "-psk", KEY, "-cipher", suite)
            check_in(f"Cipher is {suite}\n", output)


@case("s_client-s_server: a -psk_identity that nobody knows", versions=("TLSv1.2",))
def unknown_psk(setting):
    with server_without_certificate(setting, "-psk", KEY, "-psk_identity", "somebody") as port:
        done, output = connect(setting, port, "-psk", KEY, "-psk_identity", "nobody")
        # s_server takes any identity: it only says that it expected another.
        check(done, output[-2000:])
        done, output = connect(setting, port, "-psk", KEY[::-1], "-psk_identity", "somebody")
        check(not done, "the wrong key was taken")
        check_in("alert bad record mac", output)
