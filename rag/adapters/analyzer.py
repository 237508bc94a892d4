"""The terms of a text: words in lower case, stemmed (Snowball English), as Tantivy's "en_stem" gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tantivy

_MAX_WORD_LENGTH = 40  # that of Tantivy's "en_stem", which its fields are indexed with


class EnglishAnalyzer:
    """Splits a text, or a question, into its terms.

    >>> EnglishAnalyzer().terms("They DEMANDED apologies.")
    ['they', 'demand', 'apolog']
    """

    def __init__(self) -> None:
        self._analyzer = _build()

    def terms(self, text: str) -> list[str]:
        """The terms in the order of the text; a lone surrogate is a question mark."""
        return list(self._analyzer.analyze(text.encode("utf-8", "replace").decode()))


def _build() -> tantivy.TextAnalyzer:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_MAX_WORD_LENGTH))
    return builder.filter(Filter.lowercase()).filter(Filter.stemmer("english")).build()
