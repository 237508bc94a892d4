"""``saywhere serve``: answers over HTTP."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from api.server import AddressTaken, serve
from ingest.wiring import open_ingestion
from rag.settings import Settings, load
from rag.wiring import Service, open_service


def run(*, data: Path | None, host: str, port: int, allow_hosts: Sequence[str]) -> int:
    """Serves until stopped; the status to exit with where that never began."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        serve(
            load(data=data),
            _open,
            open_ingestion=open_ingestion,
            host=host,
            port=port,
            allow_hosts=allow_hosts,
            say=_say,
        )
    except AddressTaken as error:
        print(f"saywhere: {error}", file=sys.stderr)
        return 1
    return 0


def _open(settings: Settings, url: str) -> Service:
    return open_service(settings, url=url)


def _say(line: str) -> None:
    print(f"{line} (Ctrl+C stops it)", flush=True)
