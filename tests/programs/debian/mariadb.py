"""MariaDB's server and client: verified certificates on both sides, a blob both ways, a dump."""

import contextlib
import os
import subprocess

from harness import Program, case, check, check_in, free_ports, run_client, wait_for_listener

USER = "mysql"
SIZE = 8 << 20

ROLES = """
create user client@'127.0.0.1' identified by 'word' require issuer '/CN=intermediate' and subject '/CN=client';
create user bare@'127.0.0.1' identified by 'word' require ssl;
create database test;
grant all on test.* to client@'127.0.0.1', bare@'127.0.0.1';
"""


def empty(setting):
    """An empty database, made once for all cases."""
    path = setting.pki.parent / "mariadb"
    if not path.exists():
        install = ["/usr/bin/mariadb-install-db", "--no-defaults", f"--datadir={path}", f"--user={USER}"]
        install += ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
        done = subprocess.run(install, env=setting.server.environment(), capture_output=True, text=True, timeout=120)
        check(done.returncode == 0, f"mariadb-install-db failed:\n{done.stdout}{done.stderr}")
    return path


@contextlib.contextmanager
def server(setting):
    """Runs a server on the setting's server library; gives the Program and its port."""
    directory = setting.scratch / "server"
    directory.mkdir()
    data = directory / "data"
    subprocess.run(["cp", "-a", empty(setting), data], check=True)
    (directory / "roles.sql").write_text(ROLES)
    (port,) = free_ports(1)
    command = ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--user={USER}", f"--port={port}"]
    command += ["--bind-address=127.0.0.1", f"--socket={data}/socket", f"--pid-file={data}/pid", "--skip-name-resolve"]
    command += ["--require-secure-transport=on", f"--tls-version={setting.version}", f"--init-file={directory}/roles.sql"]
    command += [f"--ssl-ca={setting.pki}/root.pem", f"--ssl-cert={setting.pki}/p256-chain.pem", "--max-allowed-packet=64M"]
    command += [f"--ssl-key={owned(setting, 'p256')}"]
    with Program(setting.server, command, cwd=directory) as program:
        wait_for_listener(program, port, 60)
        program.check_library()
        yield program, port


def owned(setting, name):
    """A copy of a private key that the server's user may read."""
    path = setting.scratch / f"{name}.key"
    path.write_bytes((setting.pki / f"{name}.key").read_bytes())
    path.chmod(0o644)
    return path


def options(setting, port, user="client", root="root", certificate="client"):
    """How a client of MariaDB connects."""
    words = ["--no-defaults", "-h", "127.0.0.1", "-P", port, "-u", user, "-pword", "--protocol=tcp"]
    words += ["--max-allowed-packet=64M", f"--tls-version={setting.version}"]
    words += [f"--ssl-ca={setting.pki}/{root}.pem", "--ssl-verify-server-cert"]
    if certificate:
        words += [f"--ssl-cert={setting.pki}/{certificate}-chain.pem", f"--ssl-key={setting.pki}/{certificate}.key"]
    return words


def query(setting, program, port, statements, **how):
    """Runs the client with these statements; returns its exit status and output."""
    command = ["/usr/bin/mariadb", *options(setting, port, **how), "--raw", "-N", "-B", "test"]
    return run_client(setting, program, command, send=statements)


STATE = "select variable_value from information_schema.session_status where variable_name = 'Ssl_version';\n"


@case("mariadb-mariadbd: verified certificates on both sides, 8 MB each way, and a dump")
def blob(setting):
    source = os.urandom(SIZE)
    with server(setting) as (program, port):
        insert = f"create table t (b longblob);\ninsert into t values (x'{source.hex()}');\n"
        status, output = query(setting, program, port, STATE + insert + "select hex(b) from t;\n")
        check(status == 0, f"mariadb ended with {status}:\n{output[:2000]}")
        version, _, copy = output.partition("\n")
        check(version == setting.version, f"{version} was negotiated")
        check(copy.strip().lower() == source.hex(), f"{len(copy)} characters came back, not the same")
        dump = ["/usr/bin/mariadb-dump", *options(setting, port), "--hex-blob", "--skip-lock-tables", "test"]
        status, output = run_client(setting, program, dump)
        check(status == 0, f"mariadb-dump ended with {status}:\n{output[:2000]}")
        check_in(f"INSERT INTO `t` VALUES\n(0x{source.hex().upper()});", output)


@case("mariadb-mariadbd: another authority is refused by the client, no or a stranger's certificate by the server")
def refusals(setting):
    with server(setting) as (program, port):
        status, output = query(setting, program, port, STATE, user="bare", certificate=None)
        check(status == 0 and output.strip() == setting.version, f"mariadb ended with {status}:\n{output}")
        status, output = query(setting, program, port, STATE, root="other-root")
        check(status == 1, f"mariadb took another authority's certificate:\n{output}")
        check_in("unable to get local issuer certificate", output)
        status, output = query(setting, program, port, STATE, certificate=None)
        check(status == 1, f"mariadb got in without a certificate:\n{output}")
        check_in("Access denied for user 'client'@'127.0.0.1'", output)
        status, output = query(setting, program, port, STATE, certificate="stranger")
        check(status == 1, f"mariadb got in with a stranger's certificate:\n{output}")
        # In TLS 1.3 the client has sent its first query by then, which may make the alert be lost on its way.
        lost = "Lost connection to server at 'sending authentication information'"
        check("TLS/SSL error: tlsv1 alert unknown ca" in output or lost in output, output)
