"""Suggested questions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.settings import Settings, WidgetSettings
from rag.types import Certainty, Document, Outcome, Section, Span
from tests.fakes.engine import CITATION, DOCUMENT, FakeBackend, abstention, answer


def _document(name: str, *headings: str) -> Document:
    sections = tuple(Section(span=Span(0, 1), path=("Handbook", heading)) for heading in headings)
    return replace(DOCUMENT, id=name, sections=sections)


def _suggestions(client: TestClient, collection: str = "default") -> list[str]:
    response = client.get("/v1/suggestions", params={"collection": collection})
    assert response.status_code == 200
    return list(response.json()["suggestions"])


def test_configured_suggestions_are_used_as_they_are() -> None:
    """The engine isn't asked."""
    widget = WidgetSettings(suggestions={"default": ("Who asked?", "When?")})
    backend = FakeBackend(Settings(widget=widget))
    with TestClient(create_app(backend)) as client:
        assert _suggestions(client) == ["Who asked?", "When?"]
    assert backend.engine.questions == []


def _about(question: str) -> Outcome:
    """An answer that cites the section that the question names; abstained from for Closed Doors, likely for
    Old Boats, elsewhere for Lost Keys.
    """
    heading = question if question.startswith("Why") else question.removeprefix("What is ").rstrip("?")
    if "Closed" in question:
        return abstention(question)
    section = "Elsewhere" if "Lost" in question else heading
    return replace(
        answer(question),
        certainty=Certainty.LIKELY if "Old" in question else Certainty.SURE,
        citations=(replace(CITATION, section=("Handbook", section)),),
    )


def test_headings_become_questions_that_their_sections_surely_answer(
    client: TestClient, backend: FakeBackend
) -> None:
    """Questions as they are, names as `What is …?`; interleaved over the documents."""
    backend.catalog.stored = (
        _document("a", "Days Off", "Setting up the printer", "Why the Rush?", "A. B."),
        _document("b", "Sick Leave", "Closed Doors", "Lost Keys", "Old Boats"),
    )
    backend.engine.script = _about
    assert _suggestions(client) == ["Why the Rush?", "What is Sick Leave?", "What is Days Off?"]


def test_suggestions_are_cached_until_the_catalog_changes(client: TestClient, backend: FakeBackend) -> None:
    """A second request asks the engine nothing; a commit makes them anew."""
    backend.catalog.stored = (_document("a", "Days Off"),)
    backend.engine.script = _about
    first = _suggestions(client)
    questions = len(backend.engine.questions)
    assert _suggestions(client) == first == ["What is Days Off?"]
    assert len(backend.engine.questions) == questions
    backend.catalog.stored, backend.catalog.written = (_document("a", "Nights Off"),), 2
    assert _suggestions(client) == ["What is Nights Off?"]


def test_an_unknown_collection_is_a_404(client: TestClient) -> None:
    """As for a question."""
    assert client.get("/v1/suggestions", params={"collection": "none"}).status_code == 404


@pytest.mark.parametrize("stored", [(), (_document("a"),)])
def test_without_headings_there_are_no_suggestions(
    client: TestClient, backend: FakeBackend, stored: tuple[Document, ...]
) -> None:
    """No documents, or documents without sections."""
    backend.catalog.stored = stored
    assert _suggestions(client) == []
