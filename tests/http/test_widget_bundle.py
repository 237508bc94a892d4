"""The widget's script: one small file, for every page, without unsafe code."""

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
from api.widget_bundle import bundle

MODULES = sorted((Path(api.__file__).parent / "widget").glob("*.js"))
MAX_BYTES = 20 * 1024
OTHER = "https://elsewhere.example"


def test_the_script_is_at_most_20_kb(client: TestClient) -> None:
    """Gzipped, as it is sent."""
    response = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert 5_000 < len(bundle().gzipped) == int(response.headers["content-length"]) <= MAX_BYTES


def test_any_page_may_load_the_script(client: TestClient) -> None:
    """Module scripts are fetched with CORS, so the headers allow any origin."""
    response = client.get("/widget.js", headers={"Origin": OTHER})
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["content-type"].startswith("text/javascript")


def test_an_unchanged_script_is_a_304(client: TestClient) -> None:
    """The browser revalidates with the ETag."""
    first = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert first.content == bundle().body
    second = client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.content) == (304, b"")


def test_the_script_contains_every_module() -> None:
    """Every exported name is in it, and no import is left."""
    text = bundle().body.decode()
    assert not re.search(r"^\s*(import|export)\b|\bimport\(", text, re.MULTILINE)
    for module in MODULES:
        exported = re.findall(
            r"^export (.*?)[ (]*(?:\(|=|\{)", module.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert all(declared in text for declared in exported), module.name


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_modules_use_no_html_sinks_and_name_no_other_host(module: Path) -> None:
    """No sink for markup or code, no inline style, no address but an icon's namespace."""
    text = module.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", text)
    assert not re.search(r'Attribute\("style"|srcdoc|cssText', text)
    code = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    assert set(re.findall(r"https?://[^\s\"'`]+", code)) <= {"http://www.w3.org/2000/svg"}


def test_the_script_is_a_valid_module(node: str, tmp_path: Path) -> None:
    """No two modules use the same top-level name."""
    file = tmp_path / "widget.mjs"
    file.write_bytes(bundle().body)
    subprocess.run([node, "--check", str(file)], check=True, capture_output=True, timeout=60)


def test_every_language_has_every_text() -> None:
    """With the same placeholders; a missing text would show as “undefined”."""
    text = next(m for m in MODULES if m.name == "texts.js").read_text(encoding="utf-8")
    dictionaries = re.findall(r"^const \w\w = \{\n(.*?)^\};", text, re.MULTILINE | re.DOTALL)
    assert len(dictionaries) >= 2
    first, *others = (set(re.findall(r"^ +(\w+):", entries, re.MULTILINE)) for entries in dictionaries)
    assert all(other == first for other in others)
    placeholders = [sorted(re.findall(r"\{\w+\}", entries)) for entries in dictionaries]
    assert all(names == placeholders[0] for names in placeholders)


class Data(BaseModel):
    """An event's data with any text in it."""

    text: str


_PARSE = """
import { readEvents } from EVENTS;
const chunks = CHUNKS;
const body = new ReadableStream({
  start(to) {
    for (const chunk of chunks) to.enqueue(new Uint8Array(chunk));
    to.close();
  },
});
const received = [];
for await (const event of readEvents(body)) received.push(event);
console.log(JSON.stringify(received));
"""


@settings(max_examples=10, deadline=None)
@given(
    words=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=6), data=st.data()
)
def test_events_are_parsed_however_the_chunks_are_cut(
    node: str, words: list[str], data: st.DataObject
) -> None:
    """Within a line, an escape or an emoji; an unfinished event at the end is dropped."""
    complete = "".join(event("answer", Data(text=word)) for word in words).encode()
    stream = complete + b'event: done\ndata: {"text": "cut'
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    chunks = [list(stream[a:b]) for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    script = _PARSE.replace("EVENTS", json.dumps((MODULES[0].parent / "events.js").as_uri()))
    process = subprocess.run(
        [node, "--input-type=module", "-e", script.replace("CHUNKS", json.dumps(chunks))],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(process.stdout) == [{"name": "answer", "data": {"text": word}} for word in words]
