"""stunnel on both ends of a tunnel: certificates of both sides, pre-shared keys, resumption."""

import contextlib
import os

from harness import Program, case, check, free_ports, wait_for_listener
from plain import check_echo, echo, exchange

SIZE = 8 << 20


@contextlib.contextmanager
def stunnel(setting, library, name, settings, connect):
    """Runs stunnel in front of a port; gives the Program and the port it accepts on."""
    (port,) = free_ports(1)
    lines = ["foreground = yes", "pid =", "debug = info", "syslog = no", f"[{name}]", f"accept = 127.0.0.1:{port}"]
    lines += [f"connect = 127.0.0.1:{connect}", f"sslVersion = {setting.version}", "TIMEOUTclose = 5", *settings]
    path = setting.scratch / f"{name}.conf"
    path.write_text("\n".join(lines) + "\n")
    with Program(library, ["/usr/bin/stunnel4", path]) as program:
        program.expect("Configuration successful")
        if name == "back":
            wait_for_listener(program, port)
        program.check_library()
        yield program, port


@contextlib.contextmanager
def tunnel(setting, back, front):
    """Two of them in front of an echo, with the settings of each; gives both Programs and the plain port."""
    with echo() as target, stunnel(setting, setting.server, "back", back, target) as (server, port):
        with stunnel(setting, setting.client, "front", ["client = yes", *front], port) as (client, plain):
            yield client, server, plain


def server_certificate(setting, *more):
    """The server's settings with a certificate of its own."""
    return [f"cert = {setting.pki}/p256-chain.pem", f"key = {setting.pki}/p256.key", *more]


def client_certificate(setting, name):
    """The client's settings with a certificate of its own."""
    return [f"cert = {setting.pki}/{name}-chain.pem", f"key = {setting.pki}/{name}.key"]


def verify(setting, *more, root="root"):
    """The settings that demand a peer's certificate from an authority."""
    return ["verifyChain = yes", f"CAfile = {setting.pki}/{root}.pem", *more]


@case("stunnel-stunnel: 8 MB through a tunnel with certificates of both sides, and resumption")
def certificates(setting):
    back = server_certificate(setting, *verify(setting))
    front = verify(setting, "checkHost = localhost", *client_certificate(setting, "client"))
    with tunnel(setting, back, front) as (client, server, port):
        check_echo(port, os.urandom(SIZE))
        check_echo(port, b"again")
        client.expect("TLS connected: new session negotiated")
        client.expect("TLS connected: previous session reused")
        server.expect("TLS accepted: previous session reused")
        client.expect(f"{setting.version} ciphersuite", 2)
        client.check_library()
        server.check_library()


@case("stunnel-stunnel: unknown authorities and wrong names are refused, no or a stranger's certificate by the server")
def refusals(setting):
    data = os.urandom(1000)
    for front in (verify(setting, root="other-root"), verify(setting, "checkHost = wrong.test")):
        with tunnel(setting, server_certificate(setting), front) as (client, _, port):
            check(exchange(port, data) == b"", "the client took the server's certificate")
            client.expect("certificate verify failed")
    for front in ([], client_certificate(setting, "stranger")):
        with tunnel(setting, server_certificate(setting, *verify(setting)), front) as (_, server, port):
            check(exchange(port, data) == b"", "the server took the client's certificate")
            server.expect("certificate verify failed" if front else "peer did not return a certificate")


@case("stunnel-stunnel: 8 MB through a tunnel with pre-shared keys; an unknown key is refused")
def shared_keys(setting):
    keys = {"back": {"one": os.urandom(32), "two": os.urandom(32)}}
    keys["front"] = {"two": keys["back"]["two"]}
    keys["wrong"] = {"two": os.urandom(32)}
    keys["unknown"] = {"three": keys["back"]["two"]}
    settings = {}
    for name, known in keys.items():
        path = setting.scratch / f"{name}.keys"
        path.write_text("".join(f"{identity}:{key.hex()}\n" for identity, key in known.items()))
        path.chmod(0o600)
        settings[name] = [f"PSKsecrets = {path}", "ciphers = PSK"]
    with tunnel(setting, settings["back"], settings["front"]) as (client, server, port):
        check_echo(port, os.urandom(SIZE))
        server.expect('Key configured for PSK identity "two"')
        client.expect(f"{setting.version} ciphersuite")
        client.expect("No peer certificate received")
    for name in ("wrong", "unknown"):
        with tunnel(setting, settings["back"], settings[name]) as (_, _, port):
            check(exchange(port, b"data") == b"", f"the server took an {name} key")
