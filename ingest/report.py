"""What a sync did, as data: the command line and the service show it each in its way."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A file or folder that could not be taken in, and one plain line why.

    ``kept``: an earlier version of it is in the library and still answers.
    """

    uri: str
    reason: str
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a sync is with one path: files read and files written, of ``total`` to write."""

    read: int
    written: int
    total: int
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Uris by what became of them. ``renamed`` pairs are (old uri, new uri).

    ``skipped`` files are in no supported format. ``passages`` counts those written;
    ``read_seconds`` went into reading and splitting, ``write_seconds`` into embedding and storing.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    passages: int = 0
    read_seconds: float = 0.0
    write_seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.failed

    def __add__(self, other: Report) -> Report:
        """The report of two paths, one after the other."""
        return Report(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})
