"""An nginx of its own on loopback ports, with the virtual servers that the cases ask for."""

import contextlib
import os
import pwd

from harness import Program, free_ports, wait_for_listener

CONFIGURATION = """
daemon {daemon};
worker_processes 2;
pid {directory}/nginx.pid;
error_log {directory}/error.log info;
env FERROSSL_LOG;
env LD_LIBRARY_PATH;
{user}
events {{ worker_connections 4096; multi_accept on; }}
http {{
  log_format tls '$connection $ssl_protocol $ssl_cipher $ssl_session_reused $request $status';
  access_log {directory}/access.log tls;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  client_max_body_size 0;
  http2_max_requests 100000;
  keepalive_requests 100000;
  ssl_protocols {version};
{servers}
}}
"""

SERVER = """
  server {{
    listen 127.0.0.1:{port} ssl http2;
    server_name {name};
    ssl_certificate {pki}/{certificate}-chain.pem;
    ssl_certificate_key {pki}/{certificate}.key;
    {settings}
    root {root};
    location / {{ dav_methods PUT; }}
    location = /state {{ return 200 "$server_name $ssl_protocol $ssl_session_reused $ssl_client_verify\\n"; }}
  }}
"""


class Site:
    """One server block: the certificate's name in the PKI, more directives, and its name."""

    def __init__(self, certificate="p256", settings="", name="localhost", shares_port_of=None):
        self.certificate = certificate
        self.settings = settings
        self.name = name
        self.shares_port_of = shares_port_of
        self.port = None

    def url(self, path):
        """The address of a file on this site."""
        return f"https://{self.name}:{self.port}/{path}"


def configure(setting, *sites, root=None, daemon="off"):
    """Gives each of the sites its port, and writes the configuration file; returns the command that starts nginx."""
    directory = setting.scratch
    for site, port in zip(sites, free_ports(len(sites))):
        site.port = site.shares_port_of.port if site.shares_port_of else port
    servers = "".join(
        SERVER.format(
            port=site.port,
            name=site.name,
            pki=setting.pki,
            certificate=site.certificate,
            settings=site.settings,
            root=root or directory,
        )
        for site in sites
    )
    user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    configuration = directory / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(daemon=daemon, directory=directory, user=user, version=setting.version, servers=servers)
    )
    return ["/usr/sbin/nginx", "-p", directory, "-e", "stderr", "-c", configuration]


@contextlib.contextmanager
def nginx(setting, *sites, root=None):
    """Runs nginx on the setting's server library with these sites; gives each its port."""
    command = configure(setting, *sites, root=root)
    with Program(setting.server, command, cwd=setting.scratch) as server:
        wait_for_listener(server, sites[0].port)
        server.check_library()
        yield server
