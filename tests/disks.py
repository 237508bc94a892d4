"""Real file systems of a chosen size, for tests of full disks."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.require import require


class Disk:
    """A mounted tmpfs.

    >>> with mounted(tmp_path / "disk", megabytes=9) as disk:  # doctest: +SKIP
    ...     disk.resize(megabytes=60)
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def free_bytes(self) -> int:
        return shutil.disk_usage(self.path).free

    def resize(self, *, megabytes: int) -> None:
        _mount("-o", f"remount,size={megabytes}m", str(self.path))

    def make_read_only(self) -> None:
        _mount("-o", "remount,ro", str(self.path))


@contextmanager
def mounted(path: Path, *, megabytes: int) -> Iterator[Disk]:
    """A new file system at ``path`` while the block runs; the test needs the right to mount one."""
    path.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path))
    except (OSError, subprocess.CalledProcessError):
        require(False, "this user may not mount a tmpfs (run the test as root)")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True, capture_output=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
