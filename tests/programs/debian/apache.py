"""Apache httpd with mod_ssl: bodies both ways, certificates per directory, names, resumption, a graceful restart, load."""

import contextlib
import os
import signal
import threading

from curl import compare, curl, fetch, large_file
from harness import Failure, Program, case, check, check_in, free_ports, wait_for_listener

MODULES = "mpm_event authz_core headers dav dav_fs http2 ssl socache_shmcb".split()

CONFIGURATION = """
ServerRoot {directory}
PidFile {directory}/pid
DefaultRuntimeDir {directory}
{modules}
User www-data
Group www-data
ServerName localhost
ErrorLog {directory}/error.log
LogLevel info
StartServers 2
ThreadsPerChild 64
MaxRequestWorkers 384
MaxSpareThreads 384
MaxKeepAliveRequests 0
DavLockDB {files}/locks
{listen}
SSLSessionCache shmcb:{directory}/sessions(512000)
Header always set X-State "%{{SSL_PROTOCOL}}s %{{SSL_SESSION_RESUMED}}s %{{SSL_CLIENT_VERIFY}}s %{{SSL_CLIENT_S_DN_CN}}s"
{hosts}
"""

HOST = """
<VirtualHost 127.0.0.1:{port}>
  ServerName {name}
  Protocols h2 http/1.1
  DocumentRoot {files}
  SSLEngine on
  SSLProtocol -all +{version}
  SSLCertificateFile {pki}/{certificate}-chain.pem
  SSLCertificateKeyFile {pki}/{certificate}.key
  SSLCACertificateFile {pki}/root.pem
  <Directory {files}>
    Require all granted
    Dav on
  </Directory>
  {settings}
</VirtualHost>
"""

# The directory that asks for a certificate when it is entered, on a connection that was made without.
PROTECTED = """
  <Location /protected>
    SSLVerifyClient require
    SSLVerifyDepth 2
    SSLRenegBufferSize 2000000
  </Location>
"""


class Apache:
    """An httpd on one loopback port, with virtual hosts by name."""

    def __init__(self, setting, settings="", names=(("localhost", "p256"),)):
        self.setting = setting
        self.port = free_ports(1)[0]
        self.files = setting.scratch / "files"
        self.files.mkdir()
        for name in ("", "open", "protected", "other"):
            (self.files / name).mkdir(exist_ok=True)
            (self.files / name).chmod(0o777)
        (self.files / "hello").write_text("hello\n")
        words = {"directory": setting.scratch, "files": self.files, "port": self.port, "pki": setting.pki}
        hosts = [
            HOST.format(name=name, certificate=kind, settings=settings, version=setting.version, **words)
            for name, kind in names
        ]
        modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)
        self.configuration = setting.scratch / "httpd.conf"
        self.configuration.write_text(
            CONFIGURATION.format(
                modules=modules, listen=f"Listen 127.0.0.1:{self.port}", hosts="".join(hosts), **words
            )
        )

    def url(self, path, name="localhost"):
        """The address of a file."""
        return f"https://{name}:{self.port}/{path}"

    @contextlib.contextmanager
    def running(self):
        """Runs it in the foreground on the setting's server library."""
        command = ["/usr/sbin/apache2", "-f", self.configuration, "-DFOREGROUND"]
        with Program(self.setting.server, command, cwd=self.setting.scratch) as server:
            wait_for_listener(server, self.port)
            server.check_library()
            try:
                yield server
            except Failure as failure:
                log = (self.setting.scratch / "error.log").read_text()
                raise Failure(f"{failure}\nhttpd's log ends with:\n{log[-1500:]}") from None


def identity(name):
    """curl's options for a client certificate of the PKI."""
    return ["--cert", f"../pki/{name}-chain.pem", "--key", f"../pki/{name}.key"]


def states(setting, urls, *options):
    """What the server says of each request: version, resumption, verification and name of the client's certificate."""
    output = fetch(setting, urls, *options, "-o", "/dev/null", "-w", "%header{x-state} %{http_code}\n")
    return output.splitlines()


def both_ways(setting, http):
    """The large file up and down again."""
    source = large_file(setting)
    server = Apache(setting)
    with server.running():
        output = fetch(setting, [server.url("large")], f"--http{http}", "-T", source, "-w", "%{http_version} %{http_code}")
        check(output.endswith(f"{http} 201"), f"HTTP version and status {output[-20:]}")
        compare(source, server.files / "large", keep=True)
        output = fetch(setting, [server.url("large")], f"--http{http}", "-o", "down", "-w", "%{http_version} %{http_code}")
        check(output == f"{http} 200", f"HTTP version and status {output}")
        compare(source, setting.scratch / "down")


@case("curl-apache: 100 MB up and down, HTTP/1.1")
def both_ways_http1(setting):
    both_ways(setting, "1.1")


@case("curl-apache: 100 MB up and down, HTTP/2")
def both_ways_http2(setting):
    both_ways(setting, "2")


@case("curl-apache: a certificate from an unknown CA is refused")
def unknown_authority(setting):
    server = Apache(setting)
    with server.running():
        status, output = curl(setting, [server.url("")], root="other-root")
    check(status == 60, f"curl ended with {status}, not 60: {output}")


@case("curl-apache: a client certificate for one directory, by renegotiation or post-handshake authentication")
def certificate_for_a_directory(setting):
    server = Apache(setting, PROTECTED)
    page = os.urandom(500_000)
    for directory in ("open", "protected", "other"):
        (server.files / directory / "page").write_bytes(page)
    source = setting.scratch / "source"
    source.write_bytes(os.urandom(1_900_000))
    with server.running():
        # One connection for six requests, of which the third needs the certificate.
        options = [*identity("client"), "--http1.1", "-w", "%header{x-state} %{num_connects}\n", "-o", "got_#1_#2"]
        output = fetch(setting, [server.url("{open,protected,other}/page?[1-2]")], *options)
        before, after = f"{setting.version} Initial NONE (null)", f"{setting.version} Initial SUCCESS client 0"
        wanted = [f"{before} 1", f"{before} 0", after, after, after, after]
        check(output.splitlines() == wanted, f"not {wanted}:\n{output}")
        for copy in setting.scratch.glob("got_*"):
            check(copy.read_bytes() == page, f"{copy.name} is not the same")
        # A body that comes before the certificate is kept meanwhile.
        output = fetch(setting, [server.url("protected/up")], *identity("client"), "--http1.1", "-T", source, "-w", "%{http_code}")
        check_in("201", output)
        compare(source, server.files / "protected/up")


@case("curl-apache: the directory is refused without a certificate and with one of an unknown CA")
def directory_refused(setting):
    server = Apache(setting, PROTECTED)
    (server.files / "protected/page").write_text("a secret")
    none = {"TLSv1.3": "tlsv13 alert certificate required", "TLSv1.2": "sslv3 alert handshake failure"}[setting.version]
    with server.running():
        for options, alert in (([], none), (identity("stranger"), "tlsv1 alert unknown ca")):
            status, output = curl(setting, [server.url("protected/page")], *options, "--http1.1")
            check(status == 56, f"curl ended with {status}, not 56: {output}")
            check_in(alert, output)
            check("a secret" not in output, "the page came nevertheless")


@case("python-apache: a client certificate for one directory, asked for in the middle of a connection")
def certificate_for_python(setting):
    server = Apache(setting, PROTECTED)
    for directory in ("open", "protected"):
        (server.files / directory / "page").write_text(f"this is {directory}")
    script = f"""
import http.client, ssl
context = ssl.create_default_context(cafile="{setting.pki}/root.pem")
context.minimum_version = context.maximum_version = ssl.TLSVersion.{setting.version.replace(".", "_")}
context.load_cert_chain("{setting.pki}/client-rsa-chain.pem", "{setting.pki}/client-rsa.key")
context.post_handshake_auth = True
input()
connection = http.client.HTTPSConnection("localhost", {server.port}, context=context)
for directory in ("open", "protected", "open"):
    connection.request("GET", f"/{{directory}}/page")
    response = connection.getresponse()
    print(response.status, response.headers["X-State"], response.read().decode())
"""
    with server.running(), Program(setting.client, ["/usr/bin/python3", "-I", "-c", script]) as program:
        program.check_library()
        program.send("\n")
        check(program.finish() == 0, program.output)
        before, after = f"200 {setting.version} Initial NONE (null)", f"200 {setting.version} Initial SUCCESS client-rsa"
        wanted = [f"{before} this is open", f"{after} this is protected", f"{after} this is open"]
        check(program.output.splitlines() == wanted, f"not {wanted}:\n{program.output}")


@case("curl-apache: two names on one port by SNI, and the first for a name that is unknown")
def two_names(setting):
    server = Apache(setting, names=(("alpha.test", "alpha.test"), ("beta.test", "beta.test")))
    with server.running():
        for name, status in (("alpha.test", 0), ("beta.test", 0), ("localhost", 60)):
            resolve = f"{name}:{server.port}:127.0.0.1"
            ended, output = curl(setting, [server.url("", name)], "--resolve", resolve)
            check(ended == status, f"curl ended with {ended} for {name}: {output}")


def resumes(setting, settings):
    """The second and third connection of one curl resume the session of the first."""
    server = Apache(setting, settings)
    with server.running():
        found = states(setting, [server.url("hello?[1-3]")], "--http1.1", "-H", "Connection: close")
    wanted = [f"{setting.version} {reused} NONE (null) 200" for reused in ("Initial", "Resumed", "Resumed")]
    check(found == wanted, f"sessions were not resumed: {found}")


@case("curl-apache: resumption by ticket", versions=("TLSv1.3",))  # curl sends no ticket extension in TLS 1.2
def resumption_by_ticket(setting):
    resumes(setting, "SSLSessionTickets on")


@case("curl-apache: resumption by the cache that httpd's processes share")
def resumption_by_cache(setting):
    resumes(setting, "SSLSessionTickets off")


@case("curl-apache: a graceful restart while a body is on its way, and new connections after it")
def graceful_restart(setting):
    source = large_file(setting)
    server = Apache(setting)
    with server.running() as program:
        options = ["--limit-rate", "60M", "-T", source, "-w", "%{http_code}"]

        def restart(client):
            client.check_library()
            threading.Timer(0.5, os.kill, (program.pid, signal.SIGUSR1)).start()

        status, output = curl(setting, [server.url("large")], *options, seen=restart)
        check(status == 0 and output.endswith("201"), f"curl ended with {status}: {output}")
        compare(source, server.files / "large")
        check_in("200", "".join(states(setting, [server.url("hello")])))
        program.check_library()
    begun = (setting.scratch / "error.log").read_text().count("resuming normal operations")
    check(begun == 2, f"httpd began {begun} times")
