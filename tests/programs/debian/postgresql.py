"""PostgreSQL's server and psql: sslmode=verify-full, SCRAM bound to the channel, a client certificate, large objects.

Channel binding (RFC 5929, tls-server-end-point) makes both sides hash the server's certificate: the server finds its own
with SSL_get_certificate.
"""

import contextlib
import filecmp
import os
import shutil
import subprocess

from harness import Program, case, check, check_in, free_ports

PROGRAMS = "/usr/lib/postgresql/15/bin"
USER = "postgres"
SIZE = 20 << 20

SETTINGS = """
ssl = on
ssl_cert_file = '{directory}/server.pem'
ssl_key_file = '{directory}/server.key'
ssl_ca_file = '{pki}/root.pem'
ssl_min_protocol_version = '{version}'
ssl_max_protocol_version = '{version}'
password_encryption = scram-sha-256
listen_addresses = '127.0.0.1'
unix_socket_directories = '{directory}'
fsync = off
"""

ACCESS = """
local   all all trust
hostssl all client 127.0.0.1/32 scram-sha-256 clientcert=verify-full
hostssl all bare 127.0.0.1/32 scram-sha-256
"""


def owned(path):
    """Gives a file to the server's user if root runs the tests."""
    if os.geteuid() == 0:
        shutil.chown(path, USER, USER)
    return path


def command(setting, *words, directory=None):
    """Runs one of PostgreSQL's programs that uses no TLS, as the server's user."""
    user = USER if os.geteuid() == 0 else None
    environment = setting.server.environment()
    done = subprocess.run(words, cwd=directory, user=user, env=environment, capture_output=True, text=True, timeout=60)
    check(done.returncode == 0, f"{words[0]} failed:\n{done.stdout}{done.stderr}")


def cluster(setting):
    """An empty database with its two roles, made once for all cases."""
    path = setting.pki.parent / "postgresql"
    if not path.exists():
        path.mkdir(mode=0o700)
        owned(path)
        command(setting, f"{PROGRAMS}/initdb", "-D", str(path), "-A", "trust", "--no-sync", directory=path)
        roles = "create role client login password 'word'; create role bare login password 'word';"
        single = [f"{PROGRAMS}/postgres", "--single", "-D", str(path), "-c", "password_encryption=scram-sha-256", "postgres"]
        with Program(setting.server, single, cwd=path, user=USER) as program:
            program.send(roles.replace("; ", ";\n") + "\n")
            program.close_input()
            check(program.finish() == 0 and "ERROR" not in program.output, program.output)
    return path


@contextlib.contextmanager
def server(setting):
    """Runs a server on the setting's server library; gives the Program and its port."""
    directory = setting.scratch / "server"
    subprocess.run(["cp", "-a", cluster(setting), directory], check=True)
    shutil.copy(setting.pki / "p256-chain.pem", directory / "server.pem")
    shutil.copy(setting.pki / "p256.key", directory / "server.key")
    for name in ("server.pem", "server.key"):
        owned(directory / name).chmod(0o600)
    (directory / "pg_hba.conf").write_text(ACCESS)
    with open(directory / "postgresql.conf", "a") as file:
        file.write(SETTINGS.format(directory=directory, pki=setting.pki, version=setting.version))
    (port,) = free_ports(1)
    with Program(setting.server, [f"{PROGRAMS}/postgres", "-D", directory, "-p", port], cwd=directory, user=USER) as program:
        program.expect("database system is ready to accept connections")
        program.check_library()
        yield program, port


def psql(setting, port, *, user="client", root="root", certificate=None):
    """Starts psql, which reads its commands from standard input; without a certificate none is sent."""
    options = {
        "host": "localhost",
        "hostaddr": "127.0.0.1",
        "port": port,
        "user": user,
        "password": "word",
        "dbname": "postgres",
        "sslmode": "verify-full",
        "sslrootcert": setting.pki / f"{root}.pem",
        "channel_binding": "require",
        "gssencmode": "disable",
    }
    if certificate:
        key = setting.scratch / f"{certificate}.key"
        shutil.copy(setting.pki / f"{certificate}.key", key)
        key.chmod(0o600)
        options |= {"sslcert": setting.pki / f"{certificate}-chain.pem", "sslkey": key}
    words = " ".join(f"{name}={value}" for name, value in options.items())
    return Program(setting.client, [f"{PROGRAMS}/psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", words], setting.scratch)


def session(setting, port, *commands, server=None, **options):
    """Runs psql with these commands; returns its exit status and output."""
    with psql(setting, port, **options) as program:
        program.check_library()
        if server:
            program.send("select 'connected';\n")
            program.expect("connected")
            server.check_library()
        program.send("".join(f"{each}\n" for each in commands))
        program.close_input()
        return program.finish(60), program.output


STATE = "select version, client_dn from pg_stat_ssl where pid = pg_backend_pid();"


@case("psql-postgres: verify-full, SCRAM with channel binding, a client certificate, 20 MB each way as a large object")
def large_object(setting):
    source = setting.scratch / "source"
    source.write_bytes(os.urandom(SIZE))
    with server(setting) as (program, port):
        commands = (STATE, f"\\lo_import {source}", "\\lo_export :LASTOID copy")
        status, output = session(setting, port, *commands, server=program, certificate="client")
    check(status == 0, f"psql ended with {status}:\n{output}")
    check_in(f"{setting.version}|/CN=client", output)
    check(filecmp.cmp(source, setting.scratch / "copy", shallow=False), "the copy is not the same")


@case("psql-postgres: another authority is refused by the client, no or a stranger's certificate by the server")
def refusals(setting):
    with server(setting) as (program, port):
        status, output = session(setting, port, STATE, user="bare")
        check(status == 0, f"psql without a certificate ended with {status}:\n{output}")
        check_in(f"{setting.version}|", output)
        status, output = session(setting, port, STATE, user="bare", root="other-root")
        check(status == 2, f"psql took another authority's certificate:\n{output}")
        check_in("SSL error: certificate verify failed", output)
        status, output = session(setting, port, STATE)
        check(status == 2, f"psql got in without a certificate:\n{output}")
        check_in("connection requires a valid client certificate", output)
        status, output = session(setting, port, STATE, certificate="stranger")
        check(status == 2, f"psql got in with a stranger's certificate:\n{output}")
        program.expect("could not accept SSL connection: certificate verify failed")
