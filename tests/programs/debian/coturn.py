"""coturn's server and client, which allocate a relay over TLS or DTLS and send through it. Its client knows TLS up to 1.2."""

from harness import Program, case, check, check_in, free_datagram_port

MESSAGES = 20


@case("turnutils_uclient-turnserver: a relay is allocated, and messages go to a peer and back", ("TLSv1.2", "DTLSv1.2"))
def relay(setting):
    port, plain_port, peer_port = (free_datagram_port() for _ in range(3))
    command = ["/usr/bin/turnserver", "-n", "-v", "--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--no-cli"]
    command += ["--listening-port", plain_port, "--tls-listening-port", port, "--allow-loopback-peers", "--lt-cred-mech"]
    command += ["--user", "name:word", "--realm", "test", "--log-file", "stdout", "--pidfile", setting.scratch / "pid"]
    command += ["--userdb", setting.scratch / "users"]
    command += ["--cert", setting.pki / "p256-chain.pem", "--pkey", setting.pki / "p256.key"]
    echo = ["/usr/bin/turnutils_peer", "-L", "127.0.0.1", "-p", peer_port]
    transport = ["-t"] if setting.version.startswith("TLS") else []
    ask = ["/usr/bin/turnutils_uclient", "-S", *transport, "-E", setting.pki / "root.pem"]
    ask += ["-v", "-c", "-u", "name", "-w", "word", "-e", "127.0.0.1", "-r", peer_port, "-p", port, "-n", MESSAGES, "127.0.0.1"]
    with Program(setting.server, command, setting.scratch) as server, Program(setting.client, echo, setting.scratch):
        for listener in (f"DTLS/UDP listener opened on: 127.0.0.1:{port}", f"TLS/TCP listener opened on : 127.0.0.1:{port}"):
            server.expect(listener)
        server.check_library()
        with Program(setting.client, ask, setting.scratch) as client:
            client.check_library()
            check(client.finish(40) == 0, f"the client failed:\n{client.output[-2000:]}")
        check_in("allocate sent", client.output)
        check_in(f"tot_send_msgs={MESSAGES}, tot_recv_msgs={MESSAGES}", client.output)
        server.expect("usage: realm")
        check_in(f"method={setting.version}", server.output)
