"""Opens and closes Chroma's clients, so that no sockets or half-started systems remain."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 60.0  # of one request to a server; Chroma's own client waits for ever


def embedded_client(path: Path) -> Any:
    """A client of the Chroma in this process.

    Raises:
        ChromaError, ValueError: the folder can't be used. A later call tries again.
    """
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient

    path.mkdir(parents=True, exist_ok=True)
    try:
        return chromadb.PersistentClient(path=str(path), settings=_settings())
    except Exception:
        # Chroma caches the system that failed to start, and would return it to the next call.
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
    # Before Chroma's client is made, which leaves a socket open if no server answers.
    httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=_TIMEOUT_SECONDS).raise_for_status()
    client = chromadb.HttpClient(
        host=parts.hostname or "localhost",
        port=parts.port or (443 if secure else 80),
        ssl=secure,
        settings=_settings(),
    )
    client._server._session.timeout = httpx.Timeout(_TIMEOUT_SECONDS)
    return client


def close_client(client: Any) -> None:
    """Releases the folder, and closes the HTTP connections that Chroma's own ``close`` leaves open."""
    servers = [client._server, client._admin_client._server]
    client.close()
    for server in servers:
        if (session := getattr(server, "_session", None)) is not None:
            session.close()


def _settings() -> Any:
    import chromadb

    return chromadb.Settings(anonymized_telemetry=False)
