"""Chroma's clients, opened and closed without what Chroma leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 60.0  # that a server may take to answer; Chroma itself would wait for ever


def embedded_client(path: Path) -> Any:
    """A client of the Chroma in this process.

    Raises:
        ChromaError, ValueError: the folder can't be used; it may be tried again once it can.
    """
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient

    path.mkdir(parents=True, exist_ok=True)
    try:
        return chromadb.PersistentClient(path=str(path), settings=_quiet())
    except Exception:
        # Chroma keeps what it failed to start, and would hand it out at the next attempt.
        SharedSystemClient._identifier_to_system.pop(str(path), None)
        raise


def server_client(url: str) -> Any:
    """A client of a Chroma server at ``http://host:port``.

    Raises:
        HTTPError, ChromaError, ValueError: the server doesn't answer, or is no Chroma.
    """
    import chromadb
    import httpx

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    # Asked first, as Chroma's client leaves a socket open where nobody answers.
    httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=_SECONDS).raise_for_status()
    client = chromadb.HttpClient(
        host=parts.hostname or "localhost",
        port=parts.port or (443 if secure else 80),
        ssl=secure,
        settings=_quiet(),
    )
    client._server._session.timeout = httpx.Timeout(_SECONDS)
    return client


def close_client(client: Any) -> None:
    """Releases the folder, or closes the connections that Chroma's own ``close`` forgets."""
    servers = [client._server, client._admin_client._server]
    client.close()
    for server in servers:
        if (session := getattr(server, "_session", None)) is not None:
            session.close()


def _quiet() -> Any:
    import chromadb

    return chromadb.Settings(anonymized_telemetry=False)
