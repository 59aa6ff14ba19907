"""The openssl command's s_server, s_client and s_time against each other, and s_client against nginx."""

import contextlib
import time

from harness import Program, case, check, check_in, free_ports
from nginx import Site, nginx

OPENSSL = "/usr/bin/openssl"
REQUEST = "GET / HTTP/1.0\r\n\r\n"


def version_flag(setting):
    """-tls1_3 or -tls1_2."""
    return "-" + setting.version.removesuffix(".0").replace("TLSv", "tls").replace(".", "_")


@contextlib.contextmanager
def s_server(setting, *options, certificate="p256"):
    """Runs s_server on the setting's server library; gives the Program and its port."""
    (port,) = free_ports(1)
    command = [OPENSSL, "s_server", "-accept", f"127.0.0.1:{port}", version_flag(setting), *options]
    command += ["-cert", setting.pki / f"{certificate}.pem", "-key", setting.pki / f"{certificate}.key"]
    command += ["-cert_chain", setting.pki / "intermediate.pem", "-CAfile", setting.pki / "authorities.pem"]
    with Program(setting.server, command, cwd=setting.scratch) as server:
        server.expect("ACCEPT\n")
        server.check_library()
        yield server, port


@contextlib.contextmanager
def s_client(setting, port, *options, name="localhost", server=None):
    """Runs s_client on the setting's client library, which must accept the server's certificate for `name`.

    Where s_client may end at once, its `server` is given, to be paused until the client's library was looked at.
    """
    command = [OPENSSL, "s_client", "-connect", f"127.0.0.1:{port}", version_flag(setting)]
    command += ["-CAfile", setting.pki / "root.pem", "-verify_return_error", "-verify_hostname", name]
    command += ["-servername", name, *options]
    with contextlib.ExitStack() as stack:
        with server.paused() if server else contextlib.nullcontext():
            client = stack.enter_context(Program(setting.client, command, cwd=setting.scratch))
            client.check_library()
        yield client


def get_page(setting, port, *options, name="localhost"):
    """Has s_client ask for a page until the server closes; returns all it printed."""
    with s_client(setting, port, "-ign_eof", *options, name=name) as client:
        client.send(REQUEST)
        status = client.finish()
        check(status == 0, f"s_client ended with {status}:\n{client.output[-2000:]}")
        check_in("Verify return code: 0 (ok)", client.output)
        return client.output


def check_page(setting, certificate="p256", server_options=(), client_options=()):
    """Gets s_server's status page; returns what s_client printed."""
    with s_server(setting, "-www", *server_options, certificate=certificate) as (_, port):
        output = get_page(setting, port, *client_options)
    check_in(f"New, {setting.version}, Cipher is ", output)
    check_in("HTTP/1.0 200 ok", output)
    check_in("</html>", output.lower())
    return output


PEER_SIGNATURES = {
    "rsa": "RSA-PSS",
    "rsa-pss": "RSA-PSS",
    "ed25519": "ed25519",
    "p256": "ECDSA",
    "p384": "ECDSA",
    "p521": "ECDSA",
}


def certificate_case(certificate):
    """Registers one case for a kind of certificate."""

    @case(f"s_client-s_server: {certificate} certificate")
    def certificate_type(setting):
        output = check_page(setting, certificate=certificate)
        check_in(f"Peer signature type: {PEER_SIGNATURES[certificate]}\n", output)


for each in PEER_SIGNATURES:
    certificate_case(each)

TEMPORARY_KEYS = {
    "X25519": "X25519, 253 bits",
    "P-256": "ECDH, prime256v1, 256 bits",
    "P-384": "ECDH, secp384r1, 384 bits",
    "P-521": "ECDH, secp521r1, 521 bits",
}


def group_case(group, key):
    """Registers a case for a group that the client asks for, and one where the server insists on it."""

    @case(f"s_client-s_server: group {group} chosen by the client")
    def client_group(setting):
        output = check_page(setting, certificate="rsa", client_options=["-groups", group])
        check_in(f"Server Temp Key: {key}\n", output)

    @case(f"s_client-s_server: group {group} chosen by the server")
    def server_group(setting):
        output = check_page(setting, certificate="rsa", server_options=["-groups", group])
        check_in(f"Server Temp Key: {key}\n", output)


for each, temporary_key in TEMPORARY_KEYS.items():
    group_case(each, temporary_key)

SUITES = {
    "TLSv1.3": ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"),
    "TLSv1.2": ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"),
}


@case("s_client-s_server: each AEAD cipher suite")
def cipher_suites(setting):
    option = "-ciphersuites" if setting.version == "TLSv1.3" else "-cipher"
    with s_server(setting, "-www", certificate="rsa") as (_, port):
        for suite in SUITES[setting.version]:
            check_in(f"Cipher is {suite}\n", get_page(setting, port, option, suite))


def check_resumption(setting, port):
    """Saves a session with -sess_out and resumes it with -sess_in."""
    output = get_page(setting, port, "-sess_out", "session.pem")
    check_in(f"New, {setting.version}, Cipher is ", output)
    output = get_page(setting, port, "-sess_in", "session.pem")
    check_in(f"Reused, {setting.version}, Cipher is ", output)


@case("s_client-s_server: resumption by ticket, -sess_out and -sess_in")
def resumption_by_ticket(setting):
    with s_server(setting, "-www") as (_, port):
        check_resumption(setting, port)


@case("s_client-s_server: resumption from the server's cache, -sess_out and -sess_in")
def resumption_from_cache(setting):
    with s_server(setting, "-www", "-no_ticket") as (_, port):
        check_resumption(setting, port)


@case("s_client-nginx: resumption by ticket, -sess_out and -sess_in")
def resumption_with_nginx(setting):
    site = Site(settings="ssl_session_cache none; ssl_session_tickets on;")
    with nginx(setting, site):
        check_resumption(setting, site.port)


@case("s_client-s_server: -reconnect")
def reconnect(setting):
    with s_server(setting, "-www") as (_, port):
        with s_client(setting, port, "-reconnect") as client:
            client.expect("Verify return code: 0 (ok)", count=6)
            client.send("Q\n")
            check(client.finish() == 0, f"s_client failed:\n{client.output[-2000:]}")
            new = client.output.count(f"New, {setting.version}, Cipher is ")
            reused = client.output.count(f"Reused, {setting.version}, Cipher is ")
    # In TLS 1.3 s_client closes before it has read a ticket, so nothing is there to resume.
    wanted = (6, 0) if setting.version == "TLSv1.3" else (1, 5)
    check((new, reused) == wanted, f"{new} new and {reused} resumed connections, not {wanted}")


@case("s_client-s_server: ALPN, a protocol in common and none")
def alpn(setting):
    with s_server(setting, "-www", "-alpn", "h2,http/1.1") as (server, port):
        check_in("ALPN protocol: http/1.1\n", get_page(setting, port, "-alpn", "spdy/9,http/1.1"))
        with s_client(setting, port, "-alpn", "spdy/9", server=server) as client:
            check(client.finish() == 1, f"s_client did not end with 1:\n{client.output[-2000:]}")
            check_in("alert no application protocol", client.output)
            check_in("No ALPN negotiated\n", client.output)


@case("s_client-s_server: -servername picks the second certificate")
def server_name(setting):
    second = ["-servername", "alpha.test", "-cert2", setting.pki / "alpha.test.pem"]
    second += ["-key2", setting.pki / "alpha.test.key"]
    with s_server(setting, "-www", *second) as (_, port):
        check_in("subject=CN = p256\n", get_page(setting, port))
        check_in("subject=CN = alpha.test\n", get_page(setting, port, name="alpha.test"))


def client_chain(setting, name):
    """s_client's options for a client certificate."""
    options = ["-cert", setting.pki / f"{name}.pem", "-key", setting.pki / f"{name}.key"]
    return [*options, "-cert_chain", setting.pki / "intermediate.pem"]


@case("s_client-s_server: client certificates that -Verify accepts")
def client_certificate(setting):
    with s_server(setting, "-www", "-Verify", "3", "-verify_return_error") as (_, port):
        for name in ("client", "client-rsa"):
            output = get_page(setting, port, *client_chain(setting, name))
            check_in(f"Subject: CN = {name}\n", output.replace("CN=", "CN = "))


@case("s_client-s_server: a client certificate that is missing or not trusted is refused")
def client_certificate_refused(setting):
    missing = "certificate required" if setting.version == "TLSv1.3" else "handshake failure"
    with s_server(setting, "-www", "-Verify", "3", "-verify_return_error") as (server, port):
        for options, alert, reason in (
            ([], missing, "peer did not return a certificate"),
            (client_chain(setting, "stranger"), "unknown ca", "certificate verify failed"),
        ):
            with s_client(setting, port, "-ign_eof", *options, server=server) as client:
                check(client.finish() == 1, f"s_client did not end with 1:\n{client.output[-2000:]}")
                check_in(f"alert {alert}", client.output)
            server.expect(reason)


@case("s_client-s_server: a certificate for another host name is refused")
def wrong_host(setting):
    with s_server(setting, "-www") as (server, port):
        with s_client(setting, port, name="wrong.test", server=server) as client:
            check(client.finish() == 1, f"s_client did not end with 1:\n{client.output[-2000:]}")
            check_in("verify error:num=62:hostname mismatch", client.output.lower())
        server.expect("alert bad certificate")


@case("s_client-s_server: key updates from either side, with and without a request", versions=("TLSv1.3",))
def key_update(setting):
    with s_server(setting) as (server, port), s_client(setting, port) as client:
        client.expect("Verify return code: 0 (ok)")
        server.expect("CIPHER is ")
        for turn, command in enumerate(("k", "K", "K", "k"), 1):
            client.send(f"{command}\n")
            client.expect("KEYUPDATE", count=turn)
            server.send(f"{command}\n")
            time.sleep(0.2)  # s_server shows what it did only when it next prints what it received
            client.send(f"from client {turn}\n")
            server.expect(f"from client {turn}\n")
            server.expect("SSL_do_handshake -> 1\n", count=turn)
            server.send(f"from server {turn}\n")
            client.expect(f"from server {turn}\n")
        client.send("Q\n")
        check(client.finish() == 0, f"s_client failed:\n{client.output[-2000:]}")


def check_s_time(setting, kind, options):
    """Runs s_time for two seconds. It verifies every connection, but goes on whatever that says."""
    with s_server(setting, "-www", *options) as (_, port):
        command = [OPENSSL, "s_time", "-connect", f"127.0.0.1:{port}", "-CAfile", setting.pki / "root.pem"]
        command += ["-verify", "3", "-www", "/", kind, "-time", "2", version_flag(setting)]
        with Program(setting.client, command) as client:
            client.check_library()
            status = client.finish()
            check(status == 0, f"s_time ended with {status}:\n{client.output[-2000:]}")
            count = int(client.output.split(" connections in ")[0].split()[-1])
            check(count >= 20, f"only {count} connections in two seconds")
            return client.output


@case("s_time-s_server: new sessions")
def s_time_new(setting):
    check_s_time(setting, "-new", [])


@case("s_time-s_server: resumed sessions")
def s_time_reuse(setting):
    output = check_s_time(setting, "-reuse", [])
    check("r" * 20 in output, f"sessions were not resumed:\n{output[-500:]}")
