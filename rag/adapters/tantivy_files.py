"""Checks the files of a Tantivy index by the checksums that Tantivy writes and doesn't compare itself.

Each file of a segment ends with a footer: JSON with the CRC-32 of what is before it, the JSON's length, and a
magic number (both four bytes, little endian).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from zlib import crc32

_MAGIC = 1337
_TRAILER = struct.Struct("<II")
_SUFFIXES = ("fast", "fieldnorm", "idx", "pos", "store", "term")  # that every segment has
_CHUNK_BYTES = 1 << 22


def check_files(folder: Path) -> None:
    """Reads every file of the committed segments; a gigabyte takes about a second.

    Raises:
        ValueError: a file is missing or isn't what was written; the message names it.
        OSError: a file can't be read.
    """
    meta = folder / "meta.json"
    if not meta.exists():
        return  # nothing is committed yet
    try:
        segments = [str(segment["segment_id"]).replace("-", "") for segment in _segments(meta)]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{meta} is damaged: {error}") from error
    for segment in segments:
        for suffix in _SUFFIXES:
            _check_file(folder / f"{segment}.{suffix}")
        for deletes in folder.glob(f"{segment}.*.del"):
            _check_file(deletes)


def _segments(meta: Path) -> Iterator[dict[str, object]]:
    yield from json.loads(meta.read_bytes())["segments"]


def _check_file(path: Path) -> None:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        if len(content) < _TRAILER.size:
            raise ValueError(f"{path} is damaged: it ends early")
        length, magic = _TRAILER.unpack(content[-_TRAILER.size :])
        body_end = len(content) - _TRAILER.size - length
        if magic != _MAGIC or body_end < 0:
            raise ValueError(f"{path} is damaged: it has no footer")
        try:
            expected = json.loads(content[body_end : -_TRAILER.size])["crc"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is damaged: its footer can't be read") from error
        checksum = 0
        for start in range(0, body_end, _CHUNK_BYTES):
            checksum = crc32(content[start : min(start + _CHUNK_BYTES, body_end)], checksum)
    if checksum != expected:
        raise ValueError(f"{path} is damaged: its checksum is another")
