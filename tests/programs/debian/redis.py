"""Redis' server and client over TLS, with client certificates; and a replica that follows its primary over TLS."""

import contextlib
import os

from harness import Program, case, check, check_in, free_ports, run_client, wait_for_listener


@contextlib.contextmanager
def server(setting, library, name, *options, root="root"):
    """Runs a server without a plain port that demands certificates; gives the Program and its port."""
    directory = setting.scratch / name
    directory.mkdir()
    (port,) = free_ports(1)
    command = ["/usr/bin/redis-server", "--port", "0", "--tls-port", port, "--bind", "127.0.0.1", "--dir", directory]
    command += ["--tls-cert-file", setting.pki / "p256-chain.pem", "--tls-key-file", setting.pki / "p256.key"]
    command += ["--tls-client-cert-file", setting.pki / "client-chain.pem", "--tls-client-key-file", setting.pki / "client.key"]
    command += ["--tls-ca-cert-file", setting.pki / f"{root}.pem", "--tls-protocols", setting.version, "--save", ""]
    command += ["--repl-diskless-sync-delay", "0"]
    with Program(library, [*command, *options], cwd=directory) as program:
        wait_for_listener(program, port)
        program.check_library()
        yield program, port


def redis_cli(setting, program, port, *words, root="root", certificate="client", send=""):
    """Runs redis-cli; returns its exit status and output."""
    command = ["/usr/bin/redis-cli", "-h", "127.0.0.1", "-p", port, "--tls", "--sni", "localhost"]
    command += ["--cacert", setting.pki / f"{root}.pem"]
    if certificate:
        command += ["--cert", setting.pki / f"{certificate}-chain.pem", "--key", setting.pki / f"{certificate}.key"]
    return run_client(setting, program, [*command, *words], send=send)


@case("redis_cli-redis_server: certificates on both sides, a value of 8 MB and 20,000 commands in a pipeline")
def values(setting):
    value = os.urandom(4 << 20).hex()
    with server(setting, setting.server, "primary") as (program, port):
        status, output = redis_cli(setting, program, port, "-x", "set", "large", send=value)
        check(status == 0 and output.strip() == "OK", f"redis-cli ended with {status}:\n{output}")
        status, output = redis_cli(setting, program, port, "get", "large")
        check(status == 0 and output.strip() == value, f"redis-cli ended with {status}: {len(output)} characters, not the same")
        numbers = "".join(f"RPUSH list {number}\r\n" for number in range(20_000))
        status, output = redis_cli(setting, program, port, "--pipe", send=numbers)
        check(status == 0, f"redis-cli ended with {status}:\n{output}")
        check_in("errors: 0, replies: 20000", output)
        status, output = redis_cli(setting, program, port, "lrange", "list", "0", "-1")
        check(output.split() == [str(number) for number in range(20_000)], "the list is not the same")


@case("redis_cli-redis_server: another authority is refused by the client, no or a stranger's certificate by the server")
def refusals(setting):
    with server(setting, setting.server, "primary") as (program, port):
        status, output = redis_cli(setting, program, port, "ping", root="other-root")
        check(status == 1, f"redis-cli took another authority's certificate:\n{output}")
        check_in("certificate verify failed", output)
        for certificate in (None, "stranger"):
            status, output = redis_cli(setting, program, port, "ping", certificate=certificate)
            check(status == 1 and "PONG" not in output, f"the server took the certificate {certificate}:\n{output}")


@case("redis_server-redis_server: a replica gets 16 MB from its primary, and what is written later")
def replica(setting):
    value = os.urandom(8 << 20).hex()
    with server(setting, setting.server, "primary") as (primary, port):
        status, output = redis_cli(setting, primary, port, "-x", "set", "large", send=value)
        check(status == 0 and output.strip() == "OK", f"redis-cli ended with {status}:\n{output}")
        follow = ("--tls-replication", "yes", "--replicaof", f"127.0.0.1 {port}")
        with server(setting, setting.client, "replica", *follow) as (second, second_port):
            second.expect("MASTER <-> REPLICA sync: Finished with success")
            redis_cli(setting, primary, port, "set", "later", "word")
            redis_cli(setting, primary, port, "wait", "1", "5000")
            check(redis_cli(setting, second, second_port, "get", "later")[1].strip() == "word", "the replica lags")
            copy = redis_cli(setting, second, second_port, "get", "large")[1]
            check(copy.strip() == value, f"{len(copy)} characters were replicated, not the same")
        with server(setting, setting.client, "doubter", *follow, root="other-root") as (third, _):
            third.expect("certificate verify failed")
