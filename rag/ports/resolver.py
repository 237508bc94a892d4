"""The resolver: pronouns of passages to their antecedents (coreference)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.types import Document, Passage


class Resolver(Protocol):
    """Resolves pronouns to names: fills ``Passage.mentions``.

    Laws: passages come back in the order given, with only ``mentions`` changed; each mention lies inside
    its passage, each antecedent in the same document, before its mention; pure.
    """

    @property
    def fingerprint(self) -> str:
        """Names the rules, so that a change of them is noticed."""
        ...

    def resolve(self, document: Document, passages: Sequence[Passage]) -> list[Passage]: ...
