"""curl against nginx: large bodies both ways, verification, client certificates, SNI, load, resumption."""

import dataclasses
import os

from curl import compare, curl, fetch, large_file
from harness import Program, case, check, check_in, connection_log
from nginx import Site, nginx


def download(setting, http):
    """Fetches the large file and compares it."""
    source = large_file(setting)
    site = Site()
    with nginx(setting, site, root=source.parent):
        output = fetch(setting, [site.url("large")], f"--http{http}", "-o", "down", "-w", "%{http_version}")
    check(output == http, f"HTTP/{output} instead of HTTP/{http}")
    compare(source, setting.scratch / "down")


def upload(setting, http):
    """Sends the large file with PUT and compares what nginx wrote."""
    source = large_file(setting)
    site = Site()
    with nginx(setting, site):
        output = fetch(
            setting, [site.url("up")], f"--http{http}", "-T", source, "-w", "%{http_version} %{http_code}"
        )
    check(output == f"{http} 201", f"HTTP version and status {output}")
    compare(source, setting.scratch / "up")


@case("curl-nginx: 100 MB down, HTTP/1.1")
def download_http1(setting):
    download(setting, "1.1")


@case("curl-nginx: 100 MB down, HTTP/2")
def download_http2(setting):
    download(setting, "2")


@case("curl-nginx: 100 MB up, HTTP/1.1")
def upload_http1(setting):
    upload(setting, "1.1")


@case("curl-nginx: 100 MB up, HTTP/2")
def upload_http2(setting):
    upload(setting, "2")


@case("curl-nginx: RSA, ECDSA P-384 and Ed25519 certificates, verified")
def certificate_types(setting):
    sites = [Site(certificate=kind) for kind in ("rsa", "p384", "ed25519")]
    with nginx(setting, *sites):
        for site in sites:
            output = fetch(setting, [site.url("state")])
            check_in(f"localhost {setting.version} . NONE", output)


@case("curl-nginx: what is negotiated by default, in FerroSSL's own log of connections")
def negotiated(setting):
    site = Site()
    with connection_log(setting) as log:
        with nginx(setting, site):
            fetch(setting, [site.url("state")])
    both_ours = setting.client.directory and setting.server.directory
    group = "X25519MLKEM768" if both_ours and setting.version == "TLSv1.3" else "X25519"
    suite = {"TLSv1.3": "TLS_AES_256_GCM_SHA384", "TLSv1.2": "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"}[
        setting.version
    ]
    facts = f"{setting.version} {suite} {group} ecdsa_secp256r1_sha256 resumed=no verify=0"
    sides = {"client": setting.client, "server": setting.server}
    wanted = sorted(f"ferrossl: {side} {facts}" for side, library in sides.items() if library.directory)
    lines = log.read_text().splitlines() if log.exists() else []
    check(
        sorted(line.partition(" library=")[0] for line in lines) == wanted,
        f"{lines} in the log instead of {wanted}",
    )


def refused(setting, certificate, message, name="localhost", root="root"):
    """curl must end with 60 (peer certificate not accepted) and this message."""
    site = Site(certificate=certificate)
    with nginx(setting, site):
        url = f"https://{name}:{site.port}/state"
        status, output = curl(setting, [url], "--resolve", f"{name}:{site.port}:127.0.0.1", root=root)
    check(status == 60, f"curl ended with {status}, not 60: {output}")
    check_in(f"curl: (60) {message}\n", output)


@case("curl-nginx: a certificate from an unknown CA is refused")
def unknown_authority(setting):
    refused(setting, "p256", "SSL certificate problem: unable to get local issuer certificate", root="other-root")


@case("curl-nginx: a certificate for another host name is refused")
def wrong_host(setting):
    message = "SSL: no alternative certificate subject name matches target host name 'wrong.test'"
    refused(setting, "p256", message, name="wrong.test")


@case("curl-nginx: an expired certificate is refused")
def expired(setting):
    refused(setting, "expired", "SSL certificate problem: certificate has expired")


@case("curl-nginx: client certificates, accepted, missing and from an unknown CA")
def client_certificate(setting):
    site = Site(settings=f"ssl_client_certificate {setting.pki}/root.pem; ssl_verify_client on; ssl_verify_depth 2;")
    with nginx(setting, site):

        def state(*names):
            options = []
            for name in names:
                options = ["--cert", setting.pki / f"{name}-chain.pem", "--key", setting.pki / f"{name}.key"]
            return fetch(setting, [site.url("state")], *options)

        check_in("SUCCESS", state("client"))
        check_in("SUCCESS", state("client-rsa"))
        check_in("No required SSL certificate was sent", state())
        check_in("The SSL certificate error", state("stranger"))


@case("curl-nginx: two names on one port by SNI, each with its own certificate")
def two_names(setting):
    alpha = Site(certificate="alpha.test", name="alpha.test")
    beta = Site(certificate="beta.test", name="beta.test", shares_port_of=alpha)
    with nginx(setting, alpha, beta):
        for site in (alpha, beta):
            resolve = f"{site.name}:{site.port}:127.0.0.1"
            output = fetch(setting, [site.url("state")], "--resolve", resolve)
            check_in(f"{site.name} {setting.version}", output)


@case("curl-nginx: 100 parallel connections")
def parallel_connections(setting):
    site = Site()
    (setting.scratch / "page").write_bytes(os.urandom(300_000))
    with nginx(setting, site):
        fetch(
            setting,
            [site.url("page") + "?[1-100]"],
            *("--http1.1", "--parallel", "--parallel-immediate", "--parallel-max", "100", "-o", "page_#1"),
        )
    for number in range(1, 101):
        compare(setting.scratch / "page", setting.scratch / f"page_{number}")
    lines = (setting.scratch / "access.log").read_text().splitlines()
    connections = {line.split()[0] for line in lines if " 200" in line}
    check(len(lines) == 100 and len(connections) == 100, f"{len(lines)} requests on {len(connections)} connections")


@case("h2load-nginx: 2000 requests on 100 HTTP/2 connections")
def load_http2(setting):
    site = Site()
    (setting.scratch / "page").write_bytes(os.urandom(20_000))
    with nginx(setting, site):
        command = ["/usr/bin/h2load", "-n", "2000", "-c", "100", "-m", "4", "-T", "30", "-N", "30", "-i", "-"]
        with Program(setting.client, command) as program:
            program.check_library()
            program.send(site.url("page") + "\n")
            program.close_input()
            check(program.finish(90) == 0, f"h2load failed: {program.output}")
            check_in("status codes: 2000 2xx, 0 3xx, 0 4xx, 0 5xx", program.output)
            check_in(f"TLS Protocol: {setting.version}", program.output)
            check_in("Application protocol: h2", program.output)


@case("nginx-nginx: a proxy that verifies its upstream, resumes its sessions, and passes 100 MB both ways")
def reverse_proxy(setting):
    source = large_file(setting)
    (setting.scratch / "back").mkdir()
    (setting.scratch / "front").mkdir()
    upstream = Site()
    with nginx(dataclasses.replace(setting, scratch=setting.scratch / "back"), upstream):
        proxy = Site(
            settings=f"""
            proxy_ssl_verify on; proxy_ssl_verify_depth 2; proxy_ssl_trusted_certificate {setting.pki}/root.pem;
            proxy_ssl_server_name on; proxy_ssl_name localhost; proxy_ssl_protocols {setting.version};
            proxy_request_buffering off; proxy_max_temp_file_size 0;
            location /through/ {{ proxy_pass https://127.0.0.1:{upstream.port}/; }}"""
        )
        # The proxy's two sides are the client's library; only the upstream is the server's.
        front = dataclasses.replace(setting, server=setting.client, scratch=setting.scratch / "front")
        with nginx(front, proxy):
            fetch(setting, [proxy.url("through/large")], "-T", source)
            compare(source, setting.scratch / "back/large", keep=True)
            fetch(setting, [proxy.url("through/large")], "-o", "down")
            compare(source, setting.scratch / "down")
            states = fetch(setting, [proxy.url("through/state")] * 4)
    # A process of the proxy that meets the upstream for the first time has no session yet.
    resumed = states.count(f"localhost {setting.version} r NONE")
    check(resumed >= 2, f"{resumed} of 4 sessions with the upstream were resumed:\n{states}")


def resumes(setting, settings):
    """The second of two connections of one curl resumes the session of the first."""
    site = Site(settings=settings)
    with nginx(setting, site):
        output = fetch(setting, [site.url("state")] * 3, "--http1.1", "-H", "Connection: close")
    wanted = [f"localhost {setting.version} {reused} NONE" for reused in (".", "r", "r")]
    check(output.splitlines() == wanted, f"sessions were not resumed:\n{output}")


@case("curl-nginx: resumption by ticket", versions=("TLSv1.3",))  # curl sends no ticket extension in TLS 1.2
def resumption_by_ticket(setting):
    resumes(setting, "ssl_session_cache none; ssl_session_tickets on;")


@case("curl-nginx: resumption by the cache that nginx's processes share")
def resumption_by_cache(setting):
    resumes(setting, "ssl_session_cache shared:tests:1m; ssl_session_tickets off;")
