"""Dovecot's IMAP and POP3 with STARTTLS and over TLS from the start; python, fetchmail and mbsync as clients.

Needs root, as Dovecot does: its login processes run as a user of their own in a chroot.
"""

import contextlib
import os
import shutil

from harness import Program, case, check, check_in, free_ports, one_version, run_client
from mail import check_copy, check_refused, message, python

CONFIGURATION = """
protocols = imap pop3
listen = 127.0.0.1
base_dir = {directory}/run
state_dir = {directory}/state
log_path = /dev/stderr
verbose_ssl = yes
import_environment = TZ LD_LIBRARY_PATH OPENSSL_CONF FERROSSL_LOG
ssl = required
ssl_cert = <{pki}/p256-chain.pem
ssl_key = <{pki}/p256.key
ssl_min_protocol = {version}
{settings}
mail_location = maildir:{directory}/mail/%u
first_valid_uid = 1
last_valid_uid = 0
disable_plaintext_auth = yes
passdb {{
  driver = static
  args = password=word
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={directory}/mail
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service pop3-login {{
  service_count = 0
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
  }}
}}
"""

PROTOCOLS = ("imap", "imaps", "pop3", "pop3s")
DEMAND = "ssl_ca = <{pki}/root.pem\nssl_verify_client_cert = yes\nauth_ssl_require_client_cert = yes\nssl_require_crl = no"


@contextlib.contextmanager
def dovecot(setting, settings=""):
    """Runs Dovecot on the setting's server library; gives the Program and its ports by protocol."""
    check(os.geteuid() == 0, "Dovecot starts as root only")
    directory = setting.scratch / "dovecot"
    (directory / "mail").mkdir(parents=True)
    shutil.chown(directory / "mail", "nobody")
    ports = dict(zip(PROTOCOLS, free_ports(4)))
    words = {"directory": directory, "pki": setting.pki, "version": setting.version}
    path = directory / "dovecot.conf"
    path.write_text(CONFIGURATION.format(**words, **ports, settings=settings.format(**words)))
    command = ["/usr/sbin/dovecot", "-F", "-c", path]
    with Program(setting.server, command, cwd=directory, environment=one_version(setting)) as program:
        program.expect("starting up for imap, pop3")
        yield program, ports


def stored(setting, name="copy"):
    """The message as a file in the mailbox of its receiver, which Dovecot finds there."""
    folder = setting.scratch / "dovecot/mail/box@test/new"
    folder.mkdir(parents=True)
    shutil.copy(message(setting), folder / f"1.{name}")
    for path in (folder.parent, folder, folder / f"1.{name}"):
        shutil.chown(path, "nobody")


@case("python-dovecot: 4 MB stored and fetched by IMAP, fetched by POP3, with STARTTLS and without; what must be refused")
def from_python(setting):
    with dovecot(setting) as (server, ports):
        for protocol in ("imap", "imaps", "pop3", "pop3s"):
            status, output, copy = python(setting, server, protocol, ports[protocol])
            check(status == 0 and output == setting.version, f"{protocol} ended with {status}: {output}")
            check_copy(setting, copy)
            server.check_library()
            status, output, _ = python(setting, server, protocol, ports[protocol], root="other-root")
            check_refused(status, output, "certificate verify failed")


@case("python-dovecot: client certificates, also none and a stranger's")
def client_certificates(setting):
    with dovecot(setting, DEMAND) as (server, ports):
        for protocol in ("imap", "pop3s"):
            status, output, copy = python(setting, server, protocol, ports[protocol], certificate="client")
            check(status == 0 and output == setting.version, f"{protocol} ended with {status}: {output}")
            check_copy(setting, copy)
            for certificate in (None, "stranger"):
                status, output, _ = python(setting, server, protocol, ports[protocol], certificate=certificate)
                check(status != 0, f"{protocol} got in with the certificate {certificate}:\n{output}")
        server.check_library()


FETCHMAIL = """
poll localhost protocol {protocol} port {port}
  user "box@test" password "word" {how} sslproto "{version}" sslcertck sslcertfile "{pki}/{root}.pem"
  keep fetchall mda "/bin/cat >> {copy}"
"""


def fetchmail(setting, server, protocol, port, root="root"):
    """Runs fetchmail; returns its exit status, its output, and the file with what it fetched."""
    copy = setting.scratch / f"fetchmail-{protocol}-{root}"
    path = setting.scratch / f"{protocol}.rc"
    how = "ssl" if protocol.endswith("s") else ""
    version = setting.version.replace("TLSv", "tls").replace("tls1.3", "tls1.3+").replace("tls1.2", "tls1.2+")
    words = {"protocol": protocol.removesuffix("s"), "port": port, "how": how, "version": version, "pki": setting.pki}
    path.write_text(FETCHMAIL.format(**words, root=root, copy=copy))
    path.chmod(0o600)
    command = ["/usr/bin/fetchmail", "-v", "--nosyslog", "--pidfile", setting.scratch / "fetchmail.pid", "-f", path]
    status, output = run_client(setting, server, command, environment={"HOME": str(setting.scratch), "USER": "box"})
    return status, output, copy


@case("fetchmail-dovecot: 4 MB by IMAP and POP3, with STARTTLS and without; what must be refused")
def from_fetchmail(setting):
    with dovecot(setting) as (server, ports):
        stored(setting)
        for protocol in PROTOCOLS:
            status, output, copy = fetchmail(setting, server, protocol, ports[protocol])
            check(status == 0, f"{protocol} ended with {status}:\n{output[-2000:]}")
            check_copy(setting, copy)
            server.check_library()
            status, output, copy = fetchmail(setting, server, protocol, ports[protocol], root="other-root")
            check(status != 0 and not copy.exists(), f"{protocol} ended with {status}:\n{output[-2000:]}")
            check_in("certificate verify failed", output)


MBSYNC = """
IMAPStore far
Host localhost
Port {port}
User box@test
Pass word
SSLType {how}
SSLVersions {version}
SystemCertificates no
CertificateFile {pki}/{root}.pem

MaildirStore near
Inbox {directory}/
Path {directory}/

Channel both
Far :far:
Near :near:
Patterns INBOX
Create Near
SyncState *
"""


def mbsync(setting, server, how, port, root="root"):
    """Runs mbsync into a Maildir of its own; returns its exit status, its output and the directory."""
    directory = setting.scratch / f"mbsync-{how}-{root}"
    for folder in ("cur", "new", "tmp"):
        (directory / folder).mkdir(parents=True)
    path = setting.scratch / "mbsyncrc"
    words = {"port": port, "how": how, "version": setting.version, "pki": setting.pki, "root": root}
    path.write_text(MBSYNC.format(**words, directory=directory))
    command = ["/usr/bin/mbsync", "-V", "-c", path, "both"]
    status, output = run_client(setting, server, command, environment={"HOME": str(setting.scratch)})
    return status, output, directory


@case("mbsync-dovecot: 4 MB by IMAP, with STARTTLS and without; what must be refused")
def from_mbsync(setting):
    with dovecot(setting) as (server, ports):
        stored(setting)
        for how, port in (("STARTTLS", ports["imap"]), ("IMAPS", ports["imaps"])):
            status, output, directory = mbsync(setting, server, how, port)
            check(status == 0, f"mbsync ended with {status}:\n{output[-2000:]}")
            (copy,) = [*(directory / "new").iterdir(), *(directory / "cur").iterdir()]
            check_copy(setting, copy)
            server.check_library()
            status, output, directory = mbsync(setting, server, how, port, root="other-root")
            check(status != 0 and not list((directory / "new").iterdir()), f"mbsync ended with {status}:\n{output}")
            check_in("certificate", output)
