"""The openssl command's s_server and s_client over DTLS: versions, cookies, listening, small datagrams, SRTP, resumption."""

import contextlib
import re

from harness import Program, case, check, check_in, free_datagram_port
from openssl_tools import OPENSSL

VERSIONS = ("DTLSv1.2", "DTLSv1")
FLAGS = {"DTLSv1.2": "-dtls1_2", "DTLSv1": "-dtls1"}


@contextlib.contextmanager
def s_server(setting, *options, certificate="p256"):
    """Runs s_server over DTLS on the setting's server library; gives the Program and its port."""
    port = free_datagram_port()
    command = [OPENSSL, "s_server", FLAGS[setting.version], "-accept", f"127.0.0.1:{port}", "-cipher", "DEFAULT:@SECLEVEL=0"]
    command += ["-cert", setting.pki / f"{certificate}.pem", "-key", setting.pki / f"{certificate}.key"]
    command += ["-cert_chain", setting.pki / "intermediate.pem", "-CAfile", setting.pki / "authorities.pem", *options]
    with Program(setting.server, command, cwd=setting.scratch) as server:
        server.expect("ACCEPT\n")
        server.check_library()
        yield server, port


@contextlib.contextmanager
def s_client(setting, port, *options):
    """Runs s_client over DTLS on the setting's client library, which must accept the server's certificate."""
    command = [OPENSSL, "s_client", FLAGS[setting.version], "-connect", f"127.0.0.1:{port}", "-cipher", "DEFAULT:@SECLEVEL=0"]
    command += ["-CAfile", setting.pki / "root.pem", "-verify_return_error", "-verify_hostname", "localhost", *options]
    with Program(setting.client, command, cwd=setting.scratch) as client:
        client.check_library()
        yield client


def talk(setting, server_options=(), client_options=(), certificate="p256"):
    """A connection with a line in each direction and an orderly end; returns what server and client printed."""
    with s_server(setting, *server_options, certificate=certificate) as (server, port):
        with s_client(setting, port, *client_options) as client:
            client.expect("Verify return code: 0 (ok)")
            client.send("from the client\n")
            server.expect("from the client\n")
            server.send("from the server\n")
            client.expect("from the server\n")
            client.send("Q\n")
            check(client.finish() == 0, f"s_client failed:\n{client.output[-2000:]}")
            server.expect("DONE")
        check_in(f"Protocol  : {setting.version}", client.output)
        return server.output, client.output


@case("s_client-s_server over DTLS", VERSIONS)
def plain(setting):
    """ECDSA and RSA."""
    for certificate in ("p256", "rsa"):
        talk(setting, certificate=certificate)


@case("s_client-s_server over DTLS: -listen", VERSIONS)
def listen(setting):
    """DTLSv1_listen(): the client proves its address with a cookie before there is any state."""
    talk(setting, ["-listen"])


@case("s_client-s_server over DTLS: -mtu", VERSIONS)
def small_datagrams(setting):
    """Flights in small datagrams, which the system confines to the loopback interface's ports."""
    for mtu in ("256", "600", "1400"):
        talk(setting, ["-mtu", mtu], ["-mtu", mtu], certificate="rsa")
        talk(setting, ["-listen", "-mtu", mtu], ["-mtu", mtu], certificate="rsa")


@case("s_client-s_server over DTLS: -use_srtp", VERSIONS)
def srtp(setting):
    """A profile is agreed on, and both sides export the same keys."""
    export = ["-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", "60"]
    profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80"
    outputs = talk(setting, ["-use_srtp", "SRTP_AES128_CM_SHA1_80", *export], ["-use_srtp", profiles, *export])
    keys = []
    for output in outputs:
        check_in("SRTP Extension negotiated, profile=SRTP_AES128_CM_SHA1_80", output)
        keys += re.findall(r"Keying material: ([0-9A-F]{120})\b", output)
    check(len(keys) == 2 and keys[0] == keys[1], f"the keys are {keys}")


@case("s_client-s_server over DTLS: client certificate", VERSIONS)
def client_certificate(setting):
    """-Verify on the server."""
    options = ["-cert", setting.pki / "client.pem", "-key", setting.pki / "client.key"]
    server, _ = talk(setting, ["-Verify", "3", "-verify_return_error"], options)
    check_in("Client certificate", server)


@case("s_client-s_server over DTLS: resumption", VERSIONS)
def resumption(setting):
    """-sess_out and -sess_in, by ticket and by id."""
    for options in ([], ["-no_ticket"]):
        session = setting.scratch / "session"
        with s_server(setting, *options) as (server, port):
            for number, (arguments, kind) in enumerate(((["-sess_out", session], "New"), (["-sess_in", session], "Reused"))):
                with s_client(setting, port, *arguments) as client:
                    client.expect("Verify return code: 0 (ok)")
                    client.send("hello\n")
                    server.expect("hello\n", number + 1)
                    client.send("Q\n")
                    check(client.finish() == 0, f"s_client failed:\n{client.output[-2000:]}")
                    server.expect("DONE", number + 1)
                check(re.search(rf"^{kind}, .*, Cipher is ", client.output, re.M), f"not {kind}:\n{client.output[-2000:]}")


@case("s_client-s_server over DTLS: pre-shared key", VERSIONS)
def pre_shared_key(setting):
    """PSK without and with ECDHE."""
    psk = ["-psk", "0123456789abcdef0123456789abcdef", "-psk_identity", "thing"]
    for suite in ("PSK-AES128-CBC-SHA", "ECDHE-PSK-AES128-CBC-SHA"):
        cipher = ["-cipher", f"{suite}:@SECLEVEL=0"]
        with s_server(setting, "-nocert", *psk, *cipher) as (server, port), s_client(setting, port, *psk, *cipher) as client:
            client.expect(f"Cipher is {suite}")
            client.send("from the client\n")
            server.expect("from the client\n")
            client.send("Q\n")
            check(client.finish() == 0, f"s_client failed:\n{client.output[-2000:]}")


@case("s_client-s_server over DTLS: renegotiation", VERSIONS)
def renegotiation(setting):
    """Asked for by the server."""
    with s_server(setting) as (server, port), s_client(setting, port) as client:
        client.expect("Verify return code: 0 (ok)")
        client.send("before\n")
        server.expect("before\n")
        server.send("r\n")
        client.expect("depth=0", 2)
        client.send("after\n")
        server.expect("after\n")
        client.send("Q\n")
        check(client.finish() == 0, f"s_client failed:\n{client.output[-2000:]}")


@case("s_client-s_server over DTLS: certificate that is not trusted", VERSIONS)
def certificate_refused(setting):
    """The client ends the handshake with an alert."""
    with s_server(setting) as (server, port), s_client(setting, port, "-verify_hostname", "another.example") as client:
        check(client.finish() == 1, f"s_client did not fail:\n{client.output[-2000:]}")
        check_in("certificate verify failed", client.output)
        server.expect("alert")
