"""The page of a document as it is served, over the seeds and a hostile one, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.browser import looks
from tests.browser.serving import seeds_beside

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEADLINE = "who demanded an apology?"
OUT_OF_SCOPE = "What is the boiling point of mercury?"
HARBOUR = "Who is the harbour master of Quillport?"
BEFORE = "\n\n".join(
    f"🙂 Pier {n} 𝒾s for boats of class {n} when the bell 🔔 has rung twice." for n in range(60)
)
HOSTILE = f"""<img src=x onerror="alert(1)"> Harbour 🚢 rules

{BEFORE}

The harbour master of Quillport is Wilhelmina Astor 👩‍✈️ <script>alert(2)</script>.

<a href="javascript:alert(3)">open</a> [open](javascript:alert(4)) </div><style>*{{display:none}}</style>

{"unbroken" * 60}
"""
SCHEMES = [{"color_scheme": "light"}, {"color_scheme": "dark"}]
PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The seeds and the hostile document, ingested and served by the command line."""
    with seeds_beside(HOSTILE, tmp_path_factory) as address:
        yield address


def _citations(url: str, question: str) -> list[dict[str, Any]]:
    """What an answer cites, or an abstention shows as nearest."""
    body = httpx.post(f"{url}/v1/ask", json={"question": question}, timeout=60).json()
    found: list[dict[str, Any]] = body["citations"] or body["abstention"]["nearest"]
    return found


def _marked(page: Page) -> str:
    """The marked text, once there is one and it lies within the window, below the bar."""
    mark = page.locator("mark")
    mark.wait_for()
    box, bar = mark.bounding_box(), page.locator(".bar").bounding_box()
    viewport = page.viewport_size
    assert box is not None
    assert bar is not None
    assert viewport is not None
    assert bar["y"] + bar["height"] <= box["y"]
    assert box["y"] + box["height"] <= viewport["height"]
    return mark.text_content() or ""


@pytest.mark.parametrize("question", [HEADLINE, OUT_OF_SCOPE])
def test_each_citation_leads_to_its_quote(page: Page, url: str, question: str) -> None:
    """Of an answer and of an abstention: the mark is the quote, and what is before it is text[:start]."""
    citations = _citations(url, question)
    assert citations
    for citation in citations:
        text = httpx.get(f"{url}/v1/documents/{citation['document_id']}").json()["text"]
        page.goto(url + citation["url"])
        assert _marked(page) == citation["quote"]
        before = page.evaluate(looks.BEFORE_MARK)
        assert before == text[: citation["start"]]
        assert page.locator("#text").text_content() == text


@pytest.mark.parametrize("page", [{}, PHONE], indirect=True, ids=["desk", "phone"])
def test_a_hostile_document_is_only_text(page: Page, url: str) -> None:
    """Its markup is shown to the letter and makes no element; past emoji the mark still is the quote."""
    wanted = next(citation for citation in _citations(url, HARBOUR) if "Wilhelmina" in citation["quote"])
    page.goto(url + wanted["url"])
    assert _marked(page) == wanted["quote"]
    assert HOSTILE[wanted["start"] :].startswith(wanted["quote"])
    assert 'onerror="alert(1)"' in (page.locator("#text").text_content() or "")
    assert page.locator("main").locator("script, style, #text a, #text img").count() == 0
    assert looks.overflow(page) == 0


@pytest.mark.parametrize("page", SCHEMES, indirect=True, ids=["light", "dark"])
def test_all_text_can_be_read(page: Page, url: str) -> None:
    """Light and dark, found or not, all text stands out from its ground by 4.5:1 or more."""
    page.goto(url + _citations(url, HEADLINE)[0]["url"])
    _marked(page)
    assert looks.faint(page) == []
    page.goto(f"{url}/documents/none")
    page.locator(".error").wait_for()
    assert looks.faint(page) == []
