"""``saywhere mcp``: the Model Context Protocol over standard input and output."""

from __future__ import annotations

import asyncio
import logging
import sys
from importlib.util import find_spec
from pathlib import Path

from api.cli.options import service_token
from api.links import Links
from rag.settings import load


def run(*, data: Path | None, url: str | None) -> int:
    """Serves one client until it closes standard input; the exit status.

    Args:
        url: a running service to ask; None: the data folder is opened in this process.
    """
    if find_spec("mcp") is None:
        print("saywhere: MCP needs its SDK: pip install 'saywhere[mcp]'", file=sys.stderr)
        return 1
    # Standard output belongs to the protocol.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    if url is not None:
        asyncio.run(_serve_url(url))
    else:
        _serve_folder(data)
    return 0


async def _serve_url(url: str) -> None:
    from api.mcp.server import build_server
    from rag.client import AsyncSaywhere

    async with AsyncSaywhere(url, key=service_token()) as client:
        links = Links(load().public_url or url)
        await build_server(client, lambda _: links).run_stdio_async()


def _serve_folder(data: Path | None) -> None:
    from api.mcp.server import build_server
    from api.mcp.service import LocalService
    from api.security.request_limits import ConcurrencyLimiter
    from rag.wiring import open_service

    settings = load(data=data)
    with open_service(settings) as service:
        limiter = ConcurrencyLimiter(settings.limits)
        links = Links(settings.public_url)
        try:
            build_server(LocalService(lambda *_: service, limiter), lambda _: links).run()
        finally:
            limiter.close()
