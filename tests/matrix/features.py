#!/usr/bin/python3
"""features.py [--library DIRECTORY]: features of TLS between two processes, ours against the system's libssl.

Sessions that go through files in PEM and DER, also from one library to the other, resumption without tickets, external PSKs, early data that is taken, refused
or ended by a HelloRetryRequest, key updates, authentication after the handshake, renegotiation from either side, next
protocols, stapling, custom extensions, short fragments, channel bindings. First the system's library is on both sides;
with ours on one side and on both the outcome must be the same, and both sides must have the same bindings.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from run import TOP, Library, negotiated, run_openssl  # noqa: E402

BOTH = ("plain", "resume-pem", "resume-der", "stateful", "stapling", "custom-extension", "fragment-length")
TLS12 = ("renegotiation-by-client", "renegotiation-by-server", "next-protocol")
TLS13 = ("psk", "early-data", "early-data-refused", "early-data-retry", "early-data-psk", "key-update", "post-handshake-auth")
CASES = [
    *(("TLSv1.2", feature) for feature in BOTH + TLS12),
    *(("TLSv1.3", feature) for feature in BOTH + TLS13),
]

# Sessions that one client writes and another one reads.
HANDOVERS = [(version, form) for version in ("TLSv1.2", "TLSv1.3") for form in ("pem", "der")]


def start(role, library, address, folder):
    """A peer that waits for its first case."""
    process = subprocess.Popen(
        [TOP / "target/matrix/feature_peer", role, address, folder],
        env=library.environment() | {"OPENSSL_CONF": "/dev/null"},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )
    if process.stdout.readline() != "ready\n":
        sys.exit(f"the {role} on the {library.name} library did not start")
    if library.file not in Path(f"/proc/{process.pid}/maps").read_text():
        sys.exit(f"the {role} does not have {library.file} mapped")
    return process


def tell(process, version, feature):
    """Gives a peer a case."""
    process.stdin.write(f"{version} {feature}\n")
    process.stdin.flush()


def handed_over(writer, reader, server, folder):
    """What a client and the server printed when the client resumed the session that one on another library wrote to a file."""
    address = folder / f"{writer.name}-{reader.name}-{server.name}"
    outcome = []
    with start("server", server, address, folder) as serving, start("client", writer, address, folder) as writing, \
            start("client", reader, address, folder) as reading:
        for version, form in HANDOVERS:
            tell(serving, version, f"resume-{form}")
            tell(writing, version, f"write-{form}")
            written = writing.stdout.readline().split()
            if written[:1] != ["ok"]:
                sys.exit(f"the {writer.name} client wrote no session for the {server.name} server: {written}")
            tell(reading, version, f"read-{form}")
            outcome.append(tuple(process.stdout.readline().split() for process in (reading, serving)))
        for process in (serving, writing, reading):
            process.stdin.close()
    return outcome


def results(client, server, folder):
    """What the client and the server printed for each case, as pairs of lists of words."""
    address = folder / f"{client.name}-{server.name}"

    with start("server", server, address, folder) as serving, start("client", client, address, folder) as asking:
        outcome = []
        for case in CASES:
            for process in (serving, asking):
                tell(process, *case)
            pair = tuple(process.stdout.readline().split() for process in (asking, serving))
            if not all(pair):
                serving.kill()
                asking.kill()
                sys.exit(f"a peer ended in: {case} ({client.name} client, {server.name} server): {pair}")
            outcome.append(pair)
        serving.stdin.close()
        asking.stdin.close()
        return outcome


def report(title, cases, got, expected):
    """Prints how many cases came out as expected, and those that did not; returns how many those are."""
    bad = []
    for case, pair, wish in zip(cases, got, expected):
        if not negotiated(pair) or any(mine[:-1] != theirs[:-1] for mine, theirs in zip(pair, wish)):
            bad.append((case, pair, wish))
    print(f"{title}: {len(cases) - len(bad)} of {len(cases)}")
    for case, pair, wish in bad:
        print(f"  {' '.join(case)}")
        for side, mine, theirs in zip(("client", "server"), pair, wish):
            print(f"    {side}: {' '.join(mine)}\n      not {' '.join(theirs)}")
    return len(bad)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=TOP / "target/lib")
    options = parser.parse_args()
    system, ours = Library("system"), Library("ours", options.library.resolve())
    (TOP / "target/matrix").mkdir(parents=True, exist_ok=True)
    source = [TOP / "tests/matrix/feature_peer.c", "-lssl", "-lcrypto"]
    warnings = ["-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations"]
    subprocess.run(["gcc", "-O1", *warnings, "-o", TOP / "target/matrix/feature_peer", *source], check=True)

    worse = 0
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as name:
        folder = Path(name)
        run_openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=rsa", "-days", "30",
                    "-keyout", folder / "key", "-out", folder / "crt")
        (folder / "rsa.pem").write_bytes((folder / "crt").read_bytes() + (folder / "key").read_bytes())
        expected = results(system, system, folder)
        for client, server in ((system, system), (ours, system), (system, ours), (ours, ours)):
            got = expected if client is server is system else results(client, server, folder)
            worse += report(f"{client.name} client, {server.name} server", CASES, got, expected)
        expected = handed_over(system, system, system, folder)
        for writer, reader, server in ((ours, system, system), (system, ours, system), (ours, system, ours), (system, ours, ours)):
            got = handed_over(writer, reader, server, folder)
            title = f"session of the {writer.name} client resumed by the {reader.name} client, {server.name} server"
            worse += report(title, HANDOVERS, got, expected)
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
