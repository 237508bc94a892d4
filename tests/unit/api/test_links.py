"""Links of answers that leave the service."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.links import Links, resource_uri
from rag.types import Citation
from rag.wire.convert import citation_out, document_out, outcome_out
from tests.fakes import outcomes
from tests.fakes.engine import CITATION, DOCUMENT


@pytest.mark.parametrize("base_url", ["https://docs.example.com", "https://docs.example.com/"])
def test_a_citation_leads_to_the_page_that_marks_it(base_url: str) -> None:
    """At the address that readers use; so does a document with a span."""
    links, out = Links(base_url), citation_out(CITATION)
    assert links.citation(out) == f"https://docs.example.com{out.url}"
    assert links.document(document_out(DOCUMENT), CITATION.start, CITATION.end) == links.citation(out)


def test_an_absolute_url_is_kept() -> None:
    """A citation may have one of its own."""
    citation = citation_out(replace(CITATION, url="https://elsewhere.example/x"))
    assert Links("https://docs.example.com").citation(citation) == "https://elsewhere.example/x"


@pytest.mark.parametrize(
    ("citation", "url"),
    [
        (CITATION, "saywhere://documents/notes/may%201.txt"),
        (outcomes.cite("Luggage."), "https://ship.example/handbook#:~:text="),
        (replace(CITATION, uri="http://x.example/a#b"), "http://x.example/a#:~:text="),
    ],
)
def test_without_a_page_a_citation_leads_to_its_source(citation: Citation, url: str) -> None:
    """On the web by a text fragment, else as a resource; never to a path, which leads nowhere."""
    assert Links(None).citation(citation_out(citation)).startswith(url)


def test_a_document_without_a_page_is_its_source() -> None:
    """On the web, or a resource."""
    assert Links(None).document(document_out(outcomes.DOCUMENT), 0, 1) == "https://ship.example/handbook"
    assert Links(None).document(document_out(DOCUMENT), 0, 1) == resource_uri(DOCUMENT.id)


@pytest.mark.parametrize("outcome", outcomes.OUTCOMES.values(), ids=lambda outcome: outcome.question)
def test_every_url_of_an_answer_is_absolute(outcome: object) -> None:
    """Those of the nearest places and of listed documents, too; nothing else changes."""
    plain = outcome_out(outcome)  # type: ignore[arg-type]
    answer = Links("https://docs.example.com").answer(plain)
    nearest = answer.abstention.nearest if answer.abstention else []
    listed = answer.reply.documents if answer.reply else []
    places = (*answer.citations, *nearest, *listed)
    assert all(place.url.startswith("https://docs.example.com/documents/") for place in places)
    kept = {"citations": plain.citations, "abstention": plain.abstention, "reply": plain.reply}
    assert answer.model_copy(update=kept) == plain


def test_a_listed_document_without_a_page_is_its_source() -> None:
    """As a document is."""
    reply = Links(None).answer(outcome_out(outcomes.DOCUMENT_LIST)).reply
    assert reply is not None
    assert [one.url for one in reply.documents] == ["https://ship.example/handbook"]
