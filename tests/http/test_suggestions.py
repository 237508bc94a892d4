"""Questions to start with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.settings import Settings, WidgetSettings
from rag.types import Document, Outcome, Section, Span
from tests.fakes.engine import CITATION, DOCUMENT, FakeBackend, abstention, answer


def _document(name: str, *headings: str) -> Document:
    sections = tuple(Section(span=Span(0, 1), path=("Handbook", heading)) for heading in headings)
    return replace(DOCUMENT, id=name, sections=sections)


def _suggested(client: TestClient, collection: str = "default") -> list[str]:
    response = client.get("/v1/suggestions", params={"collection": collection})
    assert response.status_code == 200
    return list(response.json()["suggestions"])


def test_configured_ones_are_given_as_they_are() -> None:
    """For their collection; an empty list means none."""
    widget = WidgetSettings(suggestions={"default": ("Who asked?", "When?")})
    backend = FakeBackend(Settings(widget=widget))
    with TestClient(create_app(backend)) as client:
        assert _suggested(client) == ["Who asked?", "When?"]
    assert backend.engine.asked == []


def _about(question: str) -> Outcome:
    """An answer that cites the section its question names; of Closed Doors an abstention."""
    heading = question if question.startswith("Why") else question.removeprefix("What is ").rstrip("?")
    if "Closed" in question:
        return abstention(question)
    place = "Elsewhere" if "Lost" in question else heading
    return replace(answer(question), citations=(replace(CITATION, section=("Handbook", place)),))


def test_headings_become_questions_that_their_sections_answer(
    client: TestClient, backend: FakeBackend
) -> None:
    """Question headings as they are, names asked for; in turn over documents; only what is answered there."""
    backend.catalog.stored = (
        _document("a", "Days Off", "Setting up the printer", "Why the Rush?", "A. B."),
        _document("b", "Sick Leave", "Closed Doors", "Lost Keys"),
    )
    backend.engine.script = _about
    assert _suggested(client) == ["Why the Rush?", "What is Sick Leave?", "What is Days Off?"]


def test_they_are_made_once_for_each_state_of_the_documents(client: TestClient, backend: FakeBackend) -> None:
    """Asked for again, nothing is asked again; after a commit they are made anew."""
    backend.catalog.stored = (_document("a", "Days Off"),)
    backend.engine.script = _about
    first = _suggested(client)
    asked = len(backend.engine.asked)
    assert _suggested(client) == first == ["What is Days Off?"]
    assert len(backend.engine.asked) == asked
    backend.catalog.stored, backend.catalog.written = (_document("a", "Nights Off"),), 2
    assert _suggested(client) == ["What is Nights Off?"]


def test_an_unknown_collection_is_a_404(client: TestClient) -> None:
    """As for a question."""
    assert client.get("/v1/suggestions", params={"collection": "none"}).status_code == 404


@pytest.mark.parametrize("stored", [(), (_document("a"),)])
def test_without_headings_there_are_none(
    client: TestClient, backend: FakeBackend, stored: tuple[Document, ...]
) -> None:
    """No documents, or documents without sections."""
    backend.catalog.stored = stored
    assert _suggested(client) == []
