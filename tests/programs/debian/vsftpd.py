"""vsftpd and curl: files by FTP with TLS on both connections, whose data connections must resume the control connection's session.

Needs root: vsftpd's processes run as another user, in a chroot.
"""

import contextlib
import os
import shutil

from curl import compare
from harness import Program, case, check, check_in, free_ports, one_version, run_client, wait_for_listener

CONFIGURATION = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
anonymous_enable=YES
no_anon_password=YES
anon_root={directory}
write_enable=YES
anon_upload_enable=YES
anon_world_readable_only=NO
ftp_username=ftp
nopriv_user=nobody
secure_chroot_dir={directory}/empty
pasv_address=127.0.0.1
xferlog_enable=NO
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
require_ssl_reuse={reuse}
ssl_ciphers=HIGH
rsa_cert_file={pki}/p256-chain.pem
rsa_private_key_file={pki}/p256.key
ca_certs_file={pki}/root.pem
require_cert={demand}
validate_cert={demand}
debug_ssl=YES
vsftpd_log_file={directory}/log
"""
SIZE = 8 << 20


@contextlib.contextmanager
def vsftpd(setting, reuse="YES", demand="NO"):
    """Runs vsftpd on the setting's server library; gives the Program and its port."""
    check(os.geteuid() == 0, "vsftpd starts as root only")
    directory = setting.scratch / "ftp"
    for folder in (directory, directory / "empty", directory / "up"):
        folder.mkdir()
    shutil.chown(directory / "up", "ftp")
    (port,) = free_ports(1)
    path = setting.scratch / "vsftpd.conf"
    path.write_text(CONFIGURATION.format(directory=directory, pki=setting.pki, port=port, reuse=reuse, demand=demand))
    with Program(setting.server, ["/usr/sbin/vsftpd", path], environment=one_version(setting)) as program:
        wait_for_listener(program, port)
        program.check_library()
        yield program, port


def curl(setting, server, port, *words, root="root", certificate=None):
    """Runs curl; returns its exit status and output."""
    command = ["/usr/bin/curl", "-q", "-sS", "--ssl-reqd", "--cacert", setting.pki / f"{root}.pem", "--max-time", "60"]
    command += ["-v", "--noproxy", "*"]
    if certificate:
        command += ["--cert", setting.pki / f"{certificate}-chain.pem", "--key", setting.pki / f"{certificate}.key"]
    command += [word.format(url=f"ftp://localhost:{port}") if isinstance(word, str) else word for word in words]
    return run_client(setting, server, command, cwd=setting.scratch, environment=one_version(setting))


@case("curl-vsftpd: 8 MB up and down with TLS on both connections, whose session is the same; what must be refused")
def files(setting):
    source = setting.scratch / "source"
    source.write_bytes(os.urandom(SIZE))
    with vsftpd(setting) as (server, port):
        status, output = curl(setting, server, port, "-T", source, "{url}/up/file")
        check(status == 0, f"curl ended with {status}:\n{output[-2000:]}")
        check_in(f"SSL connection using {setting.version}", output)
        compare(source, setting.scratch / "ftp/up/file", keep=True)
        (setting.scratch / "ftp/up/file").chmod(0o644)
        status, output = curl(setting, server, port, "-o", "copy", "{url}/up/file")
        check(status == 0, f"curl ended with {status}:\n{output[-2000:]}")
        compare(source, setting.scratch / "copy")
        status, output = curl(setting, server, port, "{url}/up/", root="other-root")
        check(status == 60, f"curl ended with {status}:\n{output[-2000:]}")


@case("curl-vsftpd: client certificates, also none and a stranger's")
def client_certificates(setting):
    with vsftpd(setting, demand="YES") as (server, port):
        status, output = curl(setting, server, port, "{url}/", certificate="client")
        check(status == 0 and " up" in output, f"curl ended with {status}:\n{output[-2000:]}")
        for certificate in (None, "stranger"):
            status, output = curl(setting, server, port, "{url}/", certificate=certificate)
            check(status != 0 and " up" not in output, f"vsftpd took the certificate {certificate}:\n{output[-2000:]}")
