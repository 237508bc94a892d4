"""Servers over loopback for tests: in a thread of this process, or in a process of their own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from api.app import create_app
from api.backend import Backend
from api.server import server_config
from ingest.jobs import Ingestion

ROOT = Path(__file__).parents[2]


@contextmanager
def in_thread(
    backend: Backend, port: int = 0, ingestion: Ingestion | None = None, *, local: bool = False
) -> Iterator[str]:
    """The URL of a real uvicorn over the backend, as ``serve`` configures it, while the block runs.

    With a queue it takes documents from this machine.
    """
    with server_in_thread(backend, port, ingestion, local=local) as (url, _server):
        yield url


@contextmanager
def server_in_thread(
    backend: Backend, port: int = 0, ingestion: Ingestion | None = None, *, local: bool = False
) -> Iterator[tuple[str, uvicorn.Server]]:
    """As ``in_thread``, with uvicorn's server."""
    listening = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            listening.set()

    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        app = create_app(
            backend,
            ingestion=ingestion,
            local=local or ingestion is not None,
            open_reading=not local and ingestion is None,
        )
        server = Server(server_config(app, backend.settings))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert listening.wait(30)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", server
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


@contextmanager
def in_process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A Python process that serves, and its URL, once it has printed it."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"SAYWHERE_ACCESS_LOG": "false", **os.environ},  # nobody reads what it would fill the pipe with
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            match = re.search(r"http://[^/]+", line)
            if match is None:
                process.kill()
                assert process.stderr is not None
                raise AssertionError(f"it didn't serve: {line}{process.stderr.read()}")
            yield process, match.group()
        finally:
            process.kill()
