#!/usr/bin/python3
"""python_peer.py server|client OPTIONS: one side of a TLS connection made with Python's own ssl module.

The server prints its port and then one line for every connection that failed. Both wait, at their start, for a line on
standard input, so that their libraries can be looked at. The protocol: the client sends eight bytes of length and the
data; the server answers with a line of JSON that says what it negotiated, and then the same data.
"""

import argparse
import asyncio
import hashlib
import http.client
import http.server
import json
import os
import socket
import ssl
import sys
import threading

VERSIONS = {"TLSv1.3": ssl.TLSVersion.TLSv1_3, "TLSv1.2": ssl.TLSVersion.TLSv1_2}
SECONDS = 60


def context_for(options, purpose):
    """The SSLContext that the command line asks for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if purpose == "server" else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = context.maximum_version = VERSIONS[options.version]
    context.load_verify_locations(options.ca)
    if options.certificate:
        context.load_cert_chain(f"{options.certificate}-chain.pem", f"{options.certificate}.key")
    if options.alpn:
        context.set_alpn_protocols(options.alpn.split(","))
    if options.verify_client:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def describe(connection):
    """What was negotiated, for an SSLSocket or SSLObject."""
    peer = connection.getpeercert() or {}
    names = [value for entry in peer.get("subject", ()) for key, value in entry if key == "commonName"]
    return {
        "version": connection.version(),
        "cipher": connection.cipher()[0],
        "alpn": connection.selected_alpn_protocol(),
        "reused": connection.session_reused,
        "peer": names[0] if names else None,
        "binding": hashlib.sha256(connection.get_channel_binding() or b"").hexdigest(),
    }


class MemoryConnection:
    """An SSLObject over two MemoryBIOs, pumped by hand to and from a plain socket."""

    def __init__(self, plain, context, **keywords):
        self._plain = plain
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = context.wrap_bio(self._incoming, self._outgoing, **keywords)
        self._pump(self.object.do_handshake)

    def _flush(self):
        while self._outgoing.pending:
            self._plain.sendall(self._outgoing.read(32768))

    def _pump(self, operation, *arguments):
        """Repeats an operation until it succeeds, moving what it wants moved."""
        while True:
            try:
                result = operation(*arguments)
            except ssl.SSLWantReadError:
                self._flush()
                if data := self._plain.recv(32768):
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            except ssl.SSLError:
                self._flush()
                raise
            else:
                self._flush()
                return result

    def sendall(self, data):
        """Writes all of the data, in pieces of several records."""
        view = memoryview(data)
        while view:
            view = view[self._pump(self.object.write, view[:50_000]) :]

    def recv(self, size):
        """Reads up to so many bytes; b"" at the peer's close_notify."""
        try:
            return self._pump(self.object.read, size)
        except ssl.SSLZeroReturnError:
            return b""

    def unwrap(self):
        """Closes the TLS connection, waiting for the peer's close_notify."""
        self._pump(self.object.unwrap)
        return self._plain


class SocketConnection:
    """An SSLSocket."""

    def __init__(self, plain, context, **keywords):
        self.object = context.wrap_socket(plain, **keywords)
        self.sendall, self.recv, self.unwrap = self.object.sendall, self.object.recv, self.object.unwrap


CONNECTIONS = {"socket": SocketConnection, "memory": MemoryConnection}


def receive(connection, size):
    """Exactly so many bytes."""
    data = bytearray()
    while len(data) < size:
        chunk = connection.recv(min(65536, size - len(data)))
        if not chunk:
            raise EOFError(f"{len(data)} bytes of {size}")
        data += chunk
    return bytes(data)


def receive_line(connection):
    """Bytes up to a newline."""
    line = bytearray()
    while not line.endswith(b"\n"):
        line += receive(connection, 1)
    return bytes(line)


# ------------------------------------------------------------------ servers


def report(error):
    """Prints why a connection failed, on one line."""
    print("FAILED", type(error).__name__, getattr(error, "reason", None), flush=True)


def serve_connection(plain, context, connection_class):
    """One connection, in a thread of its own."""
    with plain:
        plain.settimeout(SECONDS)
        try:
            connection = connection_class(plain, context, server_side=True)
            data = receive(connection, int.from_bytes(receive(connection, 8), "big"))
            connection.sendall(json.dumps(describe(connection.object)).encode() + b"\n")
            connection.sendall(data)
            plain = connection.unwrap()
        except (OSError, EOFError) as error:
            report(error)
        finally:
            plain.close()


def serve_blocking(options, context):
    """Sockets or MemoryBIOs: accepts for ever, a thread for each connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    print("PORT", listener.getsockname()[1], flush=True)
    while True:
        plain, _ = listener.accept()
        threading.Thread(
            target=serve_connection, args=(plain, context, CONNECTIONS[options.how]), daemon=True
        ).start()


def serve_asyncio(_, context):
    """asyncio streams."""

    async def serve(reader, writer):
        try:
            data = await reader.readexactly(int.from_bytes(await reader.readexactly(8), "big"))
            writer.write(json.dumps(describe(writer.get_extra_info("ssl_object"))).encode() + b"\n")
            writer.write(data)
            await writer.drain()
            if await reader.read():
                print("FAILED trailing data", flush=True)
            writer.close()
            await writer.wait_closed()
        except (OSError, EOFError) as error:
            report(error)

    async def run():
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        print("PORT", server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


class EchoHandler(http.server.BaseHTTPRequestHandler):
    """Answers GET /N with N bytes that the client can predict, and POST with the body."""

    protocol_version = "HTTP/1.1"

    def respond(self, body):
        """Sends a whole response."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Negotiated", json.dumps(describe(self.connection)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.respond(pattern(int(self.path[1:])))

    def do_POST(self):
        self.respond(self.rfile.read(int(self.headers["Content-Length"])))

    def log_message(self, *_):
        pass


def serve_http(_, context):
    """http.server with TLS under it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), EchoHandler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("PORT", server.server_address[1], flush=True)
    server.serve_forever()


def serve_proxy(_, context):
    """An HTTPS proxy: answers CONNECT over TLS and passes bytes on, so that clients speak TLS inside TLS."""

    async def copy(reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def serve(reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            print("CONNECT", flush=True)
            port = int(head.split()[1].rpartition(b":")[2])
            onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(copy(reader, onward_writer), copy(onward_reader, writer))
        except (OSError, EOFError) as error:
            report(error)

    async def run():
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        print("PORT", server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(run())


# ------------------------------------------------------------------ clients


def pattern(size):
    """So many bytes that look random and are always the same."""
    return hashlib.shake_256(b"FerroSSL").digest(size)


def compare(sent, received):
    """Ends the program unless what came back is what was sent."""
    if sent != received:
        sys.exit("the data came back changed")


def connect(options, context, session=None):
    """Connects, has the data echoed, closes; returns what both sides negotiated, and the session."""
    data = os.urandom(options.size)
    with socket.create_connection(("127.0.0.1", options.port), timeout=SECONDS) as plain:
        connection = CONNECTIONS[options.how](plain, context, server_hostname=options.name, session=session)
        if options.read_first and not connection.recv(1):
            sys.exit("the server closed without an alert")
        connection.sendall(len(data).to_bytes(8, "big"))
        connection.sendall(data)
        server = json.loads(receive_line(connection))
        compare(data, receive(connection, len(data)))
        client = describe(connection.object)
        session = connection.object.session
        connection.unwrap().close()
        return client, server, session


def client_blocking(options, context):
    """As many connections as asked for, each offering the session of the one before."""
    session, results = None, []
    for _ in range(options.connections):
        client, server, session = connect(options, context, session)
        results.append({"client": client, "server": server})
    return results


def client_asyncio(options, context):
    """One connection with asyncio streams."""

    async def run():
        data = os.urandom(options.size)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", options.port, ssl=context, server_hostname=options.name
        )
        writer.write(len(data).to_bytes(8, "big"))
        writer.write(data)
        await writer.drain()
        server = json.loads(await reader.readline())
        compare(data, await reader.readexactly(len(data)))
        client = describe(writer.get_extra_info("ssl_object"))
        writer.close()
        await writer.wait_closed()
        return [{"client": client, "server": server}]

    return asyncio.run(asyncio.wait_for(run(), SECONDS))


def client_http(options, context):
    """GET and POST on one kept-alive connection with http.client."""
    connection = http.client.HTTPSConnection(options.name, options.port, context=context, timeout=SECONDS)
    connection.request("GET", f"/{options.size}")
    compare(pattern(options.size), connection.getresponse().read())
    client = describe(connection.sock)
    data = os.urandom(options.size)
    connection.request("POST", "/", body=data)
    response = connection.getresponse()
    compare(data, response.read())
    server = json.loads(response.headers["X-Negotiated"])
    connection.close()
    return [{"client": client, "server": server}]


SERVERS = {
    "socket": serve_blocking,
    "memory": serve_blocking,
    "asyncio": serve_asyncio,
    "http": serve_http,
    "proxy": serve_proxy,
}
CLIENTS = {"socket": client_blocking, "memory": client_blocking, "asyncio": client_asyncio, "http": client_http}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("side", choices=("server", "client"))
    parser.add_argument("--how", choices=sorted(SERVERS), default="socket")
    parser.add_argument("--version", choices=sorted(VERSIONS), required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--certificate", help="path without -chain.pem and .key")
    parser.add_argument("--verify-client", action="store_true")
    parser.add_argument("--alpn")
    parser.add_argument("--name", default="localhost")
    parser.add_argument("--port", type=int)
    parser.add_argument("--read-first", action="store_true", help="read before writing, to get the server's alert")
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=1)
    options = parser.parse_args()

    sys.stdin.readline()
    context = context_for(options, options.side)
    if options.side == "server":
        SERVERS[options.how](options, context)
        return
    try:
        print(json.dumps({"connections": CLIENTS[options.how](options, context)}))
    except ssl.SSLCertVerificationError as error:
        print(json.dumps({"code": error.verify_code, "message": error.verify_message, "reason": error.reason}))
    except ssl.SSLError as error:
        print(json.dumps({"error": type(error).__name__, "reason": error.reason}))


if __name__ == "__main__":
    main()
