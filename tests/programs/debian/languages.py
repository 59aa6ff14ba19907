"""Node, Ruby, Perl and PHP: as the client of nginx, and as the server of curl, with certificates on both sides."""

import os
from pathlib import Path

from curl import compare, curl, fetch
from harness import Program, case, check, check_in, free_ports, wait_for_listener
from nginx import Site, nginx
from unpacked import FOLDER, WithUnpacked

PEERS = Path(__file__).parent / "peers"
INTERPRETERS = {
    "node": (FOLDER / "root/usr/bin/node", "js"),
    "ruby": ("/usr/bin/ruby3.1", "rb"),
    "perl": ("/usr/bin/perl", "pl"),
    "php": ("/usr/bin/php8.2", "php"),
}
SIZE = 5_000_000


def peer(library, name, side, *arguments, cwd):
    """One of the scripts in `peers/` on a library."""
    interpreter, ending = INTERPRETERS[name]
    library = WithUnpacked(library) if name == "node" else library
    return Program(library, [interpreter, PEERS / f"{side}.{ending}", *arguments], cwd=cwd)


def random_file(setting):
    """A body to send."""
    path = setting.scratch / "source"
    path.write_bytes(os.urandom(SIZE))
    return path


def as_client(setting, name):
    """The script puts a file, gets it again, shows its certificate, and refuses a server of another CA."""
    site = Site(settings=f"ssl_client_certificate {setting.pki}/root.pem; ssl_verify_client on; ssl_verify_depth 2;")
    pki = setting.pki
    with nginx(setting, site):
        arguments = [pki / "root.pem", pki / "other-root.pem", pki / "client-chain.pem", pki / "client.key"]
        arguments = [site.port, *arguments, setting.version, random_file(setting)]
        with peer(setting.client, name, "client", *arguments, cwd=setting.scratch) as program:
            program.check_library()
            program.send("\n")
            check(program.finish(60) == 0, f"the client failed:\n{program.output[-2000:]}")
            lines = program.output.split("\n")
    check(lines[0] == "201 same", f"not 201 and the same:\n{program.output}")
    check(lines[1] == f"localhost {setting.version} . SUCCESS", f"another state:\n{program.output}")
    check_in("\nrefused ", program.output)


def as_server(setting, name):
    """curl puts a file with a client certificate and gets it back; without one it is refused."""
    pki = setting.pki
    port = free_ports(1)[0]
    arguments = [port, pki / "authorities.pem", pki / "p256-chain.pem", pki / "p256.key", setting.version]
    source = random_file(setting)
    url = f"https://localhost:{port}/up"
    with peer(setting.server, name, "server", *arguments, cwd=setting.scratch) as server:
        wait_for_listener(server, port)
        server.check_library()
        options = ["--cert", pki / "client-chain.pem", "--key", pki / "client.key", "--http1.1"]
        output = fetch(setting, [url], *options, "-T", source, "-o", "down", "-w", "%{http_code} %header{x-state}")
        check(output == f"200 {setting.version} client", f"{output} instead of {setting.version} client")
        compare(source, setting.scratch / "down")
        status, output = curl(setting, [url], "--http1.1")
        check(status in (35, 52, 55, 56), f"curl without a certificate ended with {status}: {output}")
        status, output = curl(setting, [url], *options, root="other-root")
        check(status == 60, f"curl with another CA ended with {status}: {output}")


for language in INTERPRETERS:
    case(f"{language}-nginx: 5 MB up and down, certificates on both sides, a server of an unknown CA refused")(
        lambda setting, name=language: as_client(setting, name)
    )
    case(f"curl-{language}: 5 MB up and back, certificates on both sides, a client without one refused")(
        lambda setting, name=language: as_server(setting, name)
    )
