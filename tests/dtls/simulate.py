#!/usr/bin/python3
"""simulate.py [--library DIRECTORY] [--count N] [--seed S] [--only I] [--oracle]: DTLS over a network that is simulated.

Two processes, each on a library of its own (ours with the system's in both roles, and ours with itself), exchange
datagrams over a link that loses, doubles, reorders and delays them, in simulated time. Every connection has its own link,
suite, certificate and so on, drawn from the seed. The handshake must be completed, both sides must have negotiated the same,
every message that arrives must be one that was sent and arrive once, and what is sent when the link has healed must arrive.
"""

import argparse
import collections
import contextlib
import dataclasses
import heapq
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests/programs"))
from harness import Library  # noqa: E402

SECOND = 1_000_000
# Suites of DTLS 1.0 and 1.2, and the kind of certificate that each needs.
SUITES = {
    "1.0": {
        "ECDHE-RSA-AES256-SHA": "rsa", "ECDHE-ECDSA-AES128-SHA": "ec", "DHE-RSA-AES128-SHA": "rsa", "AES256-SHA": "rsa",
        "CAMELLIA128-SHA": "rsa", "PSK-AES128-CBC-SHA": "-", "ECDHE-PSK-AES256-CBC-SHA": "-", "NULL-SHA": "rsa",
    },
    "1.2": {
        "ECDHE-ECDSA-AES256-GCM-SHA384": "ec", "ECDHE-RSA-AES128-GCM-SHA256": "rsa", "ECDHE-ECDSA-CHACHA20-POLY1305": "ec",
        "ECDHE-ECDSA-AES128-CCM8": "ec", "ECDHE-ECDSA-AES128-SHA256": "ec", "DHE-RSA-AES256-GCM-SHA384": "rsa",
        "AES128-GCM-SHA256": "rsa", "AES128-SHA": "rsa", "PSK-AES128-CCM8": "-", "PSK-AES128-GCM-SHA256": "-",
        "ECDHE-PSK-CHACHA20-POLY1305": "-", "ECDHE-RSA-AES256-SHA384": "rsa", "NULL-SHA256": "rsa",
        "ECDHE-ECDSA-ARIA256-GCM-SHA384": "ec",
    },
}
MTUS = (256, 256, 300, 400, 508, 576, 800, 1200, 1400, 1472, 2000, 4000, 9000)
# OpenSSL 3.0 gives up after twelve timeouts in a row. A link on which a side has waited this often loses nothing any more.
PATIENCE = 6
# OpenSSL 3.0 forgets what protection adds where a Finished ends a datagram, and Debian's fall-back after losses knows no less.
LENIENCE = 80


@dataclasses.dataclass
class Scenario:
    """One connection: what is set on both sides, and what the link does."""

    version: str
    suite: str
    certificate: str
    client_auth: int
    resumption: str
    cookie: int
    mtu: int
    query: str
    renegotiate: str
    loss: float
    doubled: float
    delay: int
    jitter: int
    messages: int

    @classmethod
    def draw(cls, dice):
        """A scenario of these dice."""
        version = dice.choice(("1.2", "1.2", "1.2", "1.0"))
        suite, certificate = dice.choice(sorted(SUITES[version].items()))
        chain = certificate != "-" and dice.random() < 0.3
        return cls(
            version=version, suite=suite, certificate=certificate + "-chain" if chain else certificate,
            client_auth=int(certificate != "-" and dice.random() < 0.3),
            resumption=dice.choice(("none", "id", "ticket", "ticket")), cookie=int(dice.random() < 0.3),
            mtu=dice.choice(MTUS), query=dice.choice(("program", "bio")),
            renegotiate=dice.choice(("client", "server")) if dice.random() < 0.1 else "-",
            loss=dice.choice((0, 0.05, 0.1, 0.2, 0.3)), doubled=dice.choice((0, 0, 0.1, 0.3)),
            delay=dice.choice((100, 20_000, 200_000)), jitter=dice.choice((0, 0, 10_000, 300_000)), messages=dice.choice((1, 5, 20)),
        )

    def words(self, side):
        """The options as a peer reads them."""
        return " ".join(map(str, (side, self.version, self.suite, self.certificate, self.client_auth, self.resumption,
                                  self.cookie, self.mtu, self.query, int(self.renegotiate != "-"))))


class Broken(Exception):
    """The connection did not do what it must."""


Answer = collections.namedtuple("Answer", "state timeout longest datagrams messages texts")


class Peer:
    """A process with one end of the connections."""

    def __init__(self, program, library, certificates):
        self.library = library
        self.process = subprocess.Popen(
            [program, certificates], env=library.environment() | {"OPENSSL_CONF": "/dev/null"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )

    def check_library(self):
        """The process has the library mapped that it is meant to have."""
        if self.library.file not in Path(f"/proc/{self.process.pid}/maps").read_text():
            sys.exit(f"the peer does not have {self.library.file} mapped")

    def ask(self, letter, now, payload=b""):
        """One request and its answer."""
        self.process.stdin.write(struct.pack("<Icq", len(payload) + 9, letter, now) + payload)
        self.process.stdin.flush()
        head = self.process.stdout.read(4)
        if len(head) < 4:
            raise Broken(f"the peer on the {self.library.name} library ended with {self.process.wait()}")
        body = self.process.stdout.read(struct.unpack("<I", head)[0])
        state, timeout, longest = struct.unpack_from("<cqI", body)
        items = {b"d": [], b"m": [], b"t": []}
        at = 13
        while at < len(body):
            kind, length = struct.unpack_from("<cI", body, at)
            items[kind].append(body[at + 5:at + 5 + length])
            at += 5 + length
        return Answer(state, timeout, longest, items[b"d"], items[b"m"], [text.decode() for text in items[b"t"]])

    def end(self):
        """Lets the process end."""
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()


class Connection:
    """One simulated connection between two peers, from the first datagram to the last."""

    def __init__(self, peers, scenario, dice):
        self.peers, self.scenario, self.dice = peers, scenario, dice
        self.now, self.order = 0, 0
        self.events = []
        self.state, self.longest, self.deadline, self.waited = [b"h", b"h"], [0, 0], [None, None], [0, 0]
        self.sent, self.arrived = [{}, {}], [set(), set()]
        self.healed = False
        self.statistics = collections.Counter()

    def later(self, delay, action):
        """Does something after a while."""
        self.order += 1
        heapq.heappush(self.events, (self.now + delay, self.order, action))

    def ask(self, side, letter, payload=b""):
        """A request to one side, and what follows from it."""
        answer = self.peers[side].ask(letter, self.now, payload)
        self.state[side], self.longest[side] = answer.state, answer.longest
        self.deadline[side] = None if answer.timeout < 0 else self.now + answer.timeout
        if answer.state == b"f":
            raise Broken(f"the {('client', 'server')[side]} failed: {', '.join(answer.texts)}")
        for datagram in answer.datagrams:
            self.transmit(side, datagram, letter)
        for message in answer.messages:
            self.arrive(side, message)
        return answer

    def transmit(self, side, datagram, letter):
        """The link: loses, doubles, delays."""
        scenario, dice = self.scenario, self.dice
        self.statistics["datagrams"] += 1
        lenience = LENIENCE if self.peers[side].library.directory is None else 0
        if len(datagram) > scenario.mtu + lenience:
            raise Broken(f"the {('client', 'server')[side]} sent {len(datagram)} bytes on a path of {scenario.mtu}")
        copies = 1 if self.healed else (dice.random() >= scenario.loss) + (dice.random() < scenario.doubled)
        if copies == 0:
            self.statistics["lost"] += 1
        for _ in range(copies):
            jitter = 0 if self.healed else dice.randrange(scenario.jitter + 1)
            self.later(scenario.delay + jitter, lambda: self.ask(1 - side, b"D", datagram))

    def arrive(self, side, message):
        """A message: one that the other side has sent, and only once."""
        if message not in self.sent[1 - side]:
            raise Broken(f"the {('client', 'server')[side]} got {len(message)} bytes that were not sent")
        if message in self.arrived[side]:
            raise Broken(f"the {('client', 'server')[side]} got a message twice")
        self.arrived[side].add(message)
        self.statistics["arrived"] += 1

    def send(self, side):
        """A message of any length that fits."""
        if self.state[side] != b"o":
            return None
        number = len(self.sent[side])
        length = self.dice.choice((1, 10, 100, self.longest[side], self.dice.randrange(1, self.longest[side] + 1)))
        message = struct.pack("<BI", side, number) + self.dice.randbytes(max(length - 5, 0))
        self.sent[side][message] = number
        self.statistics["sent"] += 1
        self.ask(side, b"W", message)
        return message

    def step(self):
        """The next event or timeout; False when nothing is left to wait for."""
        deadlines = [(when, side) for side, when in enumerate(self.deadline) if when is not None]
        when, side = min(deadlines, default=(None, None))
        if self.events and (when is None or self.events[0][0] <= when):
            self.now, _, action = heapq.heappop(self.events)
            action()
        elif when is not None:
            self.now = max(self.now, when)
            self.waited[side] += 1
            self.healed |= self.waited[side] >= PATIENCE
            self.statistics["timeouts"] += 1
            self.ask(side, b"T")
        else:
            return False
        return True

    def until(self, done, what):
        """Lets time pass until that is so."""
        for _ in range(20_000):
            if done():
                return
            if not self.step():
                break
        if not done():
            raise Broken(f"{what}: {self.state} after {self.now / SECOND:.1f} s, {dict(self.statistics)}")

    def both_open(self):
        """Both sides think that the handshake is done."""
        return self.state == [b"o", b"o"]

    def settle(self):
        """Lets everything arrive that is on its way."""
        self.until(lambda: not self.events and self.deadline == [None, None], "the link does not come to rest")

    def check_alive(self):
        """On a healed link everything arrives."""
        self.healed = True
        self.settle()
        for side in (0, 1):
            message = self.send(side)
            self.settle()
            if message not in self.arrived[1 - side]:
                raise Broken(f"what the {('client', 'server')[side]} sent on a healed link did not arrive")

    def run(self):
        """The whole life of a connection."""
        self.ask(1, b"S", self.scenario.words("server").encode())
        self.ask(0, b"S", self.scenario.words("client").encode())
        self.until(self.both_open, "the handshake was not completed")
        for _ in range(self.scenario.messages):
            for side in (0, 1):
                self.later(self.dice.randrange(SECOND), lambda side=side: self.send(side))
        self.settle()
        self.check_alive()
        if self.scenario.renegotiate != "-":
            side = ("client", "server").index(self.scenario.renegotiate)
            # OpenSSL 3.0's server takes what overtakes the ClientHello of a renegotiation for an unexpected message.
            self.healed, self.waited = side == 0 and self.peers[1].library.directory is None, [0, 0]
            self.ask(side, b"N")
            self.until(lambda: self.both_open() and self.deadline == [None, None] and not self.events,
                       "the renegotiation was not completed")
            self.check_alive()
        self.ask(0, b"Q")
        self.settle()
        if self.state[1] != b"c":
            raise Broken("the server saw no close_notify")
        self.ask(1, b"Q")
        self.settle()
        client, server = (self.ask(side, b"E").texts[0] for side in (0, 1))
        if client.split()[:3] + client.split()[4:] != server.split()[:3] + server.split()[4:]:
            raise Broken(f"the client has {client}, the server {server}")
        self.statistics["reused"] += "reused" in client
        return client


def make_certificates(folder):
    """Self-signed certificates, alone and with others behind them that make the flight long."""
    kinds = {"rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
             "ec": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
             "client": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}
    for name, options in kinds.items():
        key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
        for command in (["genpkey", *options, "-out", key],
                        ["req", "-x509", "-new", "-key", key, "-subj", f"/CN={name}", "-days", "30", "-out", certificate]):
            subprocess.run(["openssl", *command], check=True, capture_output=True)
        (folder / f"{name}.pem").write_bytes(certificate.read_bytes() + key.read_bytes())
    for name in ("rsa", "ec"):
        own = (folder / f"{name}.crt").read_bytes()
        others = (folder / "rsa.crt").read_bytes() * 3
        (folder / f"{name}-chain.pem").write_bytes(own + others + (folder / f"{name}.key").read_bytes())
        (folder / f"{name}-chain.crt").write_bytes(own)


def simulate(client, server, options, folder):
    """All connections of a pairing; returns how many broke."""
    program = TOP / "target/dtls/peer"
    broken, totals = 0, collections.Counter()
    with contextlib.ExitStack() as stack:
        def start():
            pair = [Peer(program, library, folder) for library in (client, server)]
            for peer in pair:
                stack.callback(peer.end)
            return pair

        peers = start()
        for number in range(options.count) if options.only is None else [options.only]:
            dice = random.Random(f"{options.seed} {number}")
            scenario = Scenario.draw(dice)
            connection = Connection(peers, scenario, dice)
            try:
                connection.run()
            except Broken as problem:
                broken += 1
                if broken <= options.show:
                    print(f"  {client.name} client, {server.name} server, --seed {options.seed} --only {number}: {problem}\n    {scenario}")
                peers = start()
            totals += connection.statistics
            if number == 0 or options.only is not None:
                for peer in peers:
                    peer.check_library()
    count = options.count if options.only is None else 1
    print(f"{client.name} client, {server.name} server: {count - broken} of {count} connections completed; "
          f"{totals['datagrams']} datagrams, {totals['lost']} lost, {totals['timeouts']} timeouts, {totals['reused']} resumed, "
          f"{totals['arrived']} of {totals['sent']} messages arrived", flush=True)
    return broken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", type=Path, default=TOP / "target/lib")
    parser.add_argument("--count", type=int, default=100, help="connections of each pairing")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int, help="only the connection of this number")
    parser.add_argument("--show", type=int, default=10, help="how many broken connections to print")
    parser.add_argument("--oracle", action="store_true", help="only the system's library, on both sides")
    options = parser.parse_args()
    system, ours = Library("system"), Library("ours", options.library.resolve())

    (TOP / "target/dtls").mkdir(parents=True, exist_ok=True)
    source = [TOP / "tests/dtls/peer.c", "-lssl", "-lcrypto"]
    subprocess.run(["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-o", TOP / "target/dtls/peer", *source], check=True)
    pairings = [(system, system)] if options.oracle else [(ours, system), (system, ours), (ours, ours)]
    with tempfile.TemporaryDirectory(prefix="ferrossl-") as name:
        folder = Path(name)
        make_certificates(folder)
        broken = sum(simulate(client, server, options, folder) for client, server in pairings)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
