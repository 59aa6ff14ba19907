"""HAProxy: TLS on both of its sides, names, client certificates, resumption, tickets' keys, a certificate changed while it
runs, and reloads that lose no request."""

import base64
import contextlib
import dataclasses
import os
import signal
import socket
import threading

from curl import compare, curl, fetch, large_file
from harness import Program, case, check, check_in, children, free_ports, wait_for_listener
from nginx import Site, nginx

CONFIGURATION = """
global
  log stdout format raw local0 info
  nbthread 2
  maxconn 4000
  stats socket {directory}/admin mode 600 level admin expose-fd listeners
  ssl-default-bind-options ssl-min-ver {version} ssl-max-ver {version}
  ssl-default-server-options ssl-min-ver {version} ssl-max-ver {version}
  {settings}
defaults
  mode http
  log global
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend front
  bind 127.0.0.1:{port} ssl alpn h2,http/1.1 crt {directory}/certificates {bind}
  http-request return status 200 content-type text/plain lf-string "{state}\\n" if {{ path /state }}
  {front}
"""

STATE = "%[ssl_fc_sni] %[ssl_fc_protocol] %[ssl_fc_is_resumed] %[ssl_c_verify] <%[ssl_c_s_dn(cn)]>"


class HAProxy:
    """An HAProxy on one loopback port, with some of the PKI's certificates, chosen by name."""

    def __init__(self, setting, certificates=("p256",), bind="", front="", settings="", more=""):
        self.setting = setting
        self.port = free_ports(1)[0]
        self.admin = setting.scratch / "admin"
        self.program = None
        (setting.scratch / "certificates").mkdir()
        for name in certificates:
            self.certificate_file(name).write_bytes(certificate(setting, name))
        words = {"bind": bind, "front": front, "settings": settings, "state": STATE, "port": self.port}
        self.configuration = setting.scratch / "haproxy.cfg"
        self.configuration.write_text(
            CONFIGURATION.format(directory=setting.scratch, version=setting.version, **words) + more
        )

    def certificate_file(self, name):
        """Where HAProxy finds a certificate and its key."""
        return self.setting.scratch / f"certificates/{name}.pem"

    def url(self, path, name="localhost"):
        """The address of a resource."""
        return f"https://{name}:{self.port}/{path}"

    def command(self, text):
        """Sends a command to the administrator's socket; returns the answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.admin))
            connection.sendall(text.encode() + b"\n")
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

    @contextlib.contextmanager
    def running(self, *words):
        """Runs a master and its worker in the foreground on the setting's server library."""
        command = ["/usr/sbin/haproxy", "-W", "-db", "-f", self.configuration, *words]
        with Program(self.setting.server, command, cwd=self.setting.scratch) as server:
            wait_for_listener(server, self.port)
            server.check_library()
            self.program = server
            yield server


def certificate(setting, name):
    """A chain and its key in one, as HAProxy wants it."""
    return b"".join((setting.pki / f"{name}{end}").read_bytes() for end in ("-chain.pem", ".key"))


def identity(name):
    """curl's options for a client certificate of the PKI."""
    return ["--cert", f"../pki/{name}-chain.pem", "--key", f"../pki/{name}.key"]


@contextlib.contextmanager
def in_front_of_nginx(setting, http, nginx_library=None):
    """An HAProxy whose backend is an nginx that it verifies, and that wants a certificate of it; both are servers."""
    back = setting.scratch / "back"
    back.mkdir()
    site = Site(settings=f"ssl_client_certificate {setting.pki}/root.pem; ssl_verify_client on; ssl_verify_depth 2;")
    with nginx(dataclasses.replace(setting, scratch=back, server=nginx_library or setting.server), site):
        client = setting.scratch / "backend.pem"
        client.write_bytes(certificate(setting, "client"))
        more = f"""
backend back
  http-reuse never
  http-response set-header X-Resumed %[ssl_bc_is_resumed]
  server nginx 127.0.0.1:{site.port} ssl verify required ca-file {setting.pki}/root.pem sni str(localhost) verifyhost localhost crt {client} alpn {http}
"""
        proxy = HAProxy(setting, front="default_backend back", more=more)
        with proxy.running():
            yield proxy


@case("curl-haproxy: 100 MB up and down, HTTP/1.1, through a backend over TLS with certificates on both sides")
def both_ways_http1(setting):
    both_ways(setting, "1.1", "http/1.1")


@case("curl-haproxy: 100 MB up and down, HTTP/2, through a backend over TLS with certificates on both sides")
def both_ways_http2(setting):
    both_ways(setting, "2", "h2")


def both_ways(setting, http, alpn):
    """The large file up and down again."""
    source = large_file(setting)
    with in_front_of_nginx(setting, alpn) as proxy:
        output = fetch(setting, [proxy.url("large")], f"--http{http}", "-T", source, "-w", "%{http_version} %{http_code}")
        check(output == f"{http} 201", f"HTTP version and status {output}")
        compare(source, setting.scratch / "back/large", keep=True)
        output = fetch(setting, [proxy.url("large")], f"--http{http}", "-o", "down", "-w", "%{http_version} %{http_code}")
        check(output == f"{http} 200", f"HTTP version and status {output}")
        compare(source, setting.scratch / "down")


@case("haproxy-nginx: a backend whose certificate is not trusted is refused")
def backend_refused(setting):
    site = Site()
    front = dataclasses.replace(setting, server=setting.client, client=setting.server)
    (setting.scratch / "back").mkdir()
    with nginx(dataclasses.replace(setting, scratch=setting.scratch / "back"), site):
        more = f"""
backend good
  server nginx 127.0.0.1:{site.port} ssl verify required ca-file {setting.pki}/root.pem sni str(localhost)
backend other-root
  server nginx 127.0.0.1:{site.port} ssl verify required ca-file {setting.pki}/other-root.pem sni str(localhost)
backend other-name
  server nginx 127.0.0.1:{site.port} ssl verify required ca-file {setting.pki}/root.pem sni str(alpha.test)
"""
        proxy = HAProxy(front, front="use_backend %[path,field(2,/)]", more=more)
        with proxy.running():
            for backend, status in (("good", 404), ("other-root", 503), ("other-name", 503)):
                output = fetch(front, [proxy.url(f"{backend}/page")], "-o", "/dev/null", "-w", "%{http_code}")
                check(output == str(status), f"backend {backend}: {output}")


@case("curl-haproxy: client certificates, accepted, missing and from an unknown CA")
def client_certificate(setting):
    proxy = HAProxy(setting, bind=f"verify required ca-file {setting.pki}/authorities.pem")
    with proxy.running():
        for name in ("client", "client-rsa"):
            output = fetch(setting, [proxy.url("state")], *identity(name))
            check_in(f'localhost {setting.version} 0 0 <{name}>', output)
        missing = {"TLSv1.3": "tlsv13 alert certificate required", "TLSv1.2": "sslv3 alert handshake failure"}
        for options, alert in (([], missing[setting.version]), (identity("stranger"), "tlsv1 alert unknown ca")):
            status, output = curl(setting, [proxy.url("state")], *options)
            # In TLS 1.3 curl may be about to send its request when the connection ends: 55.
            check(status in (35, 55, 56), f"curl ended with {status}: {output}")
            check(status == 55 or alert in output, f"no {alert!r} in: {output}")


@case("curl-haproxy: an optional client certificate that is not trusted is let in and reported")
def optional_certificate(setting):
    ignore = "crt-ignore-err all ca-ignore-err all"
    proxy = HAProxy(setting, bind=f"verify optional ca-file {setting.pki}/authorities.pem {ignore}")
    with proxy.running():
        check_in(f'localhost {setting.version} 0 0 <>', fetch(setting, [proxy.url("state")]))
        # 19: the issuer's certificate was not found.
        check_in(f'localhost {setting.version} 0 19 <stranger>', fetch(setting, [proxy.url("state")], *identity("stranger")))


@case("curl-haproxy: certificates of three kinds chosen by SNI, an unknown name refused, an unknown CA refused")
def names(setting):
    proxy = HAProxy(setting, certificates=("alpha.test", "beta.test", "ed25519"), bind="strict-sni")
    with proxy.running():
        for name in ("alpha.test", "beta.test", "localhost"):
            resolve = ["--resolve", f"{name}:{proxy.port}:127.0.0.1"]
            check_in(f"{name} {setting.version}", fetch(setting, [proxy.url("state", name)], *resolve))
        resolve = ["--resolve", f"gamma.test:{proxy.port}:127.0.0.1"]
        status, output = curl(setting, [proxy.url("state", "gamma.test")], *resolve)
        check(status == 35, f"curl ended with {status}, not 35: {output}")
        status, output = curl(setting, [proxy.url("state")], root="other-root")
        check(status == 60, f"curl ended with {status}, not 60: {output}")


def resumes(setting, **keywords):
    """The second of two connections of one curl resumes the session of the first."""
    proxy = HAProxy(setting, **keywords)
    with proxy.running():
        output = fetch(setting, [proxy.url("state?[1-2]")], "--http1.1", "-H", "Connection: close")
    wanted = [f"localhost {setting.version} {reused} 0 <>" for reused in (0, 1)]
    check(output.splitlines() == wanted, f"sessions were not resumed:\n{output}")


@case("curl-haproxy: resumption from the cache", versions=("TLSv1.3", "TLSv1.2"))
def resumption_by_cache(setting):
    resumes(setting, bind="no-tls-tickets")


@case("curl-haproxy: resumption by tickets with keys from a file", versions=("TLSv1.3",))  # as for nginx
def resumption_by_ticket(setting):
    keys = setting.scratch / "keys"
    keys.write_text("".join(base64.b64encode(os.urandom(48)).decode() + "\n" for _ in range(3)))
    resumes(setting, bind=f"tls-ticket-keys {keys}", settings="tune.ssl.cachesize 0")


@case("haproxy-nginx: sessions with the backend are resumed")
def backend_resumption(setting):
    front = dataclasses.replace(setting, server=setting.client, client=setting.server)
    with in_front_of_nginx(front, "http/1.1", nginx_library=setting.server) as proxy:
        options = ["--http1.1", "-H", "Connection: close", "-o", "/dev/null", "-w", "%header{x-resumed}\n"]
        resumed = fetch(front, [proxy.url("page?[1-8]")], *options).split()
    # Each of the two threads, and of the two processes of nginx, is new once.
    check(len(resumed) == 8 and resumed.count("1") >= 4, f"{resumed} of 8 sessions with the backend were resumed")


@case("curl-haproxy: a certificate is replaced while it runs")
def certificate_replaced(setting):
    proxy = HAProxy(setting, certificates=("expired",))
    with proxy.running():
        status, output = curl(setting, [proxy.url("state")])
        check(status == 60, f"curl ended with {status}, not 60: {output}")
        file = proxy.certificate_file("expired")
        text = certificate(setting, "p384").decode().strip()
        check_in("Transaction created", proxy.command(f"set ssl cert {file} <<\n{text}\n"))
        check_in("Success", proxy.command(f"commit ssl cert {file}"))
        check_in(f"localhost {setting.version}", fetch(setting, [proxy.url("state")]))


@case("curl-haproxy: a reload while a body is on its way, and new connections after it")
def reload(setting):
    source = large_file(setting)
    with in_front_of_nginx(setting, "http/1.1") as proxy:
        program = proxy.program
        workers = set(children(program.pid))

        def reload_soon(client):
            client.check_library()
            threading.Timer(0.3, os.kill, (program.pid, signal.SIGUSR2)).start()

        options = ["--limit-rate", "60M", "-T", source, "-w", "%{http_code}"]
        status, output = curl(setting, [proxy.url("large")], *options, seen=reload_soon)
        check(status == 0 and output.endswith("201"), f"curl ended with {status}: {output}")
        compare(source, setting.scratch / "back/large")
        check_in(f"localhost {setting.version}", fetch(setting, [proxy.url("state")]))
        program.check_library()
        check(set(children(program.pid)) - workers, "there is no new worker")
