"""Suggested questions."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.errors import IndexUnavailable
from rag.ports.feedback import Feedback
from rag.settings import Settings, WidgetSettings
from rag.types import Certainty, Citation, Conflict, Document, Outcome, Section, Span, Statement
from tests.fakes.engine import CITATION, DOCUMENT, FakeBackend, abstention, answer
from tests.unit.rag.answering.samples import HEADER, PARAGRAPH, ROW, page


def _suggestions(client: TestClient, collection: str = "default") -> list[str]:
    response = client.get("/v1/suggestions", params={"collection": collection})
    assert response.status_code == 200
    return list(response.json()["suggestions"])


def test_configured_suggestions_are_used_as_they_are() -> None:
    """The engine isn't asked."""
    widget = WidgetSettings(suggestions={"default": ("Who asked?", "When?")})
    backend = FakeBackend(Settings(widget=widget))
    with TestClient(create_app(backend, open_reading=True)) as client:
        assert _suggestions(client) == ["Who asked?", "When?"]
    assert backend.engine.questions == []


TEXT = """Handbook
How are badges replaced?
At the desk.
Days Off
There are thirty.
When does the canteen open?
At noon.
"""
QUESTION, OTHER = "How are badges replaced?", "When does the canteen open?"


def _stored(text: str = TEXT, **more: Any) -> Document:
    """A handbook whose lines that have no full stop are headings."""
    headings = [line for line in text.splitlines() if line and not line.endswith(".")]
    starts = [text.index(line) for line in headings]
    spans = [Span(a, b) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    sections = (Section(span=span, path=(line,)) for span, line in zip(spans, headings, strict=True))
    return replace(DOCUMENT, text=text, sha256="", sections=tuple(sections), **more)


def _cite(document: Document, quote: str) -> Citation:
    start = document.text.index(quote)
    return replace(CITATION, document_id=document.id, start=start, end=start + len(quote), quote=quote)


def _says(document: Document, quote: str, **more: Any) -> Callable[[str], Outcome]:
    """A script that answers every question by one quote."""
    citation = _cite(document, quote)
    more = {"confidence": 0.8, "certainty": Certainty.LIKELY} | more
    return lambda question: replace(
        answer(question), statements=(Statement(text=quote, citations=(0,)),), citations=(citation,), **more
    )


def _only(asked: str, script: Callable[[str], Outcome]) -> Callable[[str], Outcome]:
    return lambda question: script(question) if question == asked else abstention(question)


def test_a_heading_that_is_a_question_is_suggested_where_its_section_answers_it(
    client: TestClient, backend: FakeBackend
) -> None:
    """Asked as it stands; names and parts of sentences make no question."""
    document = _stored()
    backend.catalog.stored = (document,)
    backend.engine.script = _only(QUESTION, _says(document, "At the desk."))
    assert _suggestions(client) == [QUESTION]
    assert [question.text for question in backend.engine.questions] == [QUESTION, OTHER]


@pytest.mark.parametrize(
    "change",
    [
        {"confidence": 0.5},
        {"unanswered": ("how",)},
        {"is_drafted": True},
        {"conflicts": (Conflict(text="Elsewhere", citations=(0,)),)},
    ],
    ids=["unlikely", "in part", "drafted", "disputed"],
)
def test_a_question_that_is_not_answered_well_is_not_suggested(
    client: TestClient, backend: FakeBackend, change: dict[str, Any]
) -> None:
    """None rather than a bad one."""
    document = _stored()
    backend.catalog.stored = (document,)
    backend.engine.script = _only(QUESTION, _says(document, "At the desk.", **change))
    assert _suggestions(client) == []


def test_an_answer_from_elsewhere_makes_no_suggestion(client: TestClient, backend: FakeBackend) -> None:
    """Another section, or a document with the same heading: it isn't the question's own answer."""
    document = _stored()
    backend.catalog.stored = (document,)
    backend.engine.script = _only(QUESTION, _says(document, "There are thirty.", certainty=Certainty.SURE))
    assert _suggestions(client) == []
    backend.catalog.stored, backend.catalog.written = (document, replace(document, id="copy")), 2
    backend.engine.script = _says(document, "At the desk.")
    backend.engine.questions.clear()
    assert _suggestions(client) == []
    assert backend.engine.questions == []


def test_a_faqs_lines_are_suggested_where_the_next_paragraph_answers(
    client: TestClient, backend: FakeBackend
) -> None:
    """Of three or more: one question alone is somebody's, as in minutes."""
    pairs = [
        ("Q1: Where do I park my bike?", "In the yard."),
        ("Who do I call at night?", "The guard."),
        ("May I bring my own lamp?", "Yes, if it is checked."),
    ]
    faq = page(*((PARAGRAPH, text) for pair in pairs for text in pair))
    for count, expected in ((6, ["Where do I park my bike?"]), (4, [])):
        document = replace(faq, blocks=faq.blocks[:count])
        backend.catalog.stored, backend.catalog.written = (document,), count
        backend.engine.script = _only("Where do I park my bike?", _says(document, "In the yard."))
        assert _suggestions(client) == expected


def test_a_tables_key_and_column_make_a_question(client: TestClient, backend: FakeBackend) -> None:
    """Where the column is one that people ask for; the row itself has to answer."""
    table = page(
        (HEADER, "Room | Floor plan | Capacity"), (ROW, "Blue Room | west | 12"), (ROW, "Red Room | east | 8")
    )
    asked = "What is the capacity of Blue Room?"
    backend.catalog.stored = (table,)
    backend.engine.script = _says(table, "Blue Room | west | 12")
    assert _suggestions(client) == [asked]
    backend.catalog.written = 2
    backend.engine.script = _says(table, "Red Room | east | 8")
    assert _suggestions(client) == []


def test_a_question_that_is_like_another_is_not_suggested(client: TestClient, backend: FakeBackend) -> None:
    """Suggestions are few, so each says something new."""
    document = _stored(
        "How do I order the red report?\nBy mail.\nHow do I order the blue report?\nBy phone.\n"
    )
    backend.catalog.stored = (document,)
    quotes = {"How do I order the red report?": "By mail.", "How do I order the blue report?": "By phone."}
    backend.engine.script = lambda question: _says(document, quotes[question])(question)
    assert _suggestions(client) == ["How do I order the red report?"]


def test_what_helped_several_readers_is_suggested_first(client: TestClient, backend: FakeBackend) -> None:
    """Three of them, in this collection, and if it is surely answered now."""
    document = _stored()
    backend.catalog.stored = (document,)
    backend.engine.script = _says(document, "At the desk.", certainty=Certainty.SURE)
    asked = "Who replaces my lost badge?"
    entries = [(text, "default") for text in (asked, asked.upper(), asked, "Who is ill today?")]
    for n, (question, collection) in enumerate([*entries, *[("Who is new in here?", "hr")] * 3]):
        backend.feedback.put(
            Feedback(answer_id=f"a{n}", collection=collection, question=question, answer="x", helpful=True)
        )
    assert _suggestions(client) == [asked, QUESTION]


def test_suggestions_are_cached_until_the_catalog_changes(client: TestClient, backend: FakeBackend) -> None:
    """A second request asks the engine nothing; a commit makes them anew."""
    document = _stored()
    backend.catalog.stored = (document,)
    backend.engine.script = _only(QUESTION, _says(document, "At the desk."))
    first = _suggestions(client)
    questions = len(backend.engine.questions)
    assert _suggestions(client) == first == [QUESTION]
    assert len(backend.engine.questions) == questions
    backend.catalog.written = 2
    backend.engine.script = _only(OTHER, _says(document, "At noon."))
    assert _suggestions(client) == [OTHER]


def test_requests_at_once_share_the_making(client: TestClient, backend: FakeBackend) -> None:
    """Each question is asked once, however many pages open meanwhile."""
    document = _stored()
    backend.catalog.stored = (document,)
    begun = Event()

    def slow(question: str) -> Outcome:
        begun.set()
        time.sleep(0.2)
        return _only(QUESTION, _says(document, "At the desk."))(question)

    backend.engine.script = slow
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(_suggestions, client)
        assert begun.wait(30)
        others = [pool.submit(_suggestions, client) for _ in range(3)]
        assert [made.result() for made in (first, *others)] == [[QUESTION]] * 4
    assert len(backend.engine.questions) == 2


def test_what_failed_is_made_anew(client: TestClient, backend: FakeBackend) -> None:
    """A fault is answered, and not kept."""
    document = _stored()
    backend.catalog.stored = (document,)

    def broken(_question: str) -> Outcome:
        raise IndexUnavailable("down")

    backend.engine.script = broken
    assert client.get("/v1/suggestions").status_code == 503
    backend.engine.script = _only(QUESTION, _says(document, "At the desk."))
    assert _suggestions(client) == [QUESTION]


def test_an_unknown_collection_is_a_404(client: TestClient) -> None:
    """As for a question."""
    assert client.get("/v1/suggestions", params={"collection": "none"}).status_code == 404


@pytest.mark.parametrize("stored", [(), (DOCUMENT,)])
def test_without_questions_there_are_no_suggestions(
    client: TestClient, backend: FakeBackend, stored: tuple[Document, ...]
) -> None:
    """No documents, or documents without questions."""
    backend.catalog.stored = stored
    assert _suggestions(client) == []
