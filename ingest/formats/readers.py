"""Readers of a document: the groups that may see it, as its own metadata or those sent with it name them."""

from __future__ import annotations

from collections.abc import Mapping

READERS = "readers"
Readers = tuple[str, ...] | None
"""Names of groups, in order; None: nothing is said, so that everybody of the collection may read."""


def readers_in(metadata: Mapping[str, str]) -> Readers:
    """The groups that metadata name as ``readers``, divided by commas; an empty value names none.

    >>> readers_in({"Readers": "hr, board"}), readers_in({"readers": ""}), readers_in({"team": "hr"})
    (('board', 'hr'), (), None)
    """
    values = [value for name, value in metadata.items() if name.casefold() == READERS]
    return narrowed(*(_names(value) for value in values))


def without_readers(metadata: Mapping[str, str]) -> dict[str, str]:
    """The metadata without those that name readers."""
    return {name: value for name, value in metadata.items() if name.casefold() != READERS}


def narrowed(*readers: Readers) -> Readers:
    """The groups that everything that names readers names: one place can take readers away, and add none.

    >>> narrowed(("board", "hr"), None, ("hr",)), narrowed(("hr",), ("board",)), narrowed(None, None)
    (('hr',), (), None)
    """
    named = [frozenset(names) for names in readers if names is not None]
    return tuple(sorted(frozenset.intersection(*named))) if named else None


def _names(value: str) -> tuple[str, ...]:
    text = value.encode("utf-8", "replace").decode()  # what is no Unicode is no group's name
    return tuple(name for part in text.split(",") if (name := part.strip()))
