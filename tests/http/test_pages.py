"""The pages: their files are served, nothing in them is inline, and offsets are converted correctly."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

import api

PAGES = Path(api.__file__).parent / "pages"


@pytest.mark.parametrize("path", ["/", "/documents/notes/may%201.txt"])
def test_what_a_page_loads_is_served(client: TestClient, path: str) -> None:
    """Every script, style sheet and icon of a page is there."""
    page = client.get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    loaded = re.findall(r'(?:src|href)="(/pages/[^"]+)"', page.text)
    assert len(loaded) >= 3
    for address in loaded:
        assert client.get(address).status_code == 200


def test_every_file_of_the_folder_is_served(client: TestClient) -> None:
    """The list of file names is complete."""
    for file in PAGES.iterdir():
        assert client.get(f"/pages/{file.name}").content == file.read_bytes()


@pytest.mark.parametrize("file", sorted(PAGES.glob("*.html")), ids=lambda f: f.name)
def test_pages_satisfy_the_content_security_policy(file: Path) -> None:
    """No inline script, style or handler, and nothing from another host."""
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|https?://|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("file", sorted(PAGES.glob("*.js")), ids=lambda f: f.name)
def test_scripts_use_no_html_sinks(file: Path) -> None:
    """Text of documents and answers becomes text nodes only."""
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", file.read_text())


def test_a_path_cannot_leave_the_folder(client: TestClient) -> None:
    """Only listed files are served."""
    assert client.get("/pages/..%2f__init__.py").status_code == 404
    assert client.get("/pages/__init__.py").status_code == 404


def test_a_problem_type_opens_its_explanation(client: TestClient) -> None:
    """The address in a problem's type answers with its meaning."""
    kind = client.post("/v1/ask", json={"question": ""}).json()["type"]
    assert "422" in client.get(kind).text


def _node(node: str, script: str) -> str:
    process = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=60
    )
    return process.stdout


@settings(max_examples=10, deadline=None)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40) | st.just("a🙂b"),
    data=st.data(),
)
def test_javascript_cuts_a_span_as_python_does(node: str, text: str, data: st.DataObject) -> None:
    """The page marks text[start:end] in code points, also beyond the Basic Multilingual Plane."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    script = (
        f"import {{ utf16Indices, parseSpan }} from {json.dumps((PAGES / 'positions.js').as_uri())};"
        f"const text = {json.dumps(text)}, {{ start, end }} = parseSpan('#{start}-{end}');"
        "const at = utf16Indices(text, [end, start, end]), [from, to] = [at.get(start), at.get(end)];"
        "console.log(JSON.stringify([text.slice(0, from), text.slice(from, to), text.slice(to)]));"
    )
    assert json.loads(_node(node, script)) == [text[:start], text[start:end], text[end:]]
