"""Runs the HTTP server from binding its address to a clean shutdown.

At the start: the address is bound but not listened on, the service is opened, each model runs once, and
then the first connection is accepted. At SIGTERM or SIGINT: no new connection is accepted, running
questions are answered, and the service is closed.
"""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import FrameType
from typing import TypeVar

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.audit import open_audit_log
from api.backend import Backend
from api.connections import bounded_protocol
from api.listener import AddressTaken, bound_socket, url_of
from api.security.exposure import Exposure
from api.security.hosts import allowed_hosts, is_loopback
from api.security.trusted_peer import TrustedPeer
from ingest.jobs import Ingestion
from rag.errors import InvalidSettings
from rag.settings import Settings
from rag.types import DEFAULT_COLLECTION, Question

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8000
GRACE_SECONDS = 5.0  # at shutdown, beyond those that one question may take
_BACKLOG = 2048  # connections that wait to be accepted; uvicorn's default

B = TypeVar("B", bound=Backend)


class _Server(uvicorn.Server):
    """Calls ``on_ready`` when it listens and ``on_stop`` when it begins to shut down.

    uvicorn has no hooks for these: a lifespan starts before it listens, and ends after the last connection.
    """

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
        self._on_stop()  # ends open streams, which uvicorn would wait for
        await super().shutdown(sockets=sockets)


def serve(
    settings: Settings,
    open_backend: Callable[[Settings, str], AbstractContextManager[B]],
    *,
    open_ingestion: Callable[[B], AbstractContextManager[Ingestion]] | None = None,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    allow_hosts: Sequence[str] = (),
    any_host: bool = False,
    open_reading: bool = False,
    listener: socket.socket | None = None,
    worker: int | None = None,
    say: Callable[[str], None],
) -> None:
    """Serves until SIGTERM or SIGINT; then raises SystemExit(0).

    Args:
        open_backend: opens the service, given the settings and the URL it will have.
        open_ingestion: opens the queue of documents to write; None: none can be written over HTTP.
        port: 0 for any free one.
        allow_hosts: further host names to answer to, such as a reverse proxy's.
        any_host: answer to any host name, on an address that other machines reach.
        open_reading: whoever reaches the service may ask, search and read, documents with readers excepted.
        listener: bound already, to host and port; None: it is bound here.
        worker: which of several processes on the listener this is, from 1; None: it is the only one.
        say: called when the first question can be asked, with a line that names the address, and lines that
            say what is open to whom.

    Raises:
        AddressTaken: host and port can't be bound.
        InvalidSettings: other machines can reach the address, and there is neither a name, a key nor
            ``any_host``; or no credential, no public collection and no ``open_reading``.
        SaywhereError: whatever opening the service raises.
    """
    if not (is_loopback(host) or allow_hosts or any_host or settings.api_key):
        raise InvalidSettings(
            f"other machines can reach {host}: give the names to answer to (--allow-host), set "
            "SAYWHERE_API_KEY, or allow any name (--any-host)"
        )
    with _exit_on_signals(), ExitStack() as stack:
        if listener is None:
            listener = stack.enter_context(bound_socket(host, port))
        url = url_of(host, listener)
        local = is_loopback(host) and not allow_hosts
        backend = stack.enter_context(open_backend(settings, url))
        exposure = Exposure(settings, backend.access_keys, local=local, open_reading=open_reading)
        exposure.require_decision()
        _warm_up(backend)
        app = create_app(
            backend,
            hosts=allowed_hosts(host, allow_hosts),
            ingestion=stack.enter_context(open_ingestion(backend)) if open_ingestion else None,
            local=local,
            open_reading=open_reading,
            audit_log=open_audit_log(settings),
            worker=worker,
        )
        config = server_config(app, settings)

        def ready() -> None:
            if worker is not None:
                listener.listen(_BACKLOG)
            say("\n".join([f"Saywhere answers at {url}", *exposure.lines()]))

        if worker is not None:
            # The event loop accepts as many connections at a time as the backlog that it is given: one, so
            # that a worker leaves the others theirs.
            config.backlog = 1
        _run(_Server(config, ready, app.state.shutdown.set), listener, url)


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves an application: with the settings' limits on connections and trusted proxies."""
    return uvicorn.Config(
        TrustedPeer(app, settings.trusted_proxies) if settings.trusted_proxies else app,
        access_log=False,
        http=bounded_protocol(settings.limits),
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.limits.seconds + GRACE_SECONDS),
        ws="none",
    )


def _run(server: _Server, listener: socket.socket, url: str) -> None:
    try:
        server.run(sockets=[listener])
    except OSError as error:
        # Two processes can bind an address that neither listens on yet; the later one fails here.
        if error.errno != errno.EADDRINUSE:
            raise
        raise AddressTaken(f"another program serves at {url} already") from None


def _warm_up(backend: Backend) -> None:
    """Runs each model once, so that the first question isn't slower than others."""
    collection = min(backend.catalog.collections(), default=DEFAULT_COLLECTION)
    backend.engine.ask(Question(text="Is anybody there?", collection=collection))


@contextmanager
def _exit_on_signals() -> Iterator[None]:
    """SIGTERM and SIGINT raise SystemExit, so that the stack unwinds and everything is closed.

    uvicorn sets its own handlers while it runs, and raises the signal again, to these, when it has stopped.
    """
    signals = (signal.SIGTERM, signal.SIGINT)
    previous = [signal.signal(number, _exit) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, previous, strict=True):
            signal.signal(number, handler)


def _exit(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
