"""The pages: what they load is there, nothing in them is inline, and positions are counted rightly."""

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


def _run(node: str, script: str) -> str:
    ran = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=60
    )
    return ran.stdout


@settings(max_examples=10, deadline=None)
@given(
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40) | st.just("a🙂b"),
    data=st.data(),
)
def test_a_span_of_code_points_is_cut_rightly_in_javascript(
    node: str, text: str, data: st.DataObject
) -> None:
    """Python's text[start:end] is what the page marks, beyond the Basic Multilingual Plane as well."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    script = (
        f"import {{ units, span }} from {json.dumps((PAGES / 'positions.js').as_uri())};"
        f"const text = {json.dumps(text)}, {{ start, end }} = span('#{start}-{end}');"
        "const at = units(text, [end, start, end]), [from, to] = [at.get(start), at.get(end)];"
        "console.log(JSON.stringify([text.slice(0, from), text.slice(from, to), text.slice(to)]));"
    )
    assert json.loads(_run(node, script)) == [text[:start], text[start:end], text[end:]]
