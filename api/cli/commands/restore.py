"""``saywhere restore``: restores a backup into a data folder without documents."""

from __future__ import annotations

from pathlib import Path

from api.cli.commands.terminal import one_line
from rag.backup.restore import newest_backup, restore
from rag.settings import load


def run(path: Path, *, data: Path | None) -> int:
    """Prints what was restored. Raises StorageError."""
    settings = load(data=data)
    backup = newest_backup(path)
    manifest = restore(settings, backup)
    print(
        f"restored {manifest.documents:,} documents and {manifest.originals:,} files of {manifest.at}"
        f" from {one_line(str(backup))} to {one_line(str(settings.data))}"
    )
    return 0
