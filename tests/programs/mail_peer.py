"""mail_peer.py PROTOCOL PORT VERSION CA MESSAGE COPY [CERTIFICATE KEY]: sends or stores a message, and fetches it back.

PROTOCOL is smtp, imap or pop3, which use STARTTLS, or imaps or pop3s. With smtp there is no COPY. Begins when there is
something to read on standard input; prints the version that was negotiated, or the error.
"""

import imaplib
import poplib
import smtplib
import ssl
import sys
from pathlib import Path

NAME, WORD = "box@test", "word"


def context(version, authority, certificate=None, key=None):
    """What to accept: one version, and servers called localhost whose chain ends in the authority."""
    allowed = ssl.create_default_context(cafile=authority)
    allowed.minimum_version = allowed.maximum_version = ssl.TLSVersion[version.replace(".", "_")]
    if certificate:
        allowed.load_cert_chain(certificate, key)
    return allowed


def smtp(port, allowed, message, _):
    """Sends the message."""
    with smtplib.SMTP("localhost", port, local_hostname="localhost", timeout=60) as connection:
        connection.starttls(context=allowed)
        negotiated = connection.sock.version()
        connection.sendmail("sender@test", [NAME], message)
        return negotiated


def store_and_fetch(connection, message):
    """Appends the message and fetches it; returns the copy."""
    connection.login(NAME, WORD)
    connection.append("INBOX", None, None, message)
    connection.select("INBOX")
    _, answer = connection.fetch("1", "(BODY.PEEK[])")
    connection.logout()
    return answer[0][1]


def imap(port, allowed, message, copy):
    """Stores and fetches after STARTTLS."""
    connection = imaplib.IMAP4("localhost", port, timeout=60)
    connection.starttls(allowed)
    negotiated = connection.sock.version()
    copy.write_bytes(store_and_fetch(connection, message))
    return negotiated


def imaps(port, allowed, message, copy):
    """Stores and fetches over TLS from the start."""
    connection = imaplib.IMAP4_SSL("localhost", port, ssl_context=allowed, timeout=60)
    negotiated = connection.sock.version()
    copy.write_bytes(store_and_fetch(connection, message))
    return negotiated


def fetch_first(connection, copy):
    """Fetches the mailbox's first message."""
    connection.user(NAME)
    connection.pass_(WORD)
    copy.write_bytes(b"".join(line + b"\r\n" for line in connection.retr(1)[1]))
    connection.quit()


def pop3(port, allowed, _, copy):
    """Fetches after STLS."""
    connection = poplib.POP3("localhost", port, timeout=60)
    connection.stls(allowed)
    negotiated = connection.sock.version()
    fetch_first(connection, copy)
    return negotiated


def pop3s(port, allowed, _, copy):
    """Fetches over TLS from the start."""
    connection = poplib.POP3_SSL("localhost", port, context=allowed, timeout=60)
    negotiated = connection.sock.version()
    fetch_first(connection, copy)
    return negotiated


def main():
    protocol, port, version, authority, message, copy, *certificate = sys.argv[1:]
    job = {"smtp": smtp, "imap": imap, "imaps": imaps, "pop3": pop3, "pop3s": pop3s}[protocol]
    sys.stdin.read(1)
    try:
        print(job(int(port), context(version, authority, *certificate), Path(message).read_bytes(), Path(copy)))
    except (OSError, smtplib.SMTPException, imaplib.IMAP4.error, poplib.error_proto) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
