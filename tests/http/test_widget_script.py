"""The widget's script: one file, small, for every page, and safe by its form."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from starlette.testclient import TestClient

import api
from api.streaming.events import event
from api.widget_script import script

MODULES = sorted((Path(api.__file__).parent / "widget").glob("*.js"))
MOST = 20 * 1024
OTHER = "https://elsewhere.example"


def test_it_is_at_most_20_kb(client: TestClient) -> None:
    """As it travels, gzipped, all of it."""
    response = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert 5_000 < len(script().gzipped) == int(response.headers["content-length"]) <= MOST


def test_it_is_for_every_page(client: TestClient) -> None:
    """A module script is fetched with CORS; its policy lets any page load it."""
    response = client.get("/widget.js", headers={"Origin": OTHER})
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["content-type"].startswith("text/javascript")


def test_it_is_fetched_again_only_when_it_changed(client: TestClient) -> None:
    """A browser asks with the tag it has and gets nothing new."""
    first = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert first.content == script().body
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_loads_nothing_else() -> None:
    """All its modules are in it, and no import is left."""
    text = script().body.decode()
    assert not re.search(r"^\s*(import|export)\b|\bimport\(", text, re.MULTILINE)
    for module in MODULES:
        exported = re.findall(
            r"^export (.*?)[ (]*(?:\(|=|\{)", module.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert all(declared in text for declared in exported), module.name


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_it_makes_no_html_of_text_and_names_no_other_host(module: Path) -> None:
    """No sink for markup or code, no inline style, no address but an icon's namespace and comments'."""
    text = module.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)
    assert not re.search(r'Attribute\("style"|srcdoc|cssText', text)
    code = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    assert set(re.findall(r"https?://[^\s\"'`]+", code)) <= {"http://www.w3.org/2000/svg"}


def test_it_is_one_valid_module(node: str, tmp_path: Path) -> None:
    """No name is used twice by two of its modules."""
    file = tmp_path / "widget.mjs"
    file.write_bytes(script().body)
    subprocess.run([node, "--check", str(file)], check=True, capture_output=True, timeout=60)


def test_every_language_has_every_text() -> None:
    """A language that lacks one would show "undefined"."""
    text = next(m for m in MODULES if m.name == "texts.js").read_text(encoding="utf-8")
    dictionaries = re.findall(r"^const \w\w = \{\n(.*?)^\};", text, re.MULTILINE | re.DOTALL)
    assert len(dictionaries) >= 2
    first, *others = (set(re.findall(r"^ +(\w+):", entries, re.MULTILINE)) for entries in dictionaries)
    assert all(other == first for other in others)
    gaps = [sorted(re.findall(r"\{\w+\}", entries)) for entries in dictionaries]
    assert all(found == gaps[0] for found in gaps)


class Said(BaseModel):
    """An event's data with any text in it."""

    text: str


_READ = """
import { events } from EVENTS;
const chunks = CHUNKS;
const body = new ReadableStream({
  start(to) {
    for (const chunk of chunks) to.enqueue(new Uint8Array(chunk));
    to.close();
  },
});
const found = [];
for await (const event of events(body)) found.push(event);
console.log(JSON.stringify(found));
"""


@settings(max_examples=10, deadline=None)
@given(
    words=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=6), data=st.data()
)
def test_events_are_read_however_they_are_cut(node: str, words: list[str], data: st.DataObject) -> None:
    """In the middle of a line, of an escape or of an emoji; what the end cuts off is no event."""
    sent = "".join(event("answer", Said(text=word)) for word in words).encode()
    whole = sent + b'event: done\ndata: {"text": "cut'
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    chunks = [list(whole[a:b]) for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    script = _READ.replace("EVENTS", json.dumps((MODULES[0].parent / "events.js").as_uri()))
    ran = subprocess.run(
        [node, "--input-type=module", "-e", script.replace("CHUNKS", json.dumps(chunks))],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(ran.stdout) == [{"name": "answer", "data": {"text": word}} for word in words]
