"""rsyslog's OpenSSL driver: lines of a file sent to another rsyslog, with certificates of both sides and the server's name, which is checked."""

import contextlib
import dataclasses
import os
import time

from harness import Program, case, check, free_ports, one_version

LINES = 20_000

SERVER = """
global(processInternalMessages="on" defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="{pki}/root.pem"
  defaultNetstreamDriverCertFile="{pki}/p256-chain.pem" defaultNetstreamDriverKeyFile="{pki}/p256.key")
module(load="imtcp" streamdriver.name="ossl" streamdriver.mode="1" streamdriver.authmode="x509/name" permittedpeer=["client"])
input(type="imtcp" address="127.0.0.1" port="{port}")
template(name="line" type="string" string="%msg:2:$%\\n")
if $syslogtag == "file:" then action(type="omfile" file="{scratch}/copy" template="line")
else action(type="omfile" file="{scratch}/server.log")
"""

CLIENT = """
global(workDirectory="{scratch}" processInternalMessages="on" defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="{pki}/{root}.pem"
  defaultNetstreamDriverCertFile="{pki}/{name}-chain.pem" defaultNetstreamDriverKeyFile="{pki}/{name}.key")
module(load="imfile")
input(type="imfile" file="{scratch}/source" tag="file:")
if $syslogtag == "file:" then action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" streamdriver="ossl" streamdrivermode="1"
  streamdriverauthmode="x509/name" streamdriverpermittedpeers="{server}" template="RSYSLOG_ForwardFormat"
  action.resumeRetryCount="-1" action.resumeInterval="1")
else action(type="omfile" file="{scratch}/client.log")
"""


def rsyslog(setting, library, name, configuration):
    """The Program, with this configuration."""
    path = setting.scratch / f"{name}.conf"
    path.write_text(configuration)
    for file in ("client.log", "server.log"):
        (setting.scratch / file).touch()
    command = ["/usr/sbin/rsyslogd", "-n", "-iNONE", "-f", path]
    return Program(library, command, setting.scratch, environment=one_version(setting))


@contextlib.contextmanager
def both(setting, server="localhost", root="root", name="client"):
    """Runs a server and a client that sends it the lines of a file; the client knows which name the server has to have."""
    (port,) = free_ports(1)
    words = {"pki": setting.pki, "scratch": setting.scratch, "port": port}
    with rsyslog(setting, setting.server, "server", SERVER.format(**words)) as receiver:
        receiver.check_library()
        with rsyslog(setting, setting.client, "client", CLIENT.format(**words, server=server, root=root, name=name)) as sender:
            sender.check_library()
            yield sender, receiver


def wait_for(condition, what, seconds=30):
    """Returns when the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, what())
        time.sleep(0.05)


def logs(setting):
    """What both sides have to say."""
    return "".join((setting.scratch / f"{name}.log").read_text() for name in ("client", "server"))


@case("rsyslog-rsyslog: 20,000 lines with certificates of both sides, and the server's name checked")
def lines(setting):
    text = "".join(f"{number} {os.urandom(100).hex()}\n" for number in range(LINES))
    source, copy = setting.scratch / "source", setting.scratch / "copy"
    source.write_text(text)
    with both(setting) as (sender, receiver):
        wait_for(lambda: copy.exists() and copy.stat().st_size >= len(text), lambda: f"the lines do not arrive:\n{logs(setting)[-2000:]}")
        sender.check_library()
        receiver.check_library()
    check(copy.read_text() == text, "other lines arrived")


@case("rsyslog-rsyslog: unknown authorities and wrong names are refused, a stranger's certificate by the server")
def refusals(setting):
    # The client's log waits behind the line that it cannot send: the server's tells of both.
    gone, refused = "will be closed due to error", "certificate verify failed"
    attempts = (({"root": "other-root"}, gone), ({"server": "wrong.test"}, gone), ({"name": "stranger"}, refused))
    for number, (how, reason) in enumerate(attempts):
        each = dataclasses.replace(setting, scratch=setting.scratch / str(number))
        each.scratch.mkdir()
        (each.scratch / "source").write_text("line\n")
        with both(each, **how):
            wait_for(lambda: reason in logs(each), lambda: f"no {reason!r} in:\n{logs(each)[-2000:]}")
            time.sleep(0.5)
            # A handshake that the end of rsyslog interrupts goes on without the check of names.
            check(not (each.scratch / "copy").exists(), f"a line arrived with {how}")
