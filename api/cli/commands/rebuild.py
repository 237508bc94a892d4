"""``saywhere rebuild``: makes the indexes anew from the catalog."""

from __future__ import annotations

from pathlib import Path

from rag.errors import NoDataFolder
from rag.settings import load
from rag.wiring import CATALOG, open_service


def run(*, data: Path | None) -> int:
    """Prints how many documents the indexes have.

    Raises:
        NoDataFolder: nothing has been ingested there.
    """
    settings = load(data=data)
    if not (settings.data / CATALOG).is_file():
        raise NoDataFolder(f"no documents have been ingested into {settings.data}")
    with open_service(settings, rebuild=True) as service:
        print(f"indexes made anew of {service.catalog.count():,} documents")
    return 0
