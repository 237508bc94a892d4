"""Checking a text over documents, given texts and retrieved passages."""

from __future__ import annotations

import time

import pytest

from rag.errors import DeadlineExceeded, InvalidText, UnknownDocument
from rag.grounding.service import CheckedSentence, Grounding, GroundingChecker, GroundingRequest
from rag.grounding.sources import MAX_CHARACTERS, pieces
from rag.grounding.verdict import Verdict
from rag.ports.catalog import Change
from rag.text import sentences
from rag.types import Candidate, Document, Mention, Passage, Question, Scores, Section, Span
from tests.fakes.storage import MemoryCatalog

TEXT = (
    "Pump\n\nSister Ada Moss keeps it. She lends it for 10 hours on one battery.\n\n"
    "The spare pump is locked away at night."
)
SECTION = Section(span=Span(0, len(TEXT)), path=("Infusion",))
DOCUMENT = Document(id="pump", uri="file:///pump.txt", title="Pumps", text=TEXT, sections=(SECTION,))
SECRET = Document(id="secret", uri="file:///s.txt", title="S", text="Ada earns 90 euros.", collection="hr")


def passage(document: Document) -> Passage:
    """All of a document, its pronouns resolved where it is the pump's."""
    text = document.text
    mentions = ()
    if document is DOCUMENT:
        name, she = text.index("Ada Moss"), text.index("She")
        mentions = (Mention(span=Span(she, she + 3), antecedent=Span(name, name + 8)),)
    return Passage(
        document_id=document.id,
        version=document.sha256,
        span=Span(0, len(text)),
        sentences=sentences(text),
        mentions=mentions,
        collection=document.collection,
    )


class Search:
    """Fulfils ``PassageSearch`` with one passage; remembers the questions."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def search(self, question: Question, k: int = 10) -> list[Candidate]:
        self.questions.append(question)
        return [Candidate(passage=passage(DOCUMENT), document=DOCUMENT, scores=Scores(fused=1.0))][:k]


@pytest.fixture
def search() -> Search:
    return Search()


@pytest.fixture
def checker(search: Search) -> GroundingChecker:
    catalog = MemoryCatalog()
    changes = [Change(document=d, passages=(passage(d),)) for d in (DOCUMENT, SECRET)]
    catalog.record_intents(changes, [])
    catalog.commit(changes, [])
    return GroundingChecker(search, catalog, characters=1_000)


def only(grounding: Grounding) -> CheckedSentence:
    [sentence] = grounding.sentences
    return sentence


def test_each_sentence_has_its_place_and_verdict(checker: GroundingChecker) -> None:
    """Offsets slice the text."""
    text = "Ada Moss lends the pump for ten hours [1]. It flies to Oslo."
    found = checker.check(GroundingRequest(text=text, document_ids=("pump",))).sentences
    assert [s.span.slice(text) for s in found] == [s.text for s in found]
    assert [s.verdict for s in found] == [Verdict.SUPPORTED, Verdict.NOT_FOUND]


def test_citations_are_exact_and_name_the_antecedent(checker: GroundingChecker) -> None:
    """The sentence with the pronoun, and the one that says who is meant."""
    request = GroundingRequest(text="Ada Moss lends it for ten hours.", document_ids=("pump",))
    grounding = checker.check(request)
    quotes = {grounding.citations[i].quote for i in only(grounding).citations}
    assert quotes >= {"She lends it for 10 hours on one battery.", "Sister Ada Moss keeps it."}
    assert all(TEXT[c.start : c.end] == c.quote for c in grounding.citations)


def test_a_contradiction_cites_what_contradicts(checker: GroundingChecker) -> None:
    """With the fact that the source has otherwise."""
    request = GroundingRequest(text="Ada Moss lends it for 12 hours on one battery.", document_ids=("pump",))
    grounding = checker.check(request)
    sentence = only(grounding)
    assert sentence.verdict is Verdict.CONTRADICTED
    assert [fact.text for fact in sentence.missing] == ["12"]
    assert grounding.citations[sentence.citations[0]].quote.startswith("She lends it for 10 hours")


def test_what_is_not_found_has_no_citation(checker: GroundingChecker) -> None:
    """Neither a place nor a high score."""
    grounding = checker.check(GroundingRequest(text="Ferries cross the sound.", document_ids=("pump",)))
    assert (only(grounding).citations, grounding.citations) == ((), ())
    assert only(grounding).score < 0.5


def test_given_texts_are_quoted_exactly(checker: GroundingChecker) -> None:
    """By the index of the text and offsets into it."""
    texts = ("Nothing here.", "Labels are\nprinted at night. The van leaves at six.")
    grounding = checker.check(GroundingRequest(text="At night labels are printed.", texts=texts))
    [quote] = only(grounding).quotes
    assert (quote.text, quote.quote) == (1, "Labels are\nprinted at night.")
    assert quote.span.slice(texts[1]) == quote.quote
    assert grounding.citations == ()


def test_without_sources_passages_are_retrieved_for_each_sentence(
    checker: GroundingChecker, search: Search
) -> None:
    """In the collection and with the filters of the request, marks left out."""
    request = GroundingRequest(
        text="The spare pump is locked away at night [2]. So it is.", collection="ward", filters={"team": "a"}
    )
    found = checker.check(request).sentences
    assert found[0].verdict is Verdict.SUPPORTED
    [question] = search.questions  # none for a sentence without content words
    assert (question.collection, question.filters) == ("ward", {"team": "a"})
    assert "[2]" not in question.text


def test_a_document_of_another_collection_is_unknown(checker: GroundingChecker) -> None:
    """Who may ask one collection can't read another by a document's id."""
    with pytest.raises(UnknownDocument):
        checker.check(GroundingRequest(text="Ada earns 90 euros.", document_ids=("secret",)))
    request = GroundingRequest(text="Ada earns 90 euros.", document_ids=("secret",), collection="hr")
    assert only(checker.check(request)).verdict is Verdict.SUPPORTED


def test_an_unknown_document_is_an_error(checker: GroundingChecker) -> None:
    """Also beside a known one."""
    with pytest.raises(UnknownDocument):
        checker.check(GroundingRequest(text="Ada.", document_ids=("pump", "none")))


@pytest.mark.parametrize("text", ["", " ?! ", "[1] [2]", "x" * 1_001])
def test_a_text_without_words_or_too_long_is_refused(checker: GroundingChecker, text: str) -> None:
    """Before anything is retrieved."""
    with pytest.raises(InvalidText):
        checker.check(GroundingRequest(text=text))


def test_the_deadline_ends_the_check(checker: GroundingChecker) -> None:
    """Between two sentences, or documents."""
    for request in (GroundingRequest(text="Ada."), GroundingRequest(text="Ada.", document_ids=("pump",))):
        with pytest.raises(DeadlineExceeded):
            checker.check(request, deadline=time.monotonic() - 1)


def test_a_long_sentence_is_checked_in_pieces() -> None:
    """Cut between words; together they are the whole."""
    text = "word " * 500 + "x" * 2_500
    spans = [*pieces(text, Span(0, len(text)))]
    assert max(map(len, spans)) <= MAX_CHARACTERS
    assert "".join(text.split()) == "".join("".join(span.slice(text).split()) for span in spans)


def test_hostile_text_is_checked_in_time(search: Search, checker: GroundingChecker) -> None:
    """Many clauses, negations, numbers and long words take seconds, not minutes."""
    hostile = [
        "not a; " * 2_000,
        "1 and " * 3_000,
        "a" * 19_000,
        "A.B" * 5_000,
        "[1" * 8_000,
        "may 1, " * 2_500,
    ]
    roomy = GroundingChecker(search, MemoryCatalog())
    for text in hostile:
        started = time.process_time()
        roomy.check(GroundingRequest(text=f"Ada {text}", texts=(text, f"Ada {text}")))
        assert time.process_time() - started < 10


def test_sources_are_bounded(checker: GroundingChecker) -> None:
    """All documents and texts together."""
    for sources in ({"document_ids": ("pump",), "texts": ("x" * 2_000_000,)}, {"texts": ("x" * 2_000_001,)}):
        with pytest.raises(InvalidText, match="2,000,000"):
            checker.check(GroundingRequest(text="Ada.", **sources))  # type: ignore[arg-type]
