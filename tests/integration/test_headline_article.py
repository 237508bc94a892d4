"""The article of ``seeds/``: the pronoun of its headline question is resolved before it is read."""

from __future__ import annotations

from pathlib import Path

from rag.coreference.resolver import PronounResolver
from rag.reading.context import reader_context
from tests.samples import candidate, document, passage

ARTICLE = document((Path(__file__).parents[2] / "seeds" / "000_d787e751175fd3e0.txt").read_text("utf-8"))


def test_the_one_pronoun_stands_for_the_sheriff() -> None:
    """'He called for an apology from ... Kristi Noem' is said of Sheriff Grady Judd."""
    mentions = PronounResolver().resolve(ARTICLE, [passage(ARTICLE)])[0].mentions
    assert [(m.span.slice(ARTICLE.text), m.antecedent.slice(ARTICLE.text)) for m in mentions] == [
        ("He", "Sheriff Grady Judd")
    ]


def test_the_reader_context_says_who_called() -> None:
    """The text that a reader gets has the name where the pronoun was."""
    mentions = PronounResolver().resolve(ARTICLE, [passage(ARTICLE)])[0].mentions
    context = reader_context(candidate(ARTICLE, mentions=mentions))
    assert "Sheriff Grady Judd called for an apology" in context.text
