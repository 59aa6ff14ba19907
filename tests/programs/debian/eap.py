"""EAP over RADIUS: eapol_test, which is wpa_supplicant's client, with FreeRADIUS and with hostapd as servers.

The TLS records travel in EAP fragments, so the library reads and writes memory only. Both sides derive keys with an exporter
(RFC 5216, RFC 9190) and eapol_test compares its own with those that the server sent in its last message.
"""

import contextlib

from harness import Program, case, check, check_in, free_datagram_port, run_client

FREERADIUS = """
prefix = /usr
name = radiusd
libdir = /usr/lib/freeradius
logdir = {directory}
run_dir = {directory}
radacctdir = {directory}
raddbdir = /etc/freeradius/3.0
pidfile = {directory}/pid
correct_escapes = true
security {{ allow_core_dumps = no }}
client here {{
  ipaddr = 127.0.0.1
  secret = word
  require_message_authenticator = yes
}}
modules {{
  pap {{ }}
  mschap {{ }}
  eap {{
    default_eap_type = tls
    timer_expire = 60
    max_sessions = 100
    tls-config common {{
      private_key_file = {pki}/p256.key
      certificate_file = {pki}/p256-chain.pem
      ca_file = {pki}/root.pem
      fragment_size = 700
      check_crl = no
      tls_min_version = "{number}"
      tls_max_version = "{number}"
      cipher_list = "DEFAULT"
      ecdh_curve = ""
      cache {{
        enable = yes
        lifetime = 24
        name = "cache"
      }}
    }}
    tls {{ tls = common }}
    ttls {{
      tls = common
      virtual_server = inner
    }}
    peap {{
      tls = common
      virtual_server = inner
      default_eap_type = mschapv2
    }}
    mschapv2 {{ }}
  }}
}}
server outer {{
  listen {{
    type = auth
    ipaddr = 127.0.0.1
    port = {port}
  }}
  authorize {{
    eap
  }}
  authenticate {{
    eap
  }}
}}
server inner {{
  authorize {{
    update control {{
      Cleartext-Password := "word"
    }}
    mschap
    eap {{
      ok = return
    }}
    pap
  }}
  authenticate {{
    Auth-Type PAP {{
      pap
    }}
    Auth-Type MS-CHAP {{
      mschap
    }}
    eap
  }}
}}
"""

HOSTAPD = """
driver=none
interface=none
logger_stdout=-1
logger_stdout_level=0
eap_server=1
eap_user_file={directory}/users
radius_server_clients={directory}/clients
radius_server_auth_port={port}
ca_cert={pki}/root.pem
server_cert={pki}/{certificate}-chain.pem
private_key={pki}/{certificate}.key
tls_flags={flags}
tls_session_lifetime=3600
fragment_size=700
pac_opaque_encr_key=000102030405060708090a0b0c0d0e0f
eap_fast_a_id=101112131415161718191a1b1c1d1e1f
eap_fast_a_id_info=server
eap_fast_prov=3
pac_key_lifetime=604800
pac_key_refresh_time=86400
"""

USERS = """
"client" TLS
"tunnel" TTLS,PEAP,FAST
"box" MSCHAPV2 "word" [2]
"box" TTLS-MSCHAPV2 "word" [2]
"""

NETWORK = """
network={{
  key_mgmt=WPA-EAP
  eap={method}
  ca_cert="{pki}/{root}.pem"
  domain_match="{name}"
  fragment_size=700
  phase1="{phase1}"
{more}
}}
"""

VERSION_FLAGS = {
    "TLSv1.3": "tls_disable_tlsv1_3=0 tls_disable_tlsv1_2=1 tls_disable_tlsv1_1=1 tls_disable_tlsv1_0=1",
    "TLSv1.2": "tls_disable_tlsv1_3=1 tls_disable_tlsv1_2=0 tls_disable_tlsv1_1=1 tls_disable_tlsv1_0=1",
}
SERVER_FLAGS = {"TLSv1.3": "[ENABLE-TLSv1.3][DISABLE-TLSv1.2]", "TLSv1.2": "[DISABLE-TLSv1.3]"}
PASSWORD = 'identity="tunnel"\n  password="word"'


@contextlib.contextmanager
def freeradius(setting):
    """Runs FreeRADIUS on the setting's server library; gives the Program and its port."""
    port = free_datagram_port()
    words = {"directory": setting.scratch, "pki": setting.pki, "number": setting.version.removeprefix("TLSv")}
    (setting.scratch / "radiusd.conf").write_text(FREERADIUS.format(**words, port=port))
    command = ["/usr/sbin/freeradius", "-f", "-X", "-d", setting.scratch, "-D", "/usr/share/freeradius"]
    with Program(setting.server, command, cwd=setting.scratch) as program:
        program.expect("Ready to process requests")
        program.check_library()
        yield program, port


@contextlib.contextmanager
def hostapd(setting, certificate="p256"):
    """Runs hostapd as a RADIUS server on the setting's server library; gives the Program and its port."""
    port = free_datagram_port()
    (setting.scratch / "users").write_text(USERS)
    (setting.scratch / "clients").write_text("127.0.0.1/32 word\n")
    words = {"directory": setting.scratch, "pki": setting.pki, "flags": SERVER_FLAGS[setting.version]}
    path = setting.scratch / "hostapd.conf"
    path.write_text(HOSTAPD.format(**words, port=port, certificate=certificate))
    with Program(setting.server, ["/usr/sbin/hostapd", "-d", path], cwd=setting.scratch) as program:
        program.expect("AP-ENABLED")
        program.check_library()
        yield program, port


def certificate(setting, name):
    """A client's identity and certificate."""
    words = ['identity="client"', f'client_cert="{setting.pki}/{name}-chain.pem"', f'private_key="{setting.pki}/{name}.key"']
    return "\n  ".join(words)


def eapol_test(setting, server, port, method, more, *options, root="root", name="localhost", phase1=""):
    """Runs eapol_test; returns its exit status and output."""
    path = setting.scratch / "network.conf"
    words = {"method": method, "pki": setting.pki, "root": root, "name": name, "more": "  " + more}
    path.write_text(NETWORK.format(**words, phase1=f"{VERSION_FLAGS[setting.version]} {phase1}"))
    command = ["/usr/bin/eapol_test", "-c", path, "-a", "127.0.0.1", "-p", port, "-s", "word", "-t", "20", *options]
    return run_client(setting, server, command, cwd=setting.scratch)


def check_success(setting, status, output, times=1):
    """Fails unless eapol_test got in, with the same keys as the server."""
    check(status == 0 and output.rstrip().endswith("SUCCESS"), f"eapol_test ended with {status}:\n{output[-3000:]}")
    check_in(f"MPPE keys OK: {times}  mismatch: 0", output)
    check(f"SSL: Using TLS version {setting.version}" in output, f"not {setting.version}")


def check_failure(status, output, reason):
    """Fails unless eapol_test did not get in, for this reason."""
    check(status != 0 and output.rstrip().endswith("FAILURE"), f"eapol_test ended with {status}:\n{output[-2000:]}")
    check(reason in output, f"no {reason!r} in {[line for line in output.splitlines() if 'TLS' in line or 'SSL' in line]}")


def refusals(setting, server, port):
    """Unknown authorities and wrong names are refused, a stranger's certificate by the server."""
    mine = certificate(setting, "client")
    unknown = "TLS: Certificate verification failed, error 20 (unable to get local issuer certificate)"
    check_failure(*eapol_test(setting, server, port, "TLS", mine, root="other-root"), unknown)
    check_failure(*eapol_test(setting, server, port, "TLS", mine, name="wrong.test"), "Domain mismatch")
    check_failure(*eapol_test(setting, server, port, "TLS", certificate(setting, "stranger")), "FAILURE")


@case("eapol_test-freeradius: EAP-TLS with certificates of both sides, twice; what must be refused")
def tls_with_freeradius(setting):
    with freeradius(setting) as (server, port):
        result = eapol_test(setting, server, port, "TLS", certificate(setting, "client"), "-r", "1")
        check_success(setting, *result, times=2)
        refusals(setting, server, port)


@case("eapol_test-freeradius: EAP-TTLS and PEAP with passwords inside", ("TLSv1.2",))
def tunnels_with_freeradius(setting):
    with freeradius(setting) as (server, port):
        inner = PASSWORD + '\n  phase2="auth=PAP"'
        check_success(setting, *eapol_test(setting, server, port, "TTLS", inner))
        inner = PASSWORD + '\n  phase2="auth=MSCHAPV2"'
        check_success(setting, *eapol_test(setting, server, port, "PEAP", inner))


@case("eapol_test-hostapd: EAP-TLS with certificates of both sides, and resumption; what must be refused")
def tls_with_hostapd(setting):
    with hostapd(setting) as (server, port):
        result = eapol_test(setting, server, port, "TLS", certificate(setting, "client"), "-r", "1")
        check_success(setting, *result, times=2)
        check("OpenSSL: Handshake finished - resumed=1" in result[1], "the second connection was not resumed")
        refusals(setting, server, port)


@case("eapol_test-hostapd: EAP-FAST, whose secret both sides get from what the client sends as a ticket", ("TLSv1.2",))
def fast_with_hostapd(setting):
    inner = ('identity="box"', 'password="word"', 'anonymous_identity="tunnel"', 'phase2="auth=MSCHAPV2"')
    more = "\n  ".join([*inner, f'pac_file="{setting.scratch}/pac"'])
    with hostapd(setting, "rsa") as (server, port):  # its suites authenticate with RSA
        status, output = eapol_test(setting, server, port, "FAST", more, phase1="fast_provisioning=2")
        check_success(setting, status, output)
        check("EAP-FAST: Wrote 1 PAC entries" in output, "no key was provisioned")
        status, output = eapol_test(setting, server, port, "FAST", more, phase1="fast_provisioning=0")
        check_success(setting, status, output)
        check("OpenSSL: Handshake finished - resumed=1" in output, "the second connection was not resumed")
