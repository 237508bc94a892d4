"""ZIP files, and Office files and e-books that are ZIP files, opened within limits."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, UnreadableDocument

_ENCRYPTED = 0x1
_CHUNK = 1 << 20


class Archive:
    """The members of a ZIP file, read from memory: nothing is ever written to a disk.

    Bytes are counted as they are unpacked, whatever sizes the file declares, over all members and the
    archives in them together.

    Raises:
        UnreadableDocument: no ZIP file, damaged or encrypted.
        DocumentTooLarge: more members than the limit.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._unpacked: set[str] = set()
        try:
            self._zip = ZipFile(io.BytesIO(source.data))
            self._infos = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}
        except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise UnreadableDocument(f"{source.name} is damaged: {error}") from None
        if len(self._zip.infolist()) > source.limits.members:
            raise DocumentTooLarge(
                f"{source.name} has {len(self._zip.infolist()):,} entries; the limit is"
                f" {source.limits.members:,}"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files inside, as the archive has them."""
        return tuple(self._infos)

    def __contains__(self, name: str) -> bool:
        return name in self._infos

    def read(self, name: str) -> bytes:
        """A member's bytes.

        Raises:
            UnreadableDocument: there is none of this name, or it is damaged or encrypted.
            DocumentTooLarge: all members read so far are over the limit on unpacked bytes.
        """
        info = self._infos.get(name)
        if info is None:
            raise UnreadableDocument(f"{self._source.name} is damaged: it lacks {name}")
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableDocument(f"{self._source.name} is encrypted: it needs a password")
        return b"".join(self._chunks(info))

    def check_size(self) -> None:
        """Unpacks every member and counts its bytes, for libraries that unpack by themselves.

        Raises:
            UnreadableDocument: a member is damaged or encrypted.
            DocumentTooLarge: they are over the limit on unpacked bytes.
        """
        for info in self._infos.values():
            if info.flag_bits & _ENCRYPTED:
                raise UnreadableDocument(f"{self._source.name} is encrypted: it needs a password")
            for _ in self._chunks(info):
                pass

    def _count(self, info: ZipInfo, size: int) -> None:
        """Takes unpacked bytes off the budget; a member that is read again counts once."""
        if info.filename not in self._unpacked:
            self._source.budget.left -= size

    def _chunks(self, info: ZipInfo) -> Iterator[bytes]:
        try:
            with self._zip.open(info) as member:
                while chunk := member.read(_CHUNK):
                    self._count(info, len(chunk))
                    if self._source.budget.left < 0:
                        raise DocumentTooLarge(
                            f"{self._source.name} unpacks to more than"
                            f" {self._source.limits.unpacked_bytes:,} bytes; that is the limit"
                        )
                    yield chunk
            self._unpacked.add(info.filename)
        except DocumentTooLarge:
            raise
        except Exception as error:  # noqa: BLE001  # zlib.error, BadZipFile, EOFError, NotImplementedError, …
            raise UnreadableDocument(f"{self._source.name} is damaged: {info.filename}: {error}") from None

    def is_link(self, name: str) -> bool:
        """Whether a member is a symbolic link; links are never followed."""
        return stat.S_ISLNK(self._infos[name].external_attr >> 16)


def is_inside(name: str) -> bool:
    """Whether a member's name stays inside the archive: not absolute, no drive, no ``..``."""
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in (path.parts or ("",))[0]
