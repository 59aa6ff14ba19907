#!/usr/bin/python3
"""demo.py [--library DIRECTORY]: an unmodified curl fetches a page from an unmodified nginx, both on FerroSSL.

The server's certificate is verified. Prints what curl says was negotiated and which libssl each process had mapped, and
fails if any of it is not as it should be.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from curl import curl
from harness import Failure, Library, Setting, check, check_in, children, mapped_libraries
from nginx import Site, nginx

PAGE = "<h1>Hello from nginx, over TLS made in Rust</h1>\n"


def show_mapped(program, name):
    """Checks and prints the libssl of every process of a program."""
    program.check_library()
    for pid in [program.pid, *children(program.pid)]:
        for path in mapped_libraries(pid):
            print(f"  {name} ({pid}) has mapped {path}")


def demonstrate(library, version, directory):
    """One fetch with one version of TLS."""
    scratch = directory / version
    scratch.mkdir()
    (scratch / "index.html").write_text(PAGE)
    setting = Setting(library, library, version, directory / "pki", scratch)
    site = Site()
    with nginx(setting, site) as server:
        print(f"\ncurl -v {site.url('')}  ({version})")
        status, output = curl(setting, [site.url("")], "-v", seen=lambda program: show_mapped(program, "curl"))
        show_mapped(server, "nginx")
    for line in output.splitlines():
        if any(word in line for word in ("SSL connection using", "ALPN: server", "subject:", "issuer:", "verify ok", "< HTTP")):
            print(f"  {line}")
    log = directory / "connections"
    if log.exists():
        print("".join(f"  {line}\n" for line in log.read_text().splitlines()), end="")
        log.unlink()
    check(status == 0, f"curl ended with {status}:\n{output}")
    check_in(f"SSL connection using {version}", output)
    check_in("SSL certificate verify ok.", output)
    check_in(PAGE, output)
    print(f"  {PAGE}", end="")


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=here.parent.parent / "target/lib")
    library = Library("FerroSSL", parser.parse_args().library.resolve())
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as name:
        directory = Path(name)
        os.environ["FERROSSL_LOG"] = str(directory / "connections")
        subprocess.run([here / "pki.sh", directory / "pki"], check=True, timeout=120)
        for version in ("TLSv1.3", "TLSv1.2"):
            demonstrate(library, version, directory)
    print(f"\ncurl and nginx ran on {library.file}")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"demo: {failure}")
