"""Documents in a database are backed up with its own tools."""

from __future__ import annotations

from rag.errors import InvalidSettings
from rag.settings import Settings
from rag.wiring import place_of


def refuse_database(settings: Settings) -> None:
    """Raises InvalidSettings if the settings name a database."""
    if settings.database_url is not None:
        raise InvalidSettings(
            f"the documents are in {place_of(settings)}: pg_dump and pg_restore back it up and restore it"
        )
