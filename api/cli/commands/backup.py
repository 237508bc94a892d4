"""``saywhere backup``: makes a backup, and rotates those beside it."""

from __future__ import annotations

from pathlib import Path

from api.cli.commands.terminal import one_line
from rag.backup.make import make_backup
from rag.backup.manifest import read_manifest
from rag.backup.rotation import rotate
from rag.settings import load
from rag.storage.erasures import erasures


def run(path: Path, *, data: Path | None, keep: int | None, indexes: bool) -> int:
    """Prints where the backup is and what was done with the earlier ones."""
    settings = load(data=data)
    made = make_backup(settings, path, indexes=indexes)
    manifest = read_manifest(made)
    counts = f"{manifest.documents:,} documents and {manifest.originals:,} files"
    print(f"backed up {counts} to {one_line(str(made))}")
    rotation = rotate(path, keep, erasures(settings.data))
    if rotation.removed:
        print(f"earlier backups removed: {rotation.removed}")
    if rotation.erased:
        print(f"forgotten documents erased from earlier backups: {rotation.erased}")
    return 0
