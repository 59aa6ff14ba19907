"""Mosquitto's broker and clients: certificates of both sides, and pre-shared keys."""

import contextlib
import os

from harness import Program, case, check, check_in, free_ports, one_version, run_client, wait_for_listener

BROKER = """
user root
per_listener_settings true
log_dest stderr
log_type all

listener {certificates} 127.0.0.1
certfile {pki}/p256-chain.pem
keyfile {pki}/p256.key
cafile {pki}/root.pem
require_certificate true
use_identity_as_username true
allow_anonymous false

listener {keys} 127.0.0.1
psk_hint here
psk_file {scratch}/keys
use_identity_as_username true
allow_anonymous false
"""


@contextlib.contextmanager
def broker(setting, key="00"):
    """Runs a broker on the setting's server library; gives the Program and the ports for certificates and for keys."""
    ports = dict(zip(("certificates", "keys"), free_ports(2)))
    (setting.scratch / "keys").write_text(f"client:{key}\n")
    path = setting.scratch / "mosquitto.conf"
    path.write_text(BROKER.format(pki=setting.pki, scratch=setting.scratch, **ports))
    with Program(setting.server, ["/usr/sbin/mosquitto", "-c", path], environment=one_version(setting)) as program:
        wait_for_listener(program, ports["certificates"])
        program.check_library()
        yield program, ports


def client(setting, server, name, port, *words):
    """Runs mosquitto_pub or mosquitto_sub; returns its exit status and output."""
    command = [f"/usr/bin/mosquitto_{name}", "-h", "localhost", "-p", port, "-t", "topic", "-q", "1", *words]
    command += ["--tls-version", setting.version.lower()]
    return run_client(setting, server, command, environment=one_version(setting))


def with_certificate(setting, name="client", root="root"):
    """The options of a client with a certificate."""
    words = ["--cafile", setting.pki / f"{root}.pem"]
    if name:
        words += ["--cert", setting.pki / f"{name}-chain.pem", "--key", setting.pki / f"{name}.key"]
    return words


def publish_and_get(setting, server, port, *words):
    """A message of 8 MB that the broker keeps, and that another client gets."""
    text = os.urandom(4 << 20).hex()
    (setting.scratch / "text").write_text(text)
    status, output = client(setting, server, "pub", port, *words, "-r", "-f", setting.scratch / "text")
    check(status == 0, f"mosquitto_pub ended with {status}:\n{output}")
    status, output = client(setting, server, "sub", port, *words, "-C", "1")
    check(status == 0 and output.strip() == text, f"mosquitto_sub ended with {status} and {len(output)} characters")
    check_in("u'client'", server.output)


@case("mosquitto_pub-mosquitto: 8 MB published and got with certificates of both sides; what must be refused")
def certificates(setting):
    with broker(setting) as (server, ports):
        port = ports["certificates"]
        publish_and_get(setting, server, port, *with_certificate(setting))
        status, output = client(setting, server, "pub", port, *with_certificate(setting, root="other-root"), "-m", "word")
        check(status != 0, f"the client took another authority's certificate:\n{output}")
        server.expect("unknown ca")
        for name in (None, "stranger"):
            connected = server.output.count("New client connected")
            client(setting, server, "pub", port, *with_certificate(setting, name), "-m", "word")
            check(server.output.count("New client connected") == connected, f"the broker took the certificate {name}")


@case("mosquitto_pub-mosquitto: 8 MB published and got with a pre-shared key; a wrong one is refused", ("TLSv1.2",))
def shared_key(setting):
    key = os.urandom(32).hex()
    with broker(setting, key) as (server, ports):
        publish_and_get(setting, server, ports["keys"], "--psk", key, "--psk-identity", "client")
        for words in (("--psk", os.urandom(32).hex(), "--psk-identity", "client"), ("--psk", key, "--psk-identity", "other")):
            status, output = client(setting, server, "pub", ports["keys"], *words, "-m", "word")
            check(status != 0, f"the broker took a wrong key:\n{output}")
