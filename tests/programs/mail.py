"""Messages for mail programs, and python's clients of SMTP, IMAP and POP3."""

import base64
import os
from pathlib import Path

from harness import check, run_client

PEER = Path(__file__).with_name("mail_peer.py")
SIZE = 3 << 20


def message(setting):
    """A file with a message whose body is random."""
    path = setting.scratch / "message"
    if not path.exists():
        head = b"From: sender@test\nTo: box@test\nSubject: test\nMessage-ID: <1@test>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\n"
        path.write_bytes((head + base64.encodebytes(os.urandom(SIZE))).replace(b"\n", b"\r\n"))
    return path


def body(data):
    """A message's body, with lines as on this system."""
    return data.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip(b"\n")


def check_copy(setting, copy):
    """Fails unless a file holds the message's body."""
    check(copy.exists(), "there is no copy of the message")
    found, wanted = body(copy.read_bytes()), body(message(setting).read_bytes())
    check(found == wanted, f"the body has {len(found)} bytes, not the same {len(wanted)}")


def python(setting, server, protocol, port, root="root", certificate=None):
    """Runs python's client; returns its exit status, its output, and the file with what it fetched."""
    copy = setting.scratch / f"fetched-{protocol}"
    command = ["/usr/bin/python3", "-I", PEER, protocol, port, setting.version, setting.pki / f"{root}.pem"]
    command += [message(setting), copy]
    if certificate:
        command += [setting.pki / f"{certificate}-chain.pem", setting.pki / f"{certificate}.key"]
    status, output = run_client(setting, server, command, send="\n")
    return status, output.strip(), copy


def check_refused(status, output, reason):
    """Fails unless python's client gave up for this reason."""
    check(status != 0 and reason in output, f"the client ended with {status}:\n{output}")
