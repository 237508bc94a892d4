"""The source page of the real service, over the seeds and a hostile document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.browser import appearance
from tests.browser.serving import serve_seeds_and

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEADLINE = "who demanded an apology?"
NEAR = "What did Grady Judd say to the president?"
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
    with serve_seeds_and(HOSTILE, tmp_path_factory) as address:
        yield address


def _citations(url: str, question: str) -> list[dict[str, Any]]:
    """The citations of an answer, or the nearest passages of an abstention."""
    body = httpx.post(f"{url}/v1/ask", json={"question": question}, timeout=60).json()
    citations: list[dict[str, Any]] = body["citations"] or body["abstention"]["nearest"]
    return citations


def _marked_text(page: Page) -> str:
    """The marked text; fails if its beginning isn't in the window, below the bar."""
    marks = page.locator("mark")
    marks.first.wait_for()
    box, bar = marks.first.bounding_box(), page.locator(".bar").bounding_box()
    viewport = page.viewport_size
    assert box is not None
    assert bar is not None
    assert viewport is not None
    assert bar["y"] + bar["height"] <= box["y"]
    assert box["y"] + box["height"] <= viewport["height"]
    return "".join(marks.all_text_contents())


@pytest.mark.parametrize("question", [HEADLINE, NEAR])
def test_each_citations_address_marks_its_quote(page: Page, url: str, question: str) -> None:
    """Of an answer and of an abstention; the text before the mark is text[:start]."""
    citations = _citations(url, question)
    assert citations
    for citation in citations:
        text = httpx.get(f"{url}/v1/documents/{citation['document_id']}").json()["text"]
        page.goto(url + citation["url"])
        assert _marked_text(page) == citation["quote"]
        before = page.evaluate(appearance.TEXT_BEFORE_MARK)
        assert before == text[: citation["start"]]
        assert page.locator("#text").text_content() == text


@pytest.mark.parametrize("page", [{}, PHONE], indirect=True, ids=["desk", "phone"])
def test_a_hostile_document_is_shown_as_text(page: Page, url: str) -> None:
    """Its markup creates no element, and the mark is the quote after emoji, too."""
    citation = next(c for c in _citations(url, HARBOUR) if "Wilhelmina" in c["quote"])
    page.goto(url + citation["url"])
    assert _marked_text(page) == citation["quote"]
    assert HOSTILE[citation["start"] :].startswith(citation["quote"])
    assert 'onerror="alert(1)"' in (page.locator("#text").text_content() or "")
    assert page.locator("main").locator("script, style, #text a, #text img").count() == 0
    assert appearance.overflow(page) == 0


@pytest.mark.parametrize("page", SCHEMES, indirect=True, ids=["light", "dark"])
def test_all_text_has_enough_contrast(page: Page, url: str) -> None:
    """4.5:1 or more, light and dark, for a document and for an error."""
    page.goto(url + _citations(url, HEADLINE)[0]["url"])
    _marked_text(page)
    assert appearance.low_contrast(page) == []
    page.goto(f"{url}/documents/none")
    page.locator(".error").wait_for()
    assert appearance.low_contrast(page) == []
