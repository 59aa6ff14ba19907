"""Plain TCP on the loopback interface, behind and in front of programs that wrap it into TLS."""

import contextlib
import socket
import threading

from harness import check


@contextlib.contextmanager
def echo():
    """A server that sends back what it gets, connection by connection; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def serve(listener):
    """Echoes until the listener is shut down."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=echo_one, args=(connection,), daemon=True).start()


def echo_one(connection):
    """Echoes on one connection."""
    with connection, contextlib.suppress(OSError):
        while data := connection.recv(65536):
            connection.sendall(data)


def exchange(port, data, seconds=60, look=lambda: None):
    """What comes back when `data` is sent to an echo; ends short where the connection does.

    `look` is called while the connection is open.
    """
    back = b""
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        sender = threading.Thread(target=send, args=(connection, data), daemon=True)
        sender.start()
        while len(back) < len(data) and (more := connection.recv(65536)):
            back += more
        look()
        sender.join(seconds)
    return back


def send(connection, data):
    """Sends everything, unless the other side closes before."""
    with contextlib.suppress(OSError):
        connection.sendall(data)


def check_echo(port, data, **options):
    """Fails unless `data` comes back from an echo."""
    back = exchange(port, data, **options)
    check(back == data, f"{len(back)} of {len(data)} bytes came back, not the same")
