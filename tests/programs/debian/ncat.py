"""Ncat's --ssl on both ends: files in both directions, verification, names for ALPN."""

import contextlib
import filecmp
import os

from harness import Program, case, check, check_in, free_ports, one_version, run_client

SIZE = 8 << 20


def shell(words, redirection):
    """The command with a file for its standard input or output."""
    return ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", *words]


@contextlib.contextmanager
def listener(setting, redirection, *words, certificate="p256"):
    """Runs a server of one connection; gives the Program and its port."""
    (port,) = free_ports(1)
    command = ["/usr/bin/ncat", "-v", "--listen", "127.0.0.1", port, "--ssl", "--ssl-cert", setting.pki / f"{certificate}-chain.pem"]
    command = shell([*command, "--ssl-key", setting.pki / f"{certificate}.key", *words], redirection)
    with Program(setting.server, command, setting.scratch, environment=one_version(setting)) as program:
        program.expect(f"Listening on 127.0.0.1:{port}")
        program.check_library()
        yield program, port


def connect(setting, server, port, redirection, *words, root="root", name="localhost"):
    """Runs a client that verifies; returns its exit status and output."""
    command = ["/usr/bin/ncat", "-v", "--ssl-verify", "--ssl-trustfile", setting.pki / f"{root}.pem", "--ssl-servername", name]
    command = shell([*command, *words, "127.0.0.1", port], redirection)
    return run_client(setting, server, command, cwd=setting.scratch, environment=one_version(setting))


def transfer(setting, server_words, client_words):
    """A file from the one that reads it to the other."""
    source, copy = setting.scratch / "source", setting.scratch / "copy"
    source.write_bytes(os.urandom(SIZE))
    with listener(setting, *server_words) as (server, port):
        status, output = connect(setting, server, port, *client_words)
        server.finish()
        check(status == 0, f"ncat ended with {status}:\n{output}\n{server.output}")
        check_in("SSL connection to 127.0.0.1", output)
        check_in("Connection from 127.0.0.1", server.output)
        check(filecmp.cmp(source, copy, shallow=False), f"{copy.stat().st_size} bytes arrived, not the same")


SEND, TAKE = ("<source", "--send-only"), (">copy", "--recv-only")


@case("ncat-ncat: a file of 8 MB from the server, whose certificate is verified")
def from_server(setting):
    transfer(setting, SEND, TAKE)


# In TLS 1.3 a client of Ncat's that only sends closes its socket without having read the tickets, and the end of the file gets lost.
@case("ncat-ncat: a file of 8 MB to the server, whose certificate is verified", ("TLSv1.2",))
def to_server(setting):
    transfer(setting, TAKE, SEND)


@case("ncat-ncat: unknown authorities, wrong names and expired certificates are refused")
def refusals(setting):
    (setting.scratch / "source").write_bytes(os.urandom(1000))
    for certificate, how in (("p256", {"root": "other-root"}), ("p256", {"name": "wrong.test"}), ("expired", {})):
        with listener(setting, *TAKE, certificate=certificate) as (server, port):
            status, output = connect(setting, server, port, *SEND, **how)
            check(status != 0, f"the client took the server's certificate:\n{output}")
            check_in("Certificate verification", output)
            server.finish()
            check((setting.scratch / "copy").stat().st_size == 0, "the client sent data")
