"""``saywhere rebuild``: makes the indexes anew from the catalog."""

from __future__ import annotations

from pathlib import Path

from rag.errors import NoDataFolder
from rag.settings import load
from rag.wiring import has_catalog, open_service, place_of


def run(*, data: Path | None) -> int:
    """Prints how many documents the indexes have.

    Raises:
        NoDataFolder: nothing has been ingested there.
    """
    settings = load(data=data)
    if not has_catalog(settings):
        raise NoDataFolder(f"no documents have been ingested into {place_of(settings)}")
    with open_service(settings, rebuild=True) as service:
        print(f"indexes made anew of {service.catalog.count():,} documents")
    return 0
