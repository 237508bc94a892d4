"""``saywhere serve``: runs the HTTP server."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from api.listener import AddressTaken
from api.logs import configure_logging
from api.server import serve
from api.workers import serve_workers
from ingest.follow import following
from ingest.jobs import Ingestion
from ingest.scheduled import syncing_when_due
from ingest.wiring import open_ingestion
from rag.settings import Settings, load
from rag.wiring import Service, open_service


def run(
    *,
    data: Path | None,
    host: str,
    port: int,
    allow_hosts: Sequence[str],
    any_host: bool,
    open_reading: bool,
    watch: Sequence[Path],
    workers: int = 1,
) -> int:
    """Serves until stopped; the exit status if the server could not start."""
    settings = load(data=data)
    configure_logging(settings)
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "allow_hosts": allow_hosts,
        "any_host": any_host,
        "open_reading": open_reading,
    }
    try:
        if workers == 1:
            opened = partial(_open_ingestion, paths=watch)
            serve(settings, _open_service, open_ingestion=opened, say=_say, **options)
            return 0
        serve_one = partial(_serve_one, watch=watch, options=options)
        return serve_workers(settings, workers, serve_one, host=host, port=port, say=_say)
    except AddressTaken as error:
        print(f"saywhere: {error}", file=sys.stderr)
        return 1


def _serve_one(
    settings: Settings,
    listener: socket.socket,
    number: int,
    say: Callable[[str], None],
    *,
    watch: Sequence[Path],
    options: Mapping[str, Any],
) -> None:
    """Serves as one of several workers; the first one follows the folders."""
    opened = partial(_open_ingestion, paths=watch if number == 1 else ())
    serve(
        settings, _open_service, open_ingestion=opened, say=say, listener=listener, worker=number, **options
    )


def _open_service(settings: Settings, url: str) -> Service:
    return open_service(settings, url=url, renew=True)


@contextmanager
def _open_ingestion(service: Service, *, paths: Sequence[Path]) -> Iterator[Ingestion]:
    """Opens the queue for documents sent over HTTP, follows the folders, and syncs stored sources."""
    with ExitStack() as stack:
        ingestion = stack.enter_context(open_ingestion(service))
        if paths:
            stack.enter_context(following(service, paths, ends=ingestion.ends))
        stack.enter_context(syncing_when_due(service, ends=ingestion.ends))
        yield ingestion


def _say(text: str) -> None:
    first, *others = text.splitlines()
    print(f"{first} (Ctrl+C stops it)", *others, sep="\n", flush=True)
