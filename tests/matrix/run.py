#!/usr/bin/python3
"""run.py [--library DIRECTORY] [--all] [--show N]: the protocol matrix, ours against the system's libssl.

Negotiates suites, versions, groups and kinds of certificates between two processes, with the system's library on both
sides, then with ours as the client, then as the server. What the system's library negotiates with itself ours must
negotiate too, with the same outcome; what it refuses ours must refuse. Without --all, each suite meets one group and each
group one suite of every kind. Prints counts; exits with 1 if anything differs.
"""

import argparse
import collections
import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/programs"))
from harness import Library  # noqa: E402

VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
FIRST_VERSION = {"SSLv3": "TLSv1", "TLSv1": "TLSv1", "TLSv1.2": "TLSv1.2", "TLSv1.3": "TLSv1.3"}
CURVES = {
    "ecdsa-p256": "P-256", "ecdsa-p384": "P-384", "ecdsa-p521": "P-521", "ecdsa-secp256k1": "secp256k1",
    "ecdsa-brainpool256": "brainpoolP256r1", "ecdsa-brainpool512": "brainpoolP512r1",
}
RSA, DSA = ("rsa", "rsa-pss"), ("dsa",)
ECDSA = (*CURVES, "ed25519", "ed448")
CERTIFICATES = {"RSA": RSA, "ECDSA": ECDSA, "DSS": DSA, "any": RSA + ECDSA + DSA, "None": ("-",), "PSK": ("-",), "SRP": ("-",)}
CURVE_GROUPS = (
    "P-256", "P-384", "P-521", "X25519", "X448", "secp256k1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1",
    "prime192v1", "secp224r1", "secp160k1", "secp160r1", "secp160r2", "secp192k1", "secp224k1", "sect163k1", "sect163r1",
    "sect163r2", "sect193r1", "sect193r2", "sect233k1", "sect233r1", "sect239k1", "sect283k1", "sect283r1", "sect409k1",
    "sect409r1", "sect571k1", "sect571r1",
)
FFDHE_GROUPS = ("ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192")
COMMON_GROUPS = ("P-256",)

Case = collections.namedtuple("Case", "version suite groups certificate")


def suites():
    """Name, first version, key exchange and authentication of every suite that the system's library has."""
    command = ["openssl", "ciphers", "-v", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    listing += "TLS_AES_128_CCM_SHA256 TLSv1.3 Kx=any Au=any\nTLS_AES_128_CCM_8_SHA256 TLSv1.3 Kx=any Au=any\n"
    for line in listing.splitlines():
        name, version, exchange, authentication, *_ = line.split()
        yield name, FIRST_VERSION[version], exchange.removeprefix("Kx="), authentication.removeprefix("Au=")


def with_curve_of(group, certificate):
    """A groups list that prefers this group and lets the certificate's curve be used."""
    curve = CURVES.get(certificate)
    return group if curve in (None, group) else f"{group}:{curve}"


def cases(everything):
    """The cases in the order in which they run."""
    widened = set()
    for name, first, exchange, authentication in suites():
        versions = [version for version in VERSIONS if version >= first and (version == first or first != "TLSv1.3")]
        for version in versions:
            if version == "TLSv1.3" and first != version:
                continue
            groups = ("-",)
            if exchange in ("ECDH", "ECDHEPSK", "any"):
                groups = CURVE_GROUPS + (FFDHE_GROUPS if exchange == "any" else ())
            for certificate in CERTIFICATES[authentication]:
                kind = (version, exchange, certificate)
                wide = everything or kind not in widened
                widened.add(kind)
                for group in groups if wide else COMMON_GROUPS if groups != ("-",) else groups:
                    listed = group if group == "-" else with_curve_of(group, certificate)
                    yield Case(version, name, listed, certificate)


def make_certificates(folder):
    """A self-signed certificate of every kind with its key in one PEM file."""
    kinds = {
        "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        "rsa-pss": ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
        "ed25519": ["-algorithm", "ED25519"],
        "ed448": ["-algorithm", "ED448"],
    }
    for name, curve in CURVES.items():
        kinds[name] = ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}"]
    parameters = folder / "dsa-parameters.pem"
    run_openssl("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:2048", "-out", parameters)
    kinds["dsa"] = ["-paramfile", parameters]
    for name, options in kinds.items():
        key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
        run_openssl("genpkey", *options, "-out", key)
        run_openssl("req", "-x509", "-new", "-key", key, "-subj", f"/CN={name}", "-days", "30", "-out", certificate)
        (folder / f"{name}.pem").write_bytes(certificate.read_bytes() + key.read_bytes())


def run_openssl(*arguments):
    """The openssl command, which must succeed."""
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def results(case_list, client, server, folder):
    """What the client and the server printed for each case, as pairs of lists of words."""
    address = folder / f"{client.name}-{server.name}"
    lines = "".join(f"{' '.join(case)}\n" for case in case_list)

    def start(role, library):
        process = subprocess.Popen(
            [TOP / "target/matrix/peer", role, address, folder],
            env=library.environment() | {"OPENSSL_CONF": "/dev/null"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )
        if process.stdout.readline() != "ready\n":
            sys.exit(f"the {role} on the {library.name} library did not start")
        if library.file not in Path(f"/proc/{process.pid}/maps").read_text():
            sys.exit(f"the {role} does not have {library.file} mapped")
        return process

    with start("server", server) as serving, start("client", client) as asking:
        outcome = []
        for line in lines.splitlines(keepends=True):
            with contextlib.suppress(BrokenPipeError):
                for process in (serving, asking):
                    process.stdin.write(line)
                    process.stdin.flush()
            pair = tuple(process.stdout.readline().split() for process in (asking, serving))
            if not all(pair):
                serving.kill()
                asking.kill()
                sys.exit(f"a peer ended in: {line}({client.name} client, {server.name} server)")
            outcome.append(pair)
        serving.stdin.close()
        asking.stdin.close()
        return outcome


def negotiated(pair):
    """Whether both sides were content and exported the same."""
    client, server = pair
    return client[0] == server[0] == "ok" and client[-1] == server[-1]


def same(pair, expected):
    """Whether a case ended as on the system's library: refused, or with the same words but for what was exported."""
    if not negotiated(expected):
        return not negotiated(pair)
    return negotiated(pair) and all(mine[:-1] == theirs[:-1] for mine, theirs in zip(pair, expected))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=TOP / "target/lib")
    parser.add_argument("--all", action="store_true", help="every suite with every group and certificate")
    parser.add_argument("--show", type=int, default=20, help="how many differences to print")
    parser.add_argument("words", nargs="*", help="only cases that have all these words")
    options = parser.parse_args()
    system, ours = Library("system"), Library("ours", options.library.resolve())

    (TOP / "target/matrix").mkdir(parents=True, exist_ok=True)
    source = [TOP / "tests/matrix/peer.c", "-lssl", "-lcrypto"]
    warnings = ["-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations"]
    subprocess.run(["gcc", "-O1", *warnings, "-o", TOP / "target/matrix/peer", *source], check=True)
    wanted = [case for case in cases(options.all) if set(options.words) <= {word for part in case for word in part.split(":")}]

    worse = 0
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as name:
        folder = Path(name)
        make_certificates(folder)
        expected = results(wanted, system, system, folder)
        possible = sum(map(negotiated, expected))
        print(f"{len(wanted)} cases, of which the system's library negotiates {possible}")
        for client, server in ((ours, system), (system, ours)):
            pairs = list(zip(wanted, results(wanted, client, server, folder), expected))
            different = [row for row in pairs if not same(row[1], row[2])]
            met = sum(negotiated(pair) and negotiated(wish) for _, pair, wish in pairs)
            print(f"{client.name} client, {server.name} server: {met} of {possible} negotiated, {len(different)} different")
            for case, pair, wish in different[: options.show]:
                print(f"  {' '.join(case)}")
                for side, mine, theirs in zip(("client", "server"), pair, wish):
                    print(f"    {side}: {' '.join(mine)}\n      not {' '.join(theirs)}")
            worse += len(different)
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
