"""How many times better than OpenSSL 3.0 each figure is meant to be: the best that other libraries do, and somewhat more.
What has no goal of its own must not be worse."""

import re

# Throughput: the ratio of ours to theirs.
BULK = [
    (r"pair\.tls13\.TLS_AES_128_GCM_SHA256\.16384", 3.0, 2.6),
    (r"pair\.tls13\.TLS_AES_128_GCM_SHA256\.1024", 2.2, 1.8),
    (r"pair\.tls13\.TLS_AES_128_GCM_SHA256\.100", 3.0, 2.2),
    (r"pair\.tls13\.TLS_AES_256_GCM_SHA384\.16384", 2.8, 2.5),
    (r"pair\.tls13\.TLS_CHACHA20_POLY1305_SHA256\.16384", 1.05, 1.05),
    (r"pair\.tls12\.ECDHE-RSA-AES128-SHA256\.16384", 1.1, 1.05),
    (r"tcp\.tls13\.TLS_AES_128_GCM_SHA256\.16384", 2.0, 2.0),
    (r"tcp\.tls13\.TLS_AES_128_GCM_SHA256\.262144", 2.4, 2.0),
]
# Time: the ratio of theirs to ours, from the part of their time that ours may take: client, server.
HANDSHAKES = [
    (r"tls13\.full\.ecdsa\.X25519\.verify", 1 / 0.35, 1 / 0.30),
    (r"tls13\.full\.ecdsa\.X25519\.noverify", 1 / 0.22, 1 / 0.30),
    (r"tls13\.full\.rsa\.X25519\..*verify", None, 1 / 0.70),
    (r".*(unseen|never).*", 1 / 0.75, None),
    (r"tls1[23]\.resume\..*", 1 / 0.30, 1 / 0.30),
]
CHURN = {"ctx.bare": 1 / 0.05, "ctx.server": 1 / 0.10, "ssl": 1 / 0.90}
# Bytes of OpenSSL 3.0's idle connection and those that ours may have: client, server.
MEMORY = {"client": 57440 / 10240, "server": 47140 / 3072}


def goal(measure, variant, metric):
    """The least ratio that one figure is to have, or None."""
    if measure == "churn":
        return CHURN.get(variant)
    if measure == "mem":
        return MEMORY.get(metric) if variant.startswith("tls13.") and "release" not in variant else None
    pairs = {"bulk": (BULK, ("send", "recv")), "hs": (HANDSHAKES, ("client", "server"))}
    table, metrics = pairs.get(measure, ([], ()))
    for pattern, *goals in table:
        if re.fullmatch(pattern, variant) and metric in metrics:
            return goals[metrics.index(metric)]
    return None
