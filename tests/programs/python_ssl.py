"""Debian's python3 as client and as server: sockets, MemoryBIO, asyncio, http.client and http.server."""

import contextlib
import json
from pathlib import Path

from curl import compare, fetch, large_file
from harness import Program, case, check, check_in
from nginx import Site, nginx

PYTHON = "/usr/bin/python3"
PEER = Path(__file__).with_name("python_peer.py")
MEGABYTE = 1024 * 1024


def peer(library, side, setting, *options, ca="root"):
    """A python_peer.py on a library."""
    command = [PYTHON, "-I", PEER, side, "--version", setting.version, "--ca", setting.pki / f"{ca}.pem"]
    return Program(library, [*command, *options], cwd=setting.scratch)


@contextlib.contextmanager
def serving(setting, *options, how="socket", certificate="p256"):
    """Runs a server on the setting's server library; gives the Program and its port."""
    certificate = ["--certificate", setting.pki / certificate]
    with peer(setting.server, "server", setting, "--how", how, *certificate, *options) as server:
        server.check_library()
        server.send("go\n")
        output = server.expect("PORT ")
        while not output.endswith("\n"):
            output = server.expect("\n")
        yield server, int(output.split()[1])


def ask(setting, port, *options, how="socket", ca="root"):
    """Runs a client on the setting's client library; returns the object that it printed."""
    with peer(setting.client, "client", setting, "--how", how, "--port", str(port), *options, ca=ca) as client:
        client.check_library()
        client.send("go\n")
        status = client.finish(90)
        check(status == 0, f"the client ended with {status}:\n{client.output[-2000:]}")
        return json.loads(client.output)


def connections(setting, port, *options, how="socket"):
    """Runs a client that must succeed; returns a (client, server) pair of facts for each connection."""
    answer = ask(setting, port, *options, how=how)
    check("connections" in answer, f"the client failed: {answer}")
    pairs = [(each["client"], each["server"]) for each in answer["connections"]]
    for client, server in pairs:
        check(client["version"] == server["version"] == setting.version, f"versions differ: {client} {server}")
        check(client["cipher"] == server["cipher"], f"cipher suites differ: {client} {server}")
        check(client["binding"] == server["binding"], f"tls-unique differs: {client} {server}")
        check(client["peer"] is not None, f"no peer certificate: {client}")
    return pairs


def both_ways(setting, how, size):
    """Random data goes to the server and comes back unchanged; nothing failed on the server."""
    with serving(setting, "--alpn", "second,first", how=how) as (server, port):
        ((client, facts),) = connections(setting, port, "--alpn", "first,second", "--size", str(size), how=how)
        # The server's order decides.
        check(client["alpn"] == facts["alpn"] == "second", f"ALPN: {client['alpn']}, {facts['alpn']}")
        check("FAILED" not in server.output, server.output)


@case("python-python: 20 MB both ways over ssl sockets, ALPN")
def sockets(setting):
    both_ways(setting, "socket", 20 * MEGABYTE)


@case("python-python: 20 MB both ways through MemoryBIOs, ALPN")
def memory(setting):
    both_ways(setting, "memory", 20 * MEGABYTE)


@case("python-python: 20 MB both ways with asyncio, ALPN")
def asyncio_streams(setting):
    both_ways(setting, "asyncio", 20 * MEGABYTE)


@case("python-python: http.client and http.server, GET and POST of 5 MB")
def http_client(setting):
    with serving(setting, how="http") as (server, port):
        connections(setting, port, "--size", str(5 * MEGABYTE), how="http")
        check("FAILED" not in server.output, server.output)


def resumption(setting, how):
    """The second and third connection offer the session of the one before and resume it."""
    with serving(setting, how=how) as (_, port):
        pairs = connections(setting, port, "--connections", "3", how=how)
    reused = [(client["reused"], server["reused"]) for client, server in pairs]
    check(reused == [(False, False), (True, True), (True, True)], f"sessions resumed: {reused}")


@case("python-python: session reuse over ssl sockets")
def session_reuse(setting):
    resumption(setting, "socket")


@case("python-python: session reuse through MemoryBIOs")
def session_reuse_memory(setting):
    resumption(setting, "memory")


@case("python-python: client certificate, seen by the server")
def client_certificate(setting):
    with serving(setting, "--verify-client") as (_, port):
        ((_, server),) = connections(setting, port, "--certificate", setting.pki / "client")
    check(server["peer"] == "client", f"the server saw {server['peer']}")


@case("python-python: a missing client certificate is refused")
def client_certificate_missing(setting):
    with serving(setting, "--verify-client") as (server, port):
        answer = ask(setting, port, "--read-first")
        server.expect("FAILED SSLError PEER_DID_NOT_RETURN_A_CERTIFICATE\n")
    alerts = {"TLSv1.3": "TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSv1.2": "SSLV3_ALERT_HANDSHAKE_FAILURE"}
    check(answer == {"error": "SSLError", "reason": alerts[setting.version]}, f"the client got {answer}")


def refused(setting, code, message, alert, *options, certificate="p256", ca="root"):
    """The client must refuse the server's certificate, for this reason and with this alert."""
    for how in ("socket", "memory"):
        with serving(setting, certificate=certificate, how=how) as (server, port):
            answer = ask(setting, port, *options, how=how, ca=ca)
            wanted = {"code": code, "message": message, "reason": "CERTIFICATE_VERIFY_FAILED"}
            check(answer == wanted, f"the client reported {answer}")
            server.expect(f"FAILED SSLError {alert}\n")


@case("python-python: a certificate from an unknown CA is refused")
def unknown_authority(setting):
    message = "unable to get local issuer certificate"
    refused(setting, 20, message, "TLSV1_ALERT_UNKNOWN_CA", ca="other-root")


@case("python-python: a certificate for another host name is refused")
def wrong_host(setting):
    message = "Hostname mismatch, certificate is not valid for 'wrong.test'."
    refused(setting, 62, message, "SSLV3_ALERT_BAD_CERTIFICATE", "--name", "wrong.test")


@case("python-python: an expired certificate is refused")
def expired(setting):
    refused(setting, 10, "certificate has expired", "SSLV3_ALERT_CERTIFICATE_EXPIRED", certificate="expired")


@case("curl-python: curl fetches from http.server")
def curl_from_python(setting):
    with serving(setting, how="http") as (_, port):
        output = fetch(setting, [f"https://localhost:{port}/{MEGABYTE}"], "-o", "page", "-D", "-")
    check_in(f'"version": "{setting.version}"', output)
    check((setting.scratch / "page").stat().st_size == MEGABYTE, "the page is not whole")


@case("curl-python-nginx: TLS inside TLS, through an HTTPS proxy")
def https_proxy(setting):
    source = large_file(setting)
    site = Site()
    with nginx(setting, site, root=source.parent), serving(setting, how="proxy", certificate="rsa") as (server, port):
        proxy = ["--proxy", f"https://localhost:{port}", "--proxy-cacert", setting.pki / "root.pem"]
        fetch(setting, [site.url("large")], *proxy, "--noproxy", "", "-o", "down")
        server.expect("CONNECT\n")
    compare(source, setting.scratch / "down")
