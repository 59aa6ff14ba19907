"""DNS over TLS and HTTPS (RFC 7858, RFC 8484): BIND, Unbound and NSD as servers, dig and Unbound as clients."""

import base64
import contextlib
import os

from harness import Program, case, check, check_in, free_ports, one_version, run_client, wait_for_listener

RECORDS = 5000

NAMED = """
options {{
  directory "{directory}"; pid-file "pid"; listen-on port {plain} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  listen-on port {tls} tls open {{ 127.0.0.1; }};
  listen-on port {mutual} tls mutual {{ 127.0.0.1; }};
  listen-on port {https} tls open http default {{ 127.0.0.1; }};
  recursion no; dnssec-validation no; notify no; session-keyfile none; allow-transfer {{ any; }}; minimal-responses yes;
  tcp-clients 50;
}};
controls {{ }};
tls open {{ cert-file "{pki}/p256-chain.pem"; key-file "{pki}/p256.key"; protocols {{ {version}; }}; session-tickets yes; }};
tls mutual {{
  cert-file "{pki}/p256-chain.pem"; key-file "{pki}/p256.key"; protocols {{ {version}; }}; ca-file "{pki}/root.pem";
}};
tls primary {{
  cert-file "{pki}/{certificate}-chain.pem"; key-file "{pki}/{certificate}.key"; ca-file "{pki}/{root}.pem";
  remote-hostname "localhost"; protocols {{ {version}; }};
}};
zone "test" {{ {zone} }};
"""

UNBOUND = """
server:
  directory: "{directory}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  verbosity: 2
  interface: 127.0.0.1@{tls}
  tls-port: {tls}
  tls-service-pem: "{pki}/p256-chain.pem"
  tls-service-key: "{pki}/p256.key"
  module-config: "iterator"
  do-not-query-localhost: no
  local-zone: "test." transparent
  edns-buffer-size: 4096
  tls-cert-bundle: "{pki}/{root}.pem"
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-tls-upstream: yes
  forward-addr: 127.0.0.1@{upstream}#{name}
"""

NSD = """
server:
  server-count: 2
  username: ""
  zonesdir: "{directory}"
  chroot: ""
  database: ""
  pidfile: ""
  logfile: ""
  xfrdfile: "{directory}/xfrd"
  zonelistfile: "{directory}/zones"
  ip-address: 127.0.0.1@{tls}
  tls-port: {tls}
  tls-service-pem: "{pki}/p256-chain.pem"
  tls-service-key: "{pki}/p256.key"
remote-control:
  control-enable: no
zone:
  name: "test"
  zonefile: "zone"
  provide-xfr: 127.0.0.1 NOKEY
"""


def zone(setting):
    """Random TXT records by name, and the zone's file."""
    records = {f"r{number}.test.": base64.b64encode(os.urandom(90)).decode() for number in range(RECORDS)}
    path = setting.scratch / "zone"
    lines = ["$TTL 300", "@ SOA ns.test. host.test. 1 3600 3600 3600 300", "@ NS ns.test.", "ns A 127.0.0.1"]
    path.write_text("\n".join([*lines, *(f'{name} TXT "{text}"' for name, text in records.items())]) + "\n")
    return records


@contextlib.contextmanager
def named(setting, library, name, zone, certificate="client", root="root"):
    """Runs BIND's server; gives the Program and its ports by kind."""
    directory = setting.scratch / name
    directory.mkdir()
    ports = dict(zip(("plain", "tls", "mutual", "https"), free_ports(4)))
    words = {"directory": directory, "pki": setting.pki, "version": setting.version, "zone": zone}
    path = directory / "named.conf"
    path.write_text(NAMED.format(**words, certificate=certificate, root=root, **ports))
    with Program(library, ["/usr/sbin/named", "-g", "-n", "2", "-c", path], cwd=directory) as program:
        program.expect("all zones loaded")
        program.expect(" running\n")
        program.check_library()
        yield program, ports


def primary(setting):
    """BIND with the zone, on the setting's server library."""
    return named(setting, setting.server, "primary", f'type primary; file "{setting.scratch}/zone";')


def dig(setting, server, port, *words, root="root", name="localhost", seconds=60):
    """Runs dig over TLS; returns its exit status and output."""
    command = ["/usr/bin/dig", "-r", "@127.0.0.1", "-p", port, "+tries=1", "+time=10"]
    command += [f"+tls-ca={setting.pki}/{root}.pem", f"+tls-hostname={name}", *words]
    return run_client(setting, server, command, seconds=seconds)


def texts(output):
    """The TXT records in what dig printed, by name."""
    words = [line.split() for line in output.splitlines() if line and not line.startswith(";")]
    return {word[0]: word[4].strip('"') for word in words if word[3] == "TXT"}


def check_zone(records, status, output):
    """Fails unless dig printed all the records."""
    check(status == 0, f"dig ended with {status}:\n{output[-2000:]}")
    found = texts(output)
    check(found == records, f"{len(found)} of {len(records)} records, not the same:\n{output[:1000]}")


def check_some(setting, records, server, port, *words):
    """Asks for a hundred of the records."""
    wanted = dict(list(records.items())[:100])
    query = [word for name in wanted for word in (name, "TXT")]
    check_zone(wanted, *dig(setting, server, port, *words, "+noall", "+answer", *query))


def check_refused(_, output, message):
    """Fails unless dig gave up for this reason."""
    check(not texts(output), f"dig took the server's certificate:\n{output}")
    check_in(message, output)


UNKNOWN = "failed: unable to get local issuer certificate"


@case("dig-named: DNS over TLS: single queries, and a transfer of 5,000 records; what must be refused")
def over_tls(setting):
    records = zone(setting)
    with primary(setting) as (server, ports):
        check_zone(records, *dig(setting, server, ports["tls"], "+tls", "+noall", "+answer", "+onesoa", "axfr", "test"))
        check_some(setting, records, server, ports["tls"], "+tls", "+keepopen")
        query = ("+tls", "r1.test.", "TXT")
        check_refused(*dig(setting, server, ports["tls"], *query, root="other-root"), UNKNOWN)
        check_refused(*dig(setting, server, ports["tls"], *query, name="wrong.test"), "failed: hostname mismatch")


@case("dig-named: DNS over TLS with client certificates, also none and a stranger's")
def client_certificates(setting):
    records = zone(setting)
    with primary(setting) as (server, ports):

        def ask(name):
            files = (f"+tls-certfile={setting.pki}/{name}-chain.pem", f"+tls-keyfile={setting.pki}/{name}.key") if name else ()
            return dig(setting, server, ports["mutual"], "+tls", *files, "+noall", "+answer", "r1.test.", "TXT")

        check_zone({"r1.test.": records["r1.test."]}, *ask("client"))
        for name in (None, "stranger"):
            status, output = ask(name)
            check(not texts(output), f"the server answered a client with the certificate {name}:\n{output}")


@case("dig-named: DNS over HTTPS, POST and GET; what must be refused")
def over_https(setting):
    records = zone(setting)
    with primary(setting) as (server, ports):
        for method in ("+https", "+https-get"):
            check_some(setting, records, server, ports["https"], method)
        query = ("+https", "r1.test.", "TXT")
        check_refused(*dig(setting, server, ports["https"], *query, root="other-root"), UNKNOWN)


@case("named-named: a secondary transfers 5,000 records over TLS with certificates of both sides; what must be refused")
def secondary(setting):
    records = zone(setting)
    with primary(setting) as (_, ports):
        follow = f'type secondary; primaries port {ports["mutual"]} {{ 127.0.0.1 tls primary; }};'
        with named(setting, setting.client, "secondary", follow) as (server, second_ports):
            server.expect("Transfer status: success")
            transfer = ("+tls", "+noall", "+answer", "+onesoa", "axfr", "test")
            check_zone(records, *dig(setting, server, second_ports["tls"], *transfer))
        with named(setting, setting.client, "doubter", follow, root="other-root") as (server, _):
            server.expect("TLS peer certificate verification failed")
        with named(setting, setting.client, "stranger", follow, certificate="stranger") as (server, _):
            server.expect("Transfer status: ")
            check("Transfer status: success" not in server.output, "the primary took a stranger's certificate")


@contextlib.contextmanager
def unbound(setting, library, upstream, root="root", name="localhost"):
    """Runs Unbound, which asks another server over TLS; gives the Program and its port."""
    directory = setting.scratch / f"unbound-{root}-{name}"
    directory.mkdir()
    (port,) = free_ports(1)
    path = directory / "unbound.conf"
    path.write_text(UNBOUND.format(directory=directory, pki=setting.pki, root=root, tls=port, upstream=upstream, name=name))
    command = ["/usr/sbin/unbound", "-d", "-p", "-c", path]
    with Program(library, command, cwd=directory, environment=one_version(setting)) as program:
        program.expect("start of service")
        program.check_library()
        yield program, port


@case("dig-unbound: DNS over TLS; what must be refused")
def forwarder(setting):
    records = zone(setting)
    with primary(setting) as (_, ports), unbound(setting, setting.server, ports["tls"]) as (server, port):
        check_some(setting, records, server, port, "+tls", "+keepopen")
        check_refused(*dig(setting, server, port, "+tls", "r1.test.", "TXT", root="other-root"), UNKNOWN)


@case("unbound-named: a forwarder that verifies its upstream over TLS, and refuses unknown authorities and wrong names")
def upstream(setting):
    records = zone(setting)
    with primary(setting) as (_, ports):
        with unbound(setting, setting.client, ports["tls"]) as (middle, port):
            check_some(setting, records, middle, port, "+tls", "+keepopen")
        for how in ({"root": "other-root"}, {"name": "wrong.test"}):
            with unbound(setting, setting.client, ports["tls"], **how) as (middle, port):
                _, output = dig(setting, middle, port, "+tls", "r1.test.", "TXT")
                check_in("status: SERVFAIL", output)
                middle.expect("certificate verify failed")


@case("dig-nsd: DNS over TLS; what must be refused")
def from_nsd(setting):
    records = zone(setting)
    (port,) = free_ports(1)
    path = setting.scratch / "nsd.conf"
    path.write_text(NSD.format(directory=setting.scratch, pki=setting.pki, tls=port))
    command = ["/usr/sbin/nsd", "-d", "-c", path]
    with Program(setting.server, command, cwd=setting.scratch, environment=one_version(setting)) as server:
        wait_for_listener(server, port)
        server.check_library()
        check_some(setting, records, server, port, "+tls", "+keepopen")
        check_refused(*dig(setting, server, port, "+tls", "r1.test.", "TXT", root="other-root"), UNKNOWN)
