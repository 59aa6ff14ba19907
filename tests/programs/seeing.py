"""What FERROSSL_LOG has written: the line of each connection, failures with their alert, the course of a handshake, and the
notes about functions that differ on purpose. The system's library writes nothing."""

import contextlib
import os
import re
import subprocess

from harness import Program, case, check, check_in, free_ports, wait_for_listener

OURS = r"library=\S+/libssl\S* release=[\d.]+"


def lines_of(setting, value, client_options, server_options=()):
    """What a client and a server that it connects to write with this value of FERROSSL_LOG, apart: to files of their own."""
    (port,) = free_ports(1)
    before = os.environ.get("FERROSSL_LOG")
    written = {}
    try:
        server_log, client_log = setting.scratch / "server.log", setting.scratch / "client.log"
        version = "-" + setting.version.lower().replace(".", "_").replace("v", "")
        serve = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-naccept", 1, version]
        serve += ["-cert", setting.pki / "p256.pem", "-cert_chain", setting.pki / "intermediate.pem", "-key", setting.pki / "p256.key", *server_options]
        os.environ["FERROSSL_LOG"] = f"{value}{server_log}"
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(Program(setting.server, serve))
            server.expect("ACCEPT")
            os.environ["FERROSSL_LOG"] = f"{value}{client_log}"
            connect = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", version, *client_options]
            # A client whose handshake fails ends at once, and takes nothing any more then.
            with server.paused():
                client = stack.enter_context(Program(setting.client, connect))
                client.send("Q\n")
            client.finish()
            server.finish()
        for side, log in (("client", client_log), ("server", server_log)):
            written[side] = log.read_text().splitlines() if log.exists() else None
    finally:
        if before is None:
            del os.environ["FERROSSL_LOG"]
        else:
            os.environ["FERROSSL_LOG"] = before
    for side, library in (("client", setting.client), ("server", setting.server)):
        check((written[side] is not None) == bool(library.directory), f"{side} on {library.name}: {written[side]}")
    return {side: lines for side, lines in written.items() if lines is not None}


def check_match(pattern, line):
    """Fails unless the whole line is as the pattern says."""
    check(re.fullmatch(pattern, line), f"{line!r} is not {pattern!r}")


@case("s_client-s_server: FERROSSL_LOG, one line for each connection")
def summary(setting):
    written = lines_of(setting, "", ["-CAfile", setting.pki / "root.pem", "-groups", "P-256"])
    facts = rf"{setting.version} TLS_\w+ SECP256R1 ecdsa_secp256r1_sha256 resumed=no verify=0 {OURS} alert=none"
    for side, lines in written.items():
        check(len(lines) == 1, f"{side}: {lines}")
        check_match(rf"ferrossl: {side} {facts} peer=127\.0\.0\.1:\d+", lines[0])


@case("s_client-s_server: FERROSSL_LOG, a connection that fails, with its alert")
def failure(setting):
    written = lines_of(setting, "", ["-verify_return_error", "-CAfile", setting.pki / "other-root.pem"])
    alerts = {"client": "sent:unknown_ca", "server": "received:unknown_ca"}
    reasons = {"client": "certificate verify failed", "server": "tlsv1 alert unknown ca"}
    for side, lines in written.items():
        # What s_client still asks for when it has failed may bring a note.
        lines = [line for line in lines if not line.startswith("ferrossl: note: ")]
        check_match(
            rf"ferrossl: {side} failed {setting.version} TLS_\w+ .* verify=\d+ {OURS} alert={alerts[side]} "
            rf"peer=127\.0\.0\.1:\d+ reason={reasons[side]}",
            lines[-1],
        )


@case("s_client-s_server: FERROSSL_LOG=debug, messages, states and alerts")
def debug(setting):
    written = lines_of(setting, "debug:", ["-CAfile", setting.pki / "root.pem"])
    for side, lines in written.items():
        text = "\n".join(lines)
        verbs = {"client": ("writes", "reads"), "server": ("reads", "writes")}[side]
        check_in("handshake begins in Before", text)
        for verb, message in zip(verbs, ("client_hello", "server_hello"), strict=True):
            check(re.search(rf"ferrossl: {side} 0x[0-9a-f]+ {verb} {message}, \d+ bytes", text), f"no {message}:\n{text}")
        check_in("handshake is done", text)
        check_in("state CwClntHello" if side == "client" else "state SrClntHello", text)
        check_in("alert warning close_notify", text)


@case("s_client-s_server: FERROSSL_LOG, functions that differ on purpose say so once")
def differences(setting):
    written = lines_of(setting, "", ["-CAfile", setting.pki / "root.pem", "-trace"], ["-trace"])
    for side, lines in written.items():
        notes = [line for line in lines if line.startswith("ferrossl: note: SSL_trace differs from OpenSSL's: ")]
        check(len(notes) == 1, f"{side}: {lines}")


@case("s_client-s_server: FERROSSL_LOG is ignored in set-user-ID programs", versions=("TLSv1.3",))
def privileged(setting):
    if os.geteuid() != 0 or not setting.client.directory:
        return
    here = setting.scratch / "setuid"
    here.mkdir(mode=0o755)
    for directory in (setting.scratch, setting.scratch.parent):
        directory.chmod(0o755)
    source = os.path.join(os.path.dirname(__file__), "../install/handshake.c")
    program = here / "handshake"
    # The dynamic linker ignores LD_LIBRARY_PATH there: the path is fixed.
    link = ["cc", "-o", program, source, "-lssl", "-lcrypto", "-Wl,--disable-new-dtags", f"-Wl,-rpath,{here}"]
    subprocess.run(link, check=True, timeout=60)
    (here / "libssl.so.3").write_bytes(open(setting.client.file, "rb").read())
    for mode, expected in ((0o755, True), (0o4755, False)):
        program.chmod(mode)
        run = subprocess.run(
            [program], env={"FERROSSL_LOG": "summary"}, user=65534, group=65534, capture_output=True, text=True, timeout=30
        )
        check(run.returncode == 0, f"{run.stdout}{run.stderr}")
        check(("ferrossl: client" in run.stderr) == expected, f"mode {mode:o}: {run.stderr!r}")
