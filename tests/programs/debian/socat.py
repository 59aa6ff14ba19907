"""socat's OPENSSL addresses, over TCP and UDP, with certificates of both sides."""

import filecmp
import os

from harness import Program, case, check, check_in, free_datagram_port, free_ports, run_client

VERSIONS = ("TLSv1.3", "TLSv1.2", "DTLSv1.2")
STREAM = 8 << 20
# What fits into a socket's buffer: nothing sends lost datagrams again.
DATAGRAMS = 40_000


class Addresses:
    """The addresses of a server that demands certificates, and of a client that verifies."""

    def __init__(self, setting):
        self.setting = setting
        self.datagrams = setting.version.startswith("DTLS")
        self.port = free_datagram_port() if self.datagrams else free_ports(1)[0]

    def _options(self, certificate, root):
        """What both sides have to be told."""
        pki, version = self.setting.pki, self.setting.version.replace("TLSv", "TLS")
        words = f"cert={pki}/{certificate}-chain.pem,key={pki}/{certificate}.key,cafile={pki}/{root}.pem,verify=1"
        return f"{words},openssl-min-proto-version={version},openssl-max-proto-version={version}"

    @property
    def server(self):
        """The server's address."""
        kind = "OPENSSL-DTLS-SERVER" if self.datagrams else "OPENSSL-LISTEN"
        return f"{kind}:{self.port},bind=127.0.0.1,{self._options('p256', 'root')}"

    def client(self, certificate="client", root="root", name="localhost"):
        """The client's address."""
        kind = "OPENSSL-DTLS-CLIENT" if self.datagrams else "OPENSSL-CONNECT"
        return f"{kind}:127.0.0.1:{self.port},commonname={name},{self._options(certificate, root)}"


def run(setting, server_words, client_words):
    """Runs a server of one connection and a client of it; returns the client's exit status, and both outputs."""
    with Program(setting.server, ["/usr/bin/socat", "-dd", *server_words], setting.scratch) as server:
        server.expect("listening on")
        server.check_library()
        status, output = run_client(setting, server, ["/usr/bin/socat", "-dd", *client_words], cwd=setting.scratch)
        server.finish()
        return status, output, server.output


def transfer(setting, to_server):
    """Sends a file one way."""
    addresses = Addresses(setting)
    source, copy = setting.scratch / "source", setting.scratch / "copy"
    source.write_bytes(os.urandom(DATAGRAMS if addresses.datagrams else STREAM))
    send = ["-u", "-b", "1000" if addresses.datagrams else "65536", f"OPEN:{source}"]
    take = ["-U", f"CREATE:{copy}"]
    server = [*(take if to_server else send), addresses.server]
    client = [*(send if to_server else take), addresses.client()]
    status, output, server_output = run(setting, server, client)
    check(status == 0, f"the client ended with {status}:\n{output}\n{server_output}")
    check_in("SSL proto version used: " + setting.version.removeprefix("D"), output)
    check(filecmp.cmp(source, copy, shallow=False), f"{copy.stat().st_size} bytes arrived, not the same")


@case("socat-socat: a file in each direction, with certificates of both sides", VERSIONS)
def both_ways(setting):
    transfer(setting, True)
    transfer(setting, False)


@case("socat-socat: unknown authorities and wrong names are refused, a stranger's certificate by the server", VERSIONS)
def refusals(setting):
    addresses = Addresses(setting)
    wrong_name = "certificate is valid but its commonName does not match"
    for how, message in (({"root": "other-root"}, "certificate verify failed"), ({"name": "wrong.test"}, wrong_name)):
        server = ["-u", addresses.server, "CREATE:nothing"]
        status, output, _ = run(setting, server, ["-u", "OPEN:/etc/passwd", addresses.client(**how)])
        check(status == 1, f"the client took the server's certificate:\n{output}")
        check_in(message, output)
    server = ["-u", addresses.server, "CREATE:taken"]
    _, _, output = run(setting, server, ["-u", "OPEN:/etc/passwd", addresses.client(certificate="stranger")])
    check_in("certificate verify failed", output)
    check(not (setting.scratch / "taken").exists(), "the server took a stranger's data")
