"""Rules that say by a document's uri which groups may read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.formats.readers import Readers
from rag.errors import InvalidSettings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class ReaderRules:
    """Groups by patterns of uris, in the syntax of ``.gitignore``; the last pattern that matches counts.

    >>> rules = ReaderRules({"hr/": ("hr",), "hr/handbook.md": ("staff", "hr")})
    >>> rules.readers("hr/pay.md"), rules.readers("hr/handbook.md"), rules.readers("notes.md")
    (('hr',), ('hr', 'staff'), None)

    Raises:
        InvalidSettings: a pattern can't be used; or it is a negative one: what is left out of a rule has to
            be said by a rule.
    """

    def __init__(self, rules: Mapping[str, Sequence[str]] | None = None) -> None:
        self._rules = {pattern: tuple(sorted(set(names))) for pattern, names in (rules or {}).items()}
        for pattern in self._rules:
            if not pattern.strip() or pattern.startswith(("!", "#")):
                raise InvalidSettings(f"SAYWHERE_READERS: {pattern!r} is no pattern of documents")
        try:
            _ = self._specs
        except ValueError as error:
            raise InvalidSettings(f"SAYWHERE_READERS: a pattern can't be used: {error}") from None

    def readers(self, uri: str) -> Readers:
        """The groups that may read the document at a uri; None where no rule says so."""
        found: Readers = None
        for spec, names in self._specs:
            if spec.match_file(uri):
                found = names
        return found

    @cached_property
    def _specs(self) -> list[tuple[GitIgnoreSpec, tuple[str, ...]]]:
        if not self._rules:
            return []
        from pathspec import GitIgnoreSpec

        return [(GitIgnoreSpec.from_lines([pattern]), names) for pattern, names in self._rules.items()]
