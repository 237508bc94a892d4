"""The splitter: a document to passages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from rag.types import Document, Passage


class Splitter(Protocol):
    """Document to passages, in the order of the text; pure."""

    @property
    def fingerprint(self) -> str:
        """Names the rules, so that a change of them is noticed."""
        ...

    def split(self, document: Document) -> Iterator[Passage]: ...
