"""What a language's list of small talk consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import TalkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkLanguage:
    """The small talk of one language.

    Attributes:
        tag: as in BCP 47, for example "en".
        lines: for each kind, regular expressions of whole clauses, folded, without punctuation at the ends.
        openers: expressions that may stand before a line: "so", "please".
        texts: the reply to each kind, and ``no_documents`` where the documents are asked for and there are
            none.
    """

    tag: str
    lines: Mapping[TalkKind, tuple[str, ...]]
    openers: str
    texts: Mapping[str, str]


NO_DOCUMENTS = "no_documents"
