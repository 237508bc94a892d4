"""The pages: what they load is there, nothing in them is inline, and positions are counted rightly."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

import api
from tests.fakes.engine import CITATION, QUOTE, TEXT, FakeBackend, abstention

PAGES = Path(api.__file__).parent / "pages"
DOM = Path(__file__).parents[1] / "fakes" / "dom.mjs"


@pytest.mark.parametrize("path", ["/", "/documents/notes/may%201.txt"])
def test_what_a_page_loads_is_served(client: TestClient, path: str) -> None:
    """Every script, style and icon of a page answers 200 under its own media type."""
    page = client.get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    loaded = re.findall(r'(?:src|href)="(/pages/[^"]+)"', page.text)
    assert len(loaded) >= 3
    for address in loaded:
        assert client.get(address).status_code == 200


def test_every_file_of_the_folder_is_served(client: TestClient) -> None:
    """No page file is forgotten in the list of names."""
    for file in PAGES.iterdir():
        assert client.get(f"/pages/{file.name}").content == file.read_bytes()


@pytest.mark.parametrize("file", sorted(PAGES.glob("*.html")), ids=lambda f: f.name)
def test_pages_keep_their_own_policy(file: Path) -> None:
    """No inline script, style or handler, and nothing from another host."""
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|https?://|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("file", sorted(PAGES.glob("*.js")), ids=lambda f: f.name)
def test_scripts_never_make_html_of_text(file: Path) -> None:
    """Documents and answers reach the page as text nodes only."""
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", file.read_text())


def test_a_path_cannot_leave_the_folder(client: TestClient) -> None:
    """Only named files are served."""
    assert client.get("/pages/..%2f__init__.py").status_code == 404
    assert client.get("/pages/__init__.py").status_code == 404


def test_a_problem_type_opens_its_explanation(client: TestClient) -> None:
    """The address in a problem's type answers with what it means."""
    kind = client.post("/v1/ask", json={"question": ""}).json()["type"]
    assert "422" in client.get(kind).text


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js isn't installed")


def _node(script: str) -> str:
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=60
    )
    return ran.stdout


@needs_node
@settings(max_examples=10, deadline=None)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40) | st.just("a🙂b"),
    data=st.data(),
)
def test_a_span_of_code_points_is_cut_rightly_in_javascript(text: str, data: st.DataObject) -> None:
    """Python's text[start:end] is what the page marks, beyond the Basic Multilingual Plane as well."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    script = (
        f"import {{ parts, span }} from {json.dumps((PAGES / 'positions.js').as_uri())};"
        f"console.log(JSON.stringify(parts({json.dumps(text)}, span('#{start}-{end}'))));"
    )
    assert json.loads(_node(script)) == [text[:start], text[start:end], text[end:]]


def _opened(page: str, *, address: str, answers: dict[str, object], then: str = "") -> str:
    """What a page shows once its script has run, as markup; ``then`` is done on the page first."""
    return _node(
        f"import {{ open, shown }} from {json.dumps(DOM.as_uri())};"
        f"open({json.dumps(address)}, {json.dumps(answers)});"
        f"await import({json.dumps((PAGES / page).as_uri())});"
        f"{then};console.log(await shown());"
    ).rstrip("\n")


@needs_node
def test_the_document_page_marks_the_cited_span(client: TestClient) -> None:
    """Following a citation's url shows the text with exactly the quote marked, emoji before it or not."""
    stored = client.get("/v1/documents/notes/may%201.txt").json()
    shown = _opened(
        "document.js",
        address=f"/documents/notes/may%201.txt#{CITATION.start}-{CITATION.end}",
        answers={"/v1/documents/notes/may%201.txt": stored},
    )
    assert f"<div id=text>{TEXT[: CITATION.start]}<mark>{QUOTE}</mark></div>" in shown
    assert "<h1 id=title>Minutes</h1>" in shown


@needs_node
@pytest.mark.parametrize("hash_", ["", "#", "#x", "#5", "#9-3x"])
def test_without_a_span_the_whole_text_is_shown(client: TestClient, hash_: str) -> None:
    """An address that names no span marks nothing and hides nothing."""
    stored = client.get("/v1/documents/notes/may%201.txt").json()
    shown = _opened("document.js", address=f"/documents/a{hash_}", answers={"/v1/documents/a": stored})
    assert f"<div id=text>{TEXT}</div>" in shown


@needs_node
def test_the_ask_page_shows_answer_and_citation(client: TestClient) -> None:
    """The answer, its confidence, the statement with [1], the quote under a link to its place."""
    answered = client.post("/v1/ask", json={"question": "Who?"}).json()
    shown = _opened("ask.js", address="/", answers={"/v1/ask": answered}, then="submit('Who?')")
    assert "<p.answer>Ada</p>" in shown
    assert "confidence 91 %" in shown
    assert f"<p>{QUOTE} [1]</p>" in shown
    assert f"<a href={answered['citations'][0]['url']}>Minutes</a><blockquote>{QUOTE}</blockquote>" in shown


@needs_node
def test_the_ask_page_shows_why_not(client: TestClient, backend: FakeBackend) -> None:
    """An abstention in words, and what is near."""
    backend.engine.script = abstention
    body = client.post("/v1/ask", json={"question": "Who?"}).json()
    shown = _opened("ask.js", address="/", answers={"/v1/ask": body}, then="submit('Who?')")
    assert "<p.answer>The documents don't answer this.</p>" in shown
    assert f"<blockquote>{QUOTE}</blockquote>" in shown


@needs_node
def test_the_ask_page_shows_a_problem(client: TestClient) -> None:
    """What the service says is wrong is what the reader sees."""
    problem = client.post("/v1/ask", json={"question": "?"}).json()
    shown = _opened("ask.js", address="/", answers={"/v1/ask": problem}, then="submit('?')")
    assert "<p>the question is empty</p>" in shown
