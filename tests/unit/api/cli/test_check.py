"""``saywhere check``: how verdicts are printed."""

from __future__ import annotations

from api.cli.commands.check import format_grounding
from rag.grounding.facts import FactKind, Missing
from rag.grounding.service import CheckedSentence, Grounding
from rag.grounding.verdict import Verdict
from rag.types import Span
from tests.fakes.engine import CITATION, QUOTE


def test_each_sentence_follows_its_verdict() -> None:
    """With the numbers of its citations and what is missing; the citations stand below."""
    missing = Missing(kind=FactKind.NUMBER, text="12", start=0, end=2)
    grounding = Grounding(
        sentences=(
            CheckedSentence(
                text=QUOTE, span=Span(0, 28), verdict=Verdict.SUPPORTED, score=0.9, citations=(0,)
            ),
            CheckedSentence(
                text="12\x1b[31m came.",
                span=Span(29, 41),
                verdict=Verdict.NOT_FOUND,
                score=0.1,
                missing=(missing,),
            ),
        ),
        citations=(CITATION,),
    )
    first, second, _, source, *_ = format_grounding(grounding).splitlines()
    assert first == f"supported    {QUOTE} [1]"
    assert second == "not found    12 [31m came. (missing: 12)"
    assert source == "[1] Minutes"
