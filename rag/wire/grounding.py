"""Wire models of a text that is checked against what it should rest on."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from rag.grounding.facts import FactKind
from rag.grounding.service import CheckedSentence, GivenQuote, Grounding, GroundingRequest
from rag.grounding.verdict import Verdict
from rag.types import DEFAULT_COLLECTION
from rag.wire.asking import CitationOut
from rag.wire.base import In, Offset, Out, Probability
from rag.wire.convert import citation_out


class CheckGroundingIn(In):
    """A text, and what it should rest on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "Sheriff Grady Judd called for an apology from Kristi Noem."}]
        }
    )

    text: str = Field(
        description="checked sentence by sentence; citation marks such as [2] count for nothing"
    )
    collection: str = Field(DEFAULT_COLLECTION, description="which collection of documents it may rest on")
    document_ids: list[Annotated[str, Field(min_length=1)]] = Field(
        default=[], max_length=50, description="documents of the collection that it should rest on"
    )
    texts: list[str] = Field(
        default=[],
        max_length=50,
        description="texts that it should rest on; without documents and texts, passages are retrieved for "
        "each sentence",
    )
    filters: dict[str, str] = Field(
        default={},
        max_length=20,
        description="metadata that a retrieved passage's document must have, exactly",
    )


class MissingOut(Out):
    """A fact that the sources don't hold, and where it stands in the sentence."""

    kind: FactKind
    text: str = Field(description="in the sentence's words; of a negation its word, in the sentence or not")
    start: Offset
    end: Offset


class GivenQuoteOut(Out):
    """An exact place in a text of the request: `texts[text][start:end]` equals `quote`."""

    text: int = Field(ge=0, description="index of the text in `texts`")
    start: Offset
    end: Offset
    quote: str


class CheckedSentenceOut(Out):
    """One sentence of the text: `text[start:end]` of the request."""

    text: str
    start: Offset
    end: Offset
    verdict: Verdict = Field(
        description="`supported`; `partly`: a clause is, or all but some facts; `contradicted`: the sources "
        "say something else of the same; `not_found`"
    )
    score: Probability = Field(description="calibrated probability that the sources support all of it")
    missing: list[MissingOut] = Field(
        description="numbers, units, dates, names and negations without support"
    )
    citations: list[int] = Field(
        description="indices of the citations that it rests on, or that contradict it; empty where not found"
    )
    quotes: list[GivenQuoteOut] = Field(description="the same in the texts of the request")


class GroundingOut(Out):
    """The sentences in order, and the citations that they number."""

    sentences: list[CheckedSentenceOut]
    citations: list[CitationOut]


def grounding_in(body: CheckGroundingIn) -> GroundingRequest:
    """The core's request."""
    return GroundingRequest(
        text=body.text,
        collection=body.collection,
        document_ids=tuple(body.document_ids),
        texts=tuple(body.texts),
        filters=body.filters,
    )


def grounding_out(grounding: Grounding) -> GroundingOut:
    """The verdicts with their citations; scores are rounded to four decimals."""
    return GroundingOut(
        sentences=[_sentence_out(sentence) for sentence in grounding.sentences],
        citations=[citation_out(citation) for citation in grounding.citations],
    )


def _sentence_out(sentence: CheckedSentence) -> CheckedSentenceOut:
    return CheckedSentenceOut(
        text=sentence.text,
        start=sentence.span.start,
        end=sentence.span.end,
        verdict=sentence.verdict,
        score=round(sentence.score, 4),
        missing=[MissingOut(kind=m.kind, text=m.text, start=m.start, end=m.end) for m in sentence.missing],
        citations=list(sentence.citations),
        quotes=[_quote_out(quote) for quote in sentence.quotes],
    )


def _quote_out(quote: GivenQuote) -> GivenQuoteOut:
    return GivenQuoteOut(text=quote.text, start=quote.span.start, end=quote.span.end, quote=quote.quote)
