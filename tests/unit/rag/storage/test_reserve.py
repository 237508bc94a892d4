"""Reserved disk space, on a real file system that is full."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.storage.reserve import SpaceReserve
from tests.disks import Disk, mounted


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path / "disk", megabytes=10) as disk:
        yield disk


def fill(disk: Disk) -> None:
    """Leaves no free block."""
    with (disk.path / "filler").open("ab", buffering=0) as file:
        while disk.free_bytes:
            file.write(bytes(disk.free_bytes))


def test_reserved_space_is_there_when_the_disk_is_full(disk: Disk) -> None:
    """For the block alone; afterwards it is reserved again."""
    reserve = SpaceReserve(disk.path / "reserve")
    assert reserve.hold()
    fill(disk)
    assert reserve.hold()
    with reserve.released():
        (disk.path / "file").write_bytes(b"x" * 500_000)
        (disk.path / "file").unlink()
    assert disk.free_bytes == 0
    assert reserve.hold()


def test_without_space_nothing_is_reserved(disk: Disk) -> None:
    """Nor is a part of it taken; with space again it is."""
    fill(disk)
    reserve = SpaceReserve(disk.path / "reserve")
    assert not reserve.hold()
    assert not reserve.has_room(0)
    assert not (disk.path / "reserve").exists()
    (disk.path / "filler").unlink()
    assert reserve.hold()


def test_room_is_what_is_left_beside_it(disk: Disk) -> None:
    """A tenth of a small disk is reserved."""
    reserve = SpaceReserve(disk.path / "reserve")
    assert reserve.has_room(8_000_000)
    assert not reserve.has_room(10_000_000)
    assert (disk.path / "reserve").stat().st_size == 1_048_576


def test_it_is_freed_for_a_block_where_space_is_short(disk: Disk) -> None:
    """And only then."""
    reserve = SpaceReserve(disk.path / "reserve")
    with reserve.released_if_short():
        assert not (disk.path / "reserve").exists()
    assert (disk.path / "reserve").exists()
    with reserve.released_if_short():
        assert (disk.path / "reserve").exists()
    fill(disk)
    with reserve.released_if_short():
        assert disk.free_bytes > 1_000_000
    assert disk.free_bytes == 0
