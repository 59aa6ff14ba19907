"""Postfix as a server with STARTTLS for python's smtplib, swaks and s_client, and as a client of itself.

Needs root, as Postfix does: each of its processes runs as another user, or in a chroot of its own.
"""

import contextlib
import os
import shutil
import smtplib
import time

from harness import Program, case, check, check_in, free_ports, run_client, wait_for_listener
from mail import check_copy, check_refused, message, python

DAEMONS = "/usr/lib/postfix/sbin"
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")

MAIN = """
compatibility_level = 3.6
queue_directory = {directory}/queue
data_directory = {directory}/data
daemon_directory = {daemons}
maillog_file = {directory}/log
maillog_file_prefixes = /
import_environment = MAIL_CONFIG POSTLOG_SERVICE POSTLOG_HOSTNAME LANG=C LD_LIBRARY_PATH FERROSSL_LOG
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = host.test
mydestination =
local_transport = error:none
alias_maps =
local_recipient_maps =
smtp_dns_support_level = disabled
smtp_host_lookup = native
mynetworks = 127.0.0.0/8
message_size_limit = 100000000
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
minimal_backoff_time = 1s
queue_run_delay = 5s
smtpd_tls_loglevel = 1
smtpd_tls_received_header = yes
smtpd_tls_chain_files = {pki}/p256.key, {pki}/p256-chain.pem
smtpd_tls_CAfile = {pki}/root.pem
smtpd_tls_mandatory_protocols = {protocols}
smtp_tls_loglevel = 1
smtp_tls_mandatory_protocols = {protocols}
{settings}
"""

RECEIVER = """
smtpd_tls_security_level = encrypt
virtual_mailbox_domains = test
virtual_mailbox_base = {directory}/mail
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""

SENDER = """
smtpd_tls_security_level = none
relayhost = [127.0.0.1]:{port}
smtp_tls_security_level = secure
smtp_tls_secure_cert_match = {name}
smtp_tls_CAfile = {pki}/{root}.pem
smtp_tls_chain_files = {pki}/{certificate}.key, {pki}/{certificate}-chain.pem
smtp_tls_session_cache_database = btree:{directory}/data/sessions
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
tlsproxy unix - - n - 0 tlsproxy
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Log:
    """What an instance of Postfix has written down."""

    def __init__(self, path):
        self.path = path

    def expect(self, text, count=1, seconds=30):
        """Waits until `text` was written `count` times."""
        deadline = time.monotonic() + seconds
        while (found := self.path.read_text() if self.path.exists() else "").count(text) < count:
            check(time.monotonic() < deadline, f"Postfix did not write {text!r} {count} times:\n{found[-2000:]}")
            time.sleep(0.05)


@contextlib.contextmanager
def postfix(setting, library, folder, settings, **words):
    """Runs an instance of Postfix; gives the Program, its port and its Log."""
    check(os.geteuid() == 0, "Postfix starts as root only")
    directory = setting.scratch / folder
    for folder in (*QUEUES, "public", "maildrop", "pid"):
        (directory / "queue" / folder).mkdir(parents=True)
    for folder in QUEUES:
        shutil.chown(directory / "queue" / folder, "postfix")
        (directory / "queue" / folder).chmod(0o700)
    for folder, mode in (("public", 0o710), ("maildrop", 0o730)):
        shutil.chown(directory / "queue" / folder, "postfix", "postdrop")
        (directory / "queue" / folder).chmod(mode)
    for folder, user in (("data", "postfix"), ("mail", "nobody")):
        (directory / folder).mkdir()
        shutil.chown(directory / folder, user)
    (port,) = free_ports(1)
    protocols = f">={setting.version}, <={setting.version}"
    words |= {"directory": directory, "pki": setting.pki}
    main = MAIN.format(daemons=DAEMONS, protocols=protocols, settings=settings.format(**words), **words)
    (directory / "main.cf").write_text(main)
    (directory / "master.cf").write_text(MASTER.format(port=port))
    environment = {"MAIL_CONFIG": str(directory)}
    with Program(library, [f"{DAEMONS}/master", "-c", directory, "-d"], cwd=directory, environment=environment) as program:
        wait_for_listener(program, port)
        yield program, port, Log(directory / "log")


def receiver(setting, *settings):
    """An instance with a mailbox, on the setting's server library."""
    return postfix(setting, setting.server, "receiver", "\n".join([RECEIVER, *settings]))


def sender(setting, port, *settings, root="root", certificate="client", name="localhost"):
    """An instance that sends all that it takes to the receiver's port, on the setting's client library."""
    words = {"port": port, "root": root, "certificate": certificate, "name": name}
    return postfix(setting, setting.client, f"sender-{root}-{name}", "\n".join([SENDER, *settings]), **words)


def delivered(setting, count=1, seconds=30):
    """Waits for messages in the receiver's mailbox; returns the newest."""
    deadline = time.monotonic() + seconds
    while len(found := list((setting.scratch / "receiver/mail/box/new").glob("*"))) < count:
        log = setting.scratch / "receiver/log"
        check(time.monotonic() < deadline, f"{len(found)} of {count} messages arrived:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
    return max(found, key=lambda path: path.stat().st_mtime_ns)


def submit(setting, port):
    """Gives the message to an instance in plain text."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost", timeout=60) as connection:
        connection.sendmail("sender@test", ["box@test"], message(setting).read_bytes())


@case("python-postfix: 4 MB by SMTP with STARTTLS, with and without a client certificate; what must be refused")
def from_smtplib(setting):
    with receiver(setting, "smtpd_tls_ask_ccert = yes") as (server, port, log):
        for count, certificate in enumerate(("client", None), 1):
            status, output, _ = python(setting, server, "smtp", port, certificate=certificate)
            check(status == 0 and output == setting.version, f"the client ended with {status}: {output}")
            server.check_library()
            check_copy(setting, delivered(setting, count))
            check_in(f"(using {setting.version} with cipher", delivered(setting, count).read_text()[:2000])
        log.expect("Trusted TLS connection established from localhost[127.0.0.1]")
        log.expect("Anonymous TLS connection established from localhost[127.0.0.1]")
        check_refused(*python(setting, server, "smtp", port, root="other-root")[:2], "certificate verify failed")
        python(setting, server, "smtp", port, certificate="stranger")
        log.expect("Untrusted TLS connection established from localhost[127.0.0.1]")


@case("swaks-postfix: 4 MB by SMTP with STARTTLS; what must be refused")
def from_swaks(setting):
    with receiver(setting) as (server, port, log):

        def swaks(root):
            command = ["/usr/bin/swaks", "-s", "localhost", "-p", port, "-f", "sender@test", "-t", "box@test", "-n"]
            command += ["--data", f"@{message(setting)}", "--tls", "--tls-verify", "--tls-ca-path", setting.pki / f"{root}.pem"]
            command += ["--helo", "localhost", "-4"]
            return run_client(setting, server, command, environment={"HOME": str(setting.scratch)})

        status, output = swaks("root")
        check(status == 0, f"swaks ended with {status}:\n{output[-2000:]}")
        server.check_library()
        check_copy(setting, delivered(setting))
        log.expect(f"Anonymous TLS connection established from localhost[127.0.0.1]: {setting.version} with cipher")
        status, output = swaks("other-root")
        check(status == 29, f"swaks ended with {status} when the authority is unknown:\n{output[-2000:]}")


@case("postfix-postfix: 4 MB from server to server, verified on both sides; the second session is resumed")
def server_to_server(setting):
    verify = ("smtpd_tls_req_ccert = yes", "smtpd_tls_loglevel = 2")
    with receiver(setting, *verify) as (server, port, log):
        with sender(setting, port, "smtp_tls_loglevel = 2") as (client, plain, sent):
            for count in (1, 2):
                submit(setting, plain)
                check_copy(setting, delivered(setting, count))
            client.check_library()
            server.check_library()
            sent.expect(f"Verified TLS connection established to 127.0.0.1[127.0.0.1]:{port}: {setting.version} with", 2)
            log.expect("Trusted TLS connection established from localhost[127.0.0.1]", 2)
            sent.expect("Reusing old session")


@case("postfix-postfix: messages through tlsproxy, one connection for several")
def connection_reuse(setting):
    with receiver(setting) as (server, port, log):
        reuse = ["smtp_tls_connection_reuse = yes", "smtp_connection_cache_destinations = 127.0.0.1"]
        reuse += ["smtp_connection_cache_time_limit = 60s", "connection_cache_ttl_limit = 60s"]
        with sender(setting, port, *reuse) as (client, plain, sent):
            for count in (1, 2, 3):
                submit(setting, plain)
                check_copy(setting, delivered(setting, count))
            client.check_library()
            server.check_library()
            sent.expect(f"Verified TLS connection established to 127.0.0.1[127.0.0.1]:{port}: {setting.version} with cipher")
            sent.expect("conn_use=2")


@case("postfix-postfix: unknown authorities and wrong names are refused, a stranger's certificate by the server")
def refusals(setting):
    with receiver(setting, "smtpd_tls_req_ccert = yes") as (_, port, _):
        for how in ({"root": "other-root"}, {"name": "wrong.test"}):
            with sender(setting, port, **how) as (_, plain, sent):
                submit(setting, plain)
                sent.expect("status=deferred (Server certificate not ")
        with sender(setting, port, certificate="stranger") as (_, plain, sent):
            submit(setting, plain)
            sent.expect("status=deferred")
        check(not (setting.scratch / "receiver/mail/box").exists(), "a message arrived")
