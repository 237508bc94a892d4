"""The address that the server listens on."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager


class AddressTaken(OSError):
    """The host and port can't be bound: in use, not of this machine, or not permitted."""


@contextmanager
def bound_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that is bound to the address but doesn't listen yet."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, OverflowError) as error:
        raise AddressTaken(f"{host!r} is no address of this machine: {error}") from None
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            reason = "it is in use; choose another --port" if in_use else error.strerror
            raise AddressTaken(f"can't serve at {host} port {port}: {reason}") from None
        yield listener


def url_of(host: str, listener: socket.socket) -> str:
    """The URL of a bound socket, under the host that was given."""
    url_host = f"[{host}]" if ":" in host else host
    return f"http://{url_host}:{listener.getsockname()[1]}/"
