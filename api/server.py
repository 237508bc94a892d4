"""Serves an opened service over HTTP until it is told to stop.

In this order, so that nobody is answered wrongly or cut off: the address is taken but not listened
on, the service is opened and its models run once, then the first connection is let in. At SIGTERM
or SIGINT no new connection is taken, questions under way are answered, and the service is closed.
"""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from types import FrameType
from typing import TypeVar

import uvicorn

from api.app import create_app
from api.backend import Backend
from api.security.hosts import answered_names, is_loopback
from ingest.jobs import Ingestion
from rag.settings import Settings
from rag.types import DEFAULT_COLLECTION, Question

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8000
_GRACE = 5.0  # seconds, beyond those that a question may take


B = TypeVar("B", bound=Backend)


class AddressTaken(OSError):
    """The host and port can't be served at: in use, not ours, or not allowed."""


class _Server(uvicorn.Server):
    """Says when it listens and when it stops: uvicorn has no hooks for it; a lifespan starts too early,
    and ends only when the last connection has."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], on_stop: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stop()  # what would stream on for as long as somebody listens
        await super().shutdown(sockets=sockets)


def serve(
    settings: Settings,
    open_backend: Callable[[Settings, str], AbstractContextManager[B]],
    *,
    open_ingestion: Callable[[B], AbstractContextManager[Ingestion]] | None = None,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    allow_hosts: Sequence[str] = (),
    say: Callable[[str], None],
) -> None:
    """Serves until SIGTERM or SIGINT; then raises SystemExit(0).

    Args:
        open_backend: opens the service, given the settings and the URL it will be at.
        open_ingestion: opens what takes documents in; None: they can't be written over HTTP.
        port: 0 takes any free one.
        allow_hosts: further names that requests may be sent to, such as a reverse proxy's.
        say: told one line when the first question can be asked.

    Raises:
        AddressTaken: host and port can't be had.
        SaywhereError: whatever opening the service raises.
    """
    with _stopping_cleanly(), _bound(host, port) as listener:
        url = _url(host, listener)
        with ExitStack() as stack:
            backend = stack.enter_context(open_backend(settings, url))
            _warm(backend)
            app = create_app(
                backend,
                hosts=answered_names(host, allow_hosts),
                ingestion=stack.enter_context(open_ingestion(backend)) if open_ingestion else None,
                local=is_loopback(host) and not allow_hosts,
            )
            config = uvicorn.Config(
                app,
                access_log=False,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=int(settings.limits.seconds + _GRACE),
                ws="none",
            )
            ready = partial(say, f"Saywhere answers at {url}")
            _run(_Server(config, ready, app.state.stopping.set), listener, url)


def _run(server: _Server, listener: socket.socket, url: str) -> None:
    try:
        server.run(sockets=[listener])
    except OSError as error:
        # Two processes may hold an address that neither listens on yet; the later one learns it here.
        if error.errno != errno.EADDRINUSE:
            raise
        raise AddressTaken(f"another program serves at {url} already") from None


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that has the address but takes no connection yet."""
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
            why = "it is in use; choose another --port" if in_use else error.strerror
            raise AddressTaken(f"can't serve at {host} port {port}: {why}") from None
        yield listener


def _url(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/"


def _warm(backend: Backend) -> None:
    """Runs each model once, so that the first question isn't the slow one."""
    collection = min(backend.catalog.collections(), default=DEFAULT_COLLECTION)
    backend.engine.ask(Question(text="Is anybody there?", collection=collection))


@contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """Both signals unwind the stack, so that what is open gets closed.

    uvicorn sets its own handlers while it runs and raises the signal again, to these, when done.
    """
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, _stop) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
