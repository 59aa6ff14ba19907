"""Two OpenVPN processes: the control channel's TLS over UDP and TCP, renegotiated, and data under the keys exported from it.

There is no network device behind them (--dev null): the data are OpenVPN's own pings, which the other side authenticates.
"""

import contextlib
import re
import subprocess
import time

from harness import Program, case, check, free_datagram_port, free_ports


def options(setting, certificate, root, *more):
    """What both sides need."""
    number = setting.version.removeprefix("TLSv")
    words = ["/usr/sbin/openvpn", "--dev", "null", "--ifconfig-noexec", "--verb", "3", "--ping", "1", "--ping-exit", "20"]
    words += ["--tls-version-min", number, "--tls-version-max", number, "--ca", setting.pki / f"{root}.pem"]
    words += ["--cert", setting.pki / f"{certificate}-chain.pem", "--key", setting.pki / f"{certificate}.key"]
    return [*words, "--data-ciphers", "AES-256-GCM", *more]


@contextlib.contextmanager
def both(setting, transport="udp", certificate="client", root="root", name="p256", more=()):
    """Runs both sides; gives the client's and the server's Program."""
    secret = setting.scratch / "secret"
    if not secret.exists():
        subprocess.run(["/usr/sbin/openvpn", "--genkey", "secret", secret], check=True, timeout=60)
    port = free_datagram_port() if transport == "udp" else free_ports(1)[0]
    more = ("--tls-crypt", secret, *more)
    kinds = ("udp", "udp") if transport == "udp" else ("tcp-server", "tcp-client")
    listen = ["--tls-server", "--dh", "none", "--proto", kinds[0], "--local", "127.0.0.1", "--lport", port]
    listen += ["--remote-cert-tls", "client"]
    call = ["--tls-client", "--proto", kinds[1], "--remote", "127.0.0.1", port, "--nobind"]
    call += ["--remote-cert-tls", "server", "--verify-x509-name", name, "name"]
    listen += ["--status", setting.scratch / "server.status", "1"]
    call += ["--status", setting.scratch / "client.status", "1"]
    with Program(setting.server, options(setting, "p256", "root", *listen, *more)) as server:
        server.expect("link local (bound)" if transport == "udp" else "Listening for incoming TCP connection")
        server.check_library()
        with Program(setting.client, options(setting, certificate, root, *call, *more)) as client:
            client.check_library()
            yield client, server


def authenticated(setting, side):
    """How many bytes of data a side has got and authenticated, as it writes down every second."""
    path = setting.scratch / f"{side}.status"
    found = re.search(r"Auth read bytes,(\d+)", path.read_text() if path.exists() else "")
    return int(found[1]) if found else 0


def check_data(setting):
    """Fails unless more data comes in on both sides and is authenticated."""
    for side in ("client", "server"):
        before, deadline = authenticated(setting, side), time.monotonic() + 10
        while authenticated(setting, side) <= before:
            check(time.monotonic() < deadline, f"no data was authenticated by the {side}")
            time.sleep(0.1)


def tunnel(setting, transport):
    """A tunnel whose keys are negotiated, used, negotiated again and used again."""
    with both(setting, transport, more=("--reneg-sec", "4")) as (client, server):
        for program, peer in ((client, "p256"), (server, "client")):
            program.expect("Initialization Sequence Completed")
            program.expect(f"VERIFY OK: depth=0, CN={peer}")
            program.expect(f"Control Channel: {setting.version}, cipher {setting.version}")
        check_data(setting)
        for program in (client, server):
            program.expect("TLS: soft reset")
            program.expect(f"Control Channel: {setting.version}", 2)
        check_data(setting)
        for program in (client, server):
            check("decrypt error" not in program.output, program.output[-2000:])


@case("openvpn-openvpn: a tunnel over UDP with certificates of both sides, renegotiated")
def datagrams(setting):
    tunnel(setting, "udp")


@case("openvpn-openvpn: a tunnel over TCP with certificates of both sides, renegotiated")
def stream(setting):
    tunnel(setting, "tcp")


@case("openvpn-openvpn: unknown authorities and wrong names are refused, a stranger's certificate by the server")
def refusals(setting):
    with both(setting, root="other-root") as (client, _):
        client.expect("VERIFY ERROR: depth=1, error=unable to get local issuer certificate")
        client.expect("TLS Error: TLS handshake failed")
    with both(setting, name="wrong.test") as (client, _):
        client.expect("VERIFY X509NAME ERROR")
        client.expect("TLS Error: TLS handshake failed")
    with both(setting, certificate="stranger") as (_, server):
        server.expect("VERIFY ERROR: depth=1, error=self-signed certificate in certificate chain")
        server.expect("TLS Error: TLS handshake failed")
