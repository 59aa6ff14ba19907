"""Many requests at once: ab, h2load and wrk against Apache httpd, HAProxy and nginx, none of which may fail."""

import contextlib
import os
import re

from debian.apache import Apache
from debian.haproxy import HAProxy
from harness import Program, case, check
from nginx import Site, nginx

REQUESTS = 500
BODY = 15_000


@contextlib.contextmanager
def serving(setting, server):
    """One of the servers, with a page; gives the page's address."""
    page = os.urandom(BODY)
    if server == "apache":
        httpd = Apache(setting)
        (httpd.files / "page").write_bytes(page)
        with httpd.running():
            yield httpd.url("page")
    elif server == "haproxy":
        proxy = HAProxy(setting, front="http-request return status 200 content-type text/plain file page")
        (setting.scratch / "page").write_bytes(page)
        with proxy.running():
            yield proxy.url("page")
    else:
        site = Site()
        (setting.scratch / "page").write_bytes(page)
        with nginx(setting, site):
            yield site.url("page")


def run(setting, command):
    """Runs a client to its end on the client's library; returns what it printed."""
    with Program(setting.client, command) as program:
        program.check_library()
        check(program.finish(150) == 0, f"{command[0]} failed:\n{program.output[-2000:]}")
        return program.output


def expect(pattern, output):
    """Fails unless the pattern occurs."""
    check(re.search(pattern, output), f"no {pattern!r} in:\n{output[-2000:]}")


def ab(setting, server):
    """A new connection for each request, then connections that stay."""
    protocol = setting.version.replace("v", "")
    with serving(setting, server) as url:
        for keep in ([], ["-k"]):
            output = run(setting, ["/usr/bin/ab", "-q", "-f", protocol, "-n", REQUESTS, "-c", 50, *keep, url])
            expect(rf"Complete requests: +{REQUESTS}\n", output)
            expect(r"Failed requests: +0\n", output)
            expect(rf"HTML transferred: +{REQUESTS * BODY} bytes", output)
            expect(rf"SSL/TLS Protocol: +{setting.version}", output)
            check("Non-2xx" not in output, output[-2000:])


def h2load(setting, server):
    """HTTP/2, twenty connections with five streams each. httpd's streams have threads of their own, which ask for the
    connection's facts while another one serves it."""
    count = 10 * REQUESTS
    with serving(setting, server) as url:
        output = run(setting, ["/usr/bin/h2load", "-n", count, "-c", 20, "-m", 5, url])
    expect(rf"status codes: {count} 2xx, 0 3xx, 0 4xx, 0 5xx", output)
    expect(rf"TLS Protocol: {setting.version}", output)
    expect(r"Application protocol: h2", output)
    expect(rf"\({count * BODY}\) data", output)


def wrk(setting, server):
    """For two seconds a new connection for each request, then connections that stay."""
    with serving(setting, server) as url:
        for close in (["-H", "Connection: close"], []):
            command = ["/usr/bin/wrk", "-t", 1, "-c", 50, "-d", "2s", "--timeout", "30s", *close, url]
            output = run(setting, command)
            expect(r"[1-9]\d* requests in", output)
            check("Socket errors" not in output and "Non-2xx" not in output, output[-2000:])


for client, title in (
    (ab, f"{REQUESTS} requests on new connections and on connections that stay"),
    (h2load, f"{10 * REQUESTS} requests over HTTP/2"),
    (wrk, "requests on new connections and on connections that stay"),
):
    for server_name in ("apache", "haproxy", "nginx"):
        # curl_nginx.py has h2load with nginx.
        if client is not h2load or server_name != "nginx":
            case(f"{client.__name__}-{server_name}: {title}")(
                lambda setting, client=client, server=server_name: client(setting, server)
            )
